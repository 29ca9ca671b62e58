package boxwall.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A match and a target that only the box's own iptables has, from the names of its files to the plan and to explain.
 */
class ForeignVerbsTest {
    private static final Path VIRTUAL = Path.of("src/test/resources/boxes/virtual");

    @TempDir
    Path folder;
    private String out;
    private String err;

    @BeforeEach
    void copyBoxWithForeignExtensions() throws IOException {
        try (var all = Files.walk(VIRTUAL)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Path to = folder.resolve("box").resolve(VIRTUAL.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(each, to);
                }
            }
        }
        Files.writeString(folder.resolve("box/commands/ls_%2Fusr%2Flib%2Fxtables"),
                "libxt_layer7.so\nlibipt_IMQ.so\nlibxt_tcp.so\n");
        Files.writeString(folder.resolve("rules"),
                "iptables -P INPUT DROP\niptables -A INPUT -i lan -j ACCEPT\niptables -P FORWARD DROP\n"
                        + "iptables -A FORWARD -p udp -j IMQ --todev 0\niptables -A FORWARD -p tcp -m layer7 --l7proto 'bit torrent' -j ACCEPT\n"
                        + "iptables -A FORWARD -p icmp -j ACCEPT\n");
    }

    private int run(String... words) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        ByteArrayOutputStream e = new ByteArrayOutputStream();
        int status = Main.run(List.of(words), new PrintStream(o, true), new PrintStream(e, true));
        out = o.toString(StandardCharsets.UTF_8);
        err = e.toString(StandardCharsets.UTF_8);
        return status;
    }

    private String box() { return folder.resolve("box").toString(); }

    private String rules() { return folder.resolve("rules").toString(); }

    @Test
    void foreignExtensionIsWrittenUnchangedToPlan() throws IOException {
        assertEquals(0, run("compile", rules(), "--root", box(), "--out", folder.resolve("plan").toString()), err);
        String restore = Files.readString(folder.resolve("plan/restore4"));
        assertTrue(restore.contains(
                "\n-A FORWARD -p udp -j IMQ --todev 0\n-A FORWARD -p tcp -m layer7 --l7proto \"bit torrent\" -j ACCEPT\n"),
                restore);
        assertTrue(Files.readString(folder.resolve("plan/notes"))
                .contains("rules:5: passes unchecked: -m layer7 is this box's own"));
    }

    @Test
    void foreignExtensionGivesUnknownVerdict() {
        String[] packet = {"--root", box(), "in=lan", "out=dsl", "src=192.168.178.20", "dst=9.9.9.9"};
        for (String[] each : new String[][] {{"udp", "UNKNOWN"}, {"tcp", "UNKNOWN"}, {"icmp", "ACCEPT"}}) {
            java.util.ArrayList<String> words = new java.util.ArrayList<>(
                    List.of("explain", rules(), "--json", "chain=FORWARD", "proto=" + each[0]));
            words.addAll(List.of(packet));
            assertEquals(0, run(words.toArray(new String[0])), err);
            assertTrue(out.contains("\"verdict\":\"" + each[1] + "\""), each[0] + ": " + out + err);
        }
    }

    @Test
    void foreignExtensionIsErrorOnOtherBox() {
        assertEquals(1, run("check", rules(), "--root", VIRTUAL.toString()));
        assertTrue(err.contains("rules:5:31: ") && err.contains("unknown match \"layer7\""), err);
    }
}
