package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.avm.AvmFirewall;
import boxwall.facts.BoxFacts;
import boxwall.probe.BoxReader;
import boxwall.probe.BoxWithSecrets;
import boxwall.probe.Planted;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A record made by the script has the same facts as one of the daemon, and no secrets. */
class RecordTest {
    private static void write(Path root, String path, String text) {
        try {
            Files.createDirectories(root.resolve(path.substring(1)).getParent());
            Files.writeString(root.resolve(path.substring(1)), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The texts of all files of a record. */
    private static Map<Path, String> texts(Path record) throws IOException {
        try (Stream<Path> files = Files.walk(record)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(file -> file, RecordTest::text));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A box whose commands and files contain secrets. */
    private static void writeBoxWithSecrets(NetBox box) {
        Path root = box.folder.resolve("root");
        BoxWithSecrets.files().forEach((path, text) -> write(root, path, text));
        write(root, "/usr/sbin/iptables", "");
        write(root, "/bin/busybox", "");
        write(root, "/proc/net/avm_pa/control", "");
        write(root, "/proc/net/avm_pa/brief", "State          : enabled\n");
        for (Map.Entry<String, String> command : BoxWithSecrets.commands().entrySet()) {
            String[] words = command.getKey().split(" ");
            write(root, "/said/" + words[0], command.getValue());
            box.script(words[0], "#!/bin/sh\ncat " + root + "/said/" + words[0] + "\n");
        }
        box.settings.put("BOXWALL_ROOT", root.toString());
    }

    @Test
    void recordHoldsNoSecretAndGivesTheFactsOfTheBox() {
        withBothShells(box -> {
            writeBoxWithSecrets(box);
            Path record = box.folder.resolve("record");
            assertEquals(0, box.apply("record", record.toString()).status());
            Map<Path, String> files = texts(record);
            files.forEach((file, text) -> {
                for (String secret : BoxWithSecrets.SECRETS) {
                    assertFalse(text.contains(secret), file + " contains " + secret + ":\n" + text);
                }
            });
            assertTrue(files.size() > 12, files.size() + " files");
            BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), record.toString()));
            assertEquals("2.6.32", facts.generation.name());
            assertEquals("FRITZ!Box 7270", facts.firmware.model.value());
            assertEquals("enabled", facts.acceleration.state.word());
            assertEquals(false, facts.userland.restore, "the listing shows that it is missing");
            assertEquals("192.168.178.1", facts.lan.ip);
            assertEquals(
                    Planted.lines(
                            new AvmFirewall(boxwall.box.Readings.none().with(AvmFirewall.FILE, BoxWithSecrets.ar7()))),
                    Planted.lines(facts.avmFirewall));
        });
    }

    /** Every form of every secret in every reading at once; with the awk of boxes and of PCs. */
    @Test
    void recordHoldsNoPlantedSecret() {
        inBothShells(shell -> {
            long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1000000);
            Planted planted = new Planted(seed);
            String lines = String.join("\n", planted.lines().stream().map(Planted.Line::text).toList()) + "\n";
            try (NetBox box = new NetBox(shell)) {
                Path root = box.folder.resolve("root");
                planted.files().forEach((path, text) -> write(root, path,
                        path.contains("tables_") || path.endsWith("/dev") ? text : text + lines));
                write(root, "/proc/net/dev", planted.files().get("/proc/net/dev"));
                for (Map.Entry<String, String> command : planted.commands().entrySet()) {
                    String program = command.getKey().split(" ")[0];
                    write(root, "/said/" + command.getKey().replace(' ', '_'),
                            command.getValue() + (program.equals("uname") ? "" : lines));
                    box.script(program, "#!/bin/sh\ncat '" + root + "/said/" + program + "'\"${1:+_$1}\"\n");
                }
                if (shell.contains("busybox")) { box.script("awk", "#!/bin/sh\nexec busybox awk \"$@\"\n"); }
                box.settings.put("BOXWALL_ROOT", root.toString());
                Path record = box.folder.resolve("record");
                NetBox.Answer answer = box.apply("record", record.toString());
                assertEquals(0, answer.status(), answer.err());
                int characters = 0;
                for (Map.Entry<Path, String> file : texts(record).entrySet()) {
                    characters += file.getValue().length();
                    for (Planted.Line line : planted.lines()) {
                        assertFalse(file.getValue().contains(line.secret()),
                                "seed " + seed + ": " + file.getKey() + " has " + line.secret() + " of " + line.text());
                    }
                }
                assertTrue(characters > 20000, characters + " characters");
                String rules = Files.readString(record.resolve("var/flash/debug.cfg"));
                assertTrue(rules.contains("iptables -A INPUT -m mac --mac-source 00:00:00:00:00:00 -j DROP\n"), rules);
                BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), record.toString()));
                assertEquals("2.6.32", facts.generation.name());
                assertEquals("192.168.178.1", facts.lan.ip);
                assertTrue(facts.wan.ip.startsWith("198.18.0."), facts.wan.ip);
            }
        });
    }

    /** The script records all files that Java reads. */
    @Test
    void everyFileReadByJavaIsRecorded() throws IOException {
        String script = Files.readString(Path.of("init.d/boxwall-read"));
        // without the files that exist only in recorded folders
        List<String> readFiles =
                java.util.regex.Pattern.compile("^(?:file|plan) /(\\S+)", java.util.regex.Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("src/main/resources/boxwall/probe/paths"))).results()
                        .map(m -> m.group(1)).toList();
        assertTrue(readFiles.size() > 25 && AvmFirewall.FILE.equals("/var/flash/ar7.cfg"), "the pattern finds them");
        for (String path : readFiles) {
            assertTrue(script.replaceAll("\\s+", " ").contains(" " + path + " "),
                    "boxwall-read record does not record " + path);
        }
    }
}
