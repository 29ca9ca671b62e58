package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.avm.AvmFirewall;
import boxwall.facts.BoxFacts;
import boxwall.probe.BoxReader;
import boxwall.probe.Indiscreet;
import boxwall.probe.Planted;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A record made without a JVM says what the daemon's would, and gives as little away. */
class RecordTest {
    private static void put(Path root, String path, String text) {
        try {
            Files.createDirectories(root.resolve(path.substring(1)).getParent());
            Files.writeString(root.resolve(path.substring(1)), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A box whose commands and files tell too much. */
    private static Path indiscreet(NetBox box) {
        Path root = box.folder.resolve("root");
        Indiscreet.files().forEach((path, text) -> put(root, path, text));
        put(root, "/usr/sbin/iptables", "");
        put(root, "/bin/busybox", "");
        put(root, "/proc/net/avm_pa/control", "");
        put(root, "/proc/net/avm_pa/brief", "State          : enabled\n");
        for (Map.Entry<String, String> command : Indiscreet.commands().entrySet()) {
            String[] words = command.getKey().split(" ");
            put(root, "/said/" + words[0], command.getValue());
            box.script(words[0], "#!/bin/sh\ncat " + root + "/said/" + words[0] + "\n");
        }
        box.settings.put("BOXWALL_ROOT", root.toString());
        return root;
    }

    @Test
    void itHoldsNoSecretAndReadsLikeTheBox() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                indiscreet(box);
                Path record = box.folder.resolve("record");
                assertEquals(0, box.apply("record", record.toString()).status());
                int files = 0;
                try (Stream<Path> walk = Files.walk(record)) {
                    for (Path file : walk.filter(Files::isRegularFile).toList()) {
                        files++;
                        String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                        for (String secret : Indiscreet.SECRETS) {
                            assertFalse(text.contains(secret), file + " gives " + secret + " away:\n" + text);
                        }
                    }
                }
                assertTrue(files > 12, files + " files");
                BoxFacts facts = BoxFacts.of(BoxReader.read(new LiveSys(), record.toString()));
                assertEquals("2.6.32", facts.generation.name());
                assertEquals("FRITZ!Box 7270", facts.firmware.model.value());
                assertEquals("enabled", facts.acceleration.state.word());
                assertEquals(false, facts.userland.restore, "the listing says what isn't there");
                assertEquals("192.168.178.1", facts.lan.ip);
                assertEquals(
                        Planted.lines(
                                new AvmFirewall(boxwall.box.Readings.none().with(AvmFirewall.FILE, Indiscreet.ar7()))),
                        Planted.lines(facts.avmFirewall));
            }
        });
    }

    /** Each form of each secret in each reading, at once; the awk of both boxes and desks. */
    @Test
    void whatNamesTheBoxIsInNoRecord() {
        inBothShells(shell -> {
            long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1000000);
            Planted planted = new Planted(seed);
            String lines = String.join("\n", planted.lines().stream().map(Planted.Line::text).toList()) + "\n";
            try (NetBox box = new NetBox(shell)) {
                Path root = box.folder.resolve("root");
                planted.files().forEach((path, text) -> put(root, path,
                        path.contains("tables_") || path.endsWith("/dev") ? text : text + lines));
                put(root, "/proc/net/dev", planted.files().get("/proc/net/dev"));
                for (Map.Entry<String, String> command : planted.commands().entrySet()) {
                    String program = command.getKey().split(" ")[0];
                    put(root, "/said/" + command.getKey().replace(' ', '_'),
                            command.getValue() + (program.equals("uname") ? "" : lines));
                    box.script(program, "#!/bin/sh\ncat '" + root + "/said/" + program + "'\"${1:+_$1}\"\n");
                }
                if (shell.contains("busybox")) { box.script("awk", "#!/bin/sh\nexec busybox awk \"$@\"\n"); }
                box.settings.put("BOXWALL_ROOT", root.toString());
                Path record = box.folder.resolve("record");
                NetBox.Answer answer = box.apply("record", record.toString());
                assertEquals(0, answer.status(), answer.err());
                int read = 0;
                try (Stream<Path> walk = Files.walk(record)) {
                    for (Path file : walk.filter(Files::isRegularFile).toList()) {
                        String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                        read += text.length();
                        for (Planted.Line line : planted.lines()) {
                            assertFalse(text.contains(line.secret()),
                                    "seed " + seed + ": " + file + " has " + line.secret() + " of " + line.text());
                        }
                    }
                }
                assertTrue(read > 20000, read + " characters");
                String rules = Files.readString(record.resolve("var/flash/debug.cfg"));
                assertTrue(rules.contains("iptables -A INPUT -m mac --mac-source 00:00:00:00:00:00 -j DROP\n"), rules);
                BoxFacts facts = BoxFacts.of(BoxReader.read(new LiveSys(), record.toString()));
                assertEquals("2.6.32", facts.generation.name());
                assertEquals("192.168.178.1", facts.lan.ip);
                assertTrue(facts.wan.ip.startsWith("198.18.0."), facts.wan.ip);
            }
        });
    }

    /** What Java reads, the script records: the same box in both. */
    @Test
    void everyFileThatIsReadIsRecorded() throws IOException {
        String script = Files.readString(Path.of("init.d/boxwall-read"));
        // those that only a folder may have are of no use on a box
        List<String> read = java.util.regex.Pattern.compile("^(?:file|plan) /(\\S+)", java.util.regex.Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("src/main/resources/boxwall/probe/paths"))).results()
                .map(m -> m.group(1)).toList();
        assertTrue(read.size() > 25 && AvmFirewall.FILE.equals("/var/flash/ar7.cfg"), "the pattern finds them");
        for (String path : read) {
            assertTrue(script.replaceAll("\\s+", " ").contains(" " + path + " "),
                    "boxwall-read record leaves " + path + " out");
        }
    }
}
