package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Parses every prefix of every shipped ruleset file, and files with changed bytes: syntax errors are allowed,
 * exceptions are not.
 */
class TruncationTest {
    private static final Map<String, String> BOX = new HashMap<>(
            Map.of("LAN_IF", "lan", "LAN_NET", "192.168.178.0/24", "LAN_IP", "192.168.178.1", "WAN_IF", "dsl"));

    static {
        BOX.put("GUEST_IF", null);
        BOX.put("GUEST_NET", null);
    }

    private static List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>(List.of(Path.of("conf/boxwall.rules")));
        try (var presets = Files.list(Path.of("conf/presets"))) {
            all.addAll(presets.filter(p -> p.toString().endsWith(".rules")).sorted().collect(Collectors.toList()));
        }
        return all;
    }

    private static List<SyntaxError> errors(String text) {
        return RulesetParser.parse(new Source("r", text), BOX, Includes.NONE).errors();
    }

    @Test
    void truncationsCauseNoException() throws IOException {
        int parses = 0;
        for (Path file : files()) {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (int end = 0; end <= text.length(); end++) {
                errors(text.substring(0, end));
                parses++;
            }
        }
        assertTrue(parses > 20000, "truncations: " + parses);
    }

    @Test
    void changedBytesCauseNoException() throws IOException {
        long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
        System.out.println("changed bytes: seed " + seed);
        Random random = new Random(seed);
        List<Path> files = files();
        for (int i = 0; i < 1500; i++) {
            StringBuilder text =
                    new StringBuilder(Files.readString(files.get(i % files.size()), StandardCharsets.ISO_8859_1));
            for (int n = 1 + random.nextInt(8); n > 0; n--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 :
                        text.setCharAt(at, (char) random.nextInt(256));
                        break;
                    case 1 :
                        text.deleteCharAt(at);
                        break;
                    default :
                        text.insert(at, "\n\"'\\$!-*:#,/".charAt(random.nextInt(12)));
                }
            }
            for (SyntaxError error : errors(text.toString())) {
                assertTrue(error.line >= 1 && error.column >= 1, error.toString());
            }
        }
    }

    /** Lines other than rules, with boundary values. */
    @Test
    void otherLinesAreParsedAsWritten() {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String name =
                    "m" + Integer.toString(random.nextInt(1 << 30), 36) + List.of("", "_x", ".y", "+", "-z").get(i % 5);
            String chain = name.length() > 28 ? name.substring(0, 28) : name;
            String table = List.of("filter", "nat", "mangle", "raw", "security").get(i % 5);
            String verdict = List.of("ACCEPT", "DROP", "REJECT").get(i % 3);
            text.append("modprobe ").append(name).append("\nkeep ").append(table).append(' ').append(chain)
                    .append("\nown ").append(table).append("\nexpect ").append(verdict).append(" in=").append(name)
                    .append(" 'note=a b' dport=").append(i).append('\n');
            expected.add(
                    name + " " + table + " " + chain + " " + verdict + " {in=" + name + ", note=a b, dport=" + i + "}");
        }
        ParsedRules parsed = RulesetParser.parse(new Source("r", text.toString()), BOX, Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        List<String> read = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            read.add(parsed.modules.get(i).name + " " + parsed.owns.get(i).table.word() + " " + parsed.keeps.get(i).name
                    + " " + parsed.expects.get(i).name + " " + parsed.expects.get(i).keys);
            assertEquals("r:" + (4 * i + 1), parsed.modules.get(i).origin.toString());
        }
        assertEquals(expected, read);
    }
}
