package boxwall.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import boxwall.facts.BoxFacts;
import boxwall.modules.ConntrackVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every folder under src/test/resources/boxes with a README is a model of a box, or a recording of the virtual one. The
 * expected facts are in expected/NAME.txt; after an intended change update them with
 * {@code mvn test -Dtest=ModelBoxesTest -Dboxwall.update=true} and review the difference.
 */
class ModelBoxesTest {
    private static final Path BOXES = Path.of("src/test/resources/boxes");

    static List<Path> boxes() throws IOException {
        try (var list = Files.list(BOXES)) {
            return list.filter(p -> Files.isRegularFile(p.resolve("README"))).sorted().toList();
        }
    }

    @TestFactory
    List<DynamicTest> givesTheExpectedFactsAndFindings() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path box : boxes()) {
            tests.add(DynamicTest.dynamicTest(box.getFileName().toString(), () -> compare(box)));
        }
        return tests;
    }

    static void compare(Path box) throws IOException {
        MemorySys sys = MemorySys.of(box);
        String found = Golden.of(new BoxFacts(BoxReader.read(sys, "/box")));
        assertTrue(sys.started.isEmpty(), "a folder needs no process, but " + sys.started + " was started");
        Path expected = BOXES.resolve("expected").resolve(box.getFileName() + ".txt");
        if (Boolean.getBoolean("boxwall.update")) {
            Files.createDirectories(expected.getParent());
            Files.writeString(expected, found);
            return;
        }
        assertTrue(Files.exists(expected), expected + " is missing: run with -Dboxwall.update=true and review it");
        assertEquals(Files.readString(expected), found,
                expected + " differs: correct the code, or -Dboxwall.update=true and review");
    }

    /** {@link BoxFacts#booted} recomputes only facts that depend on loaded modules, not findings and names. */
    @Test
    void bootedFactsEqualFactsReadWithoutLoadedModules() throws IOException {
        int differ = 0;
        for (Path box : boxes()) {
            boxwall.box.Readings readings = BoxReader.read(MemorySys.of(box), "/box");
            String up = withoutFindings(new BoxFacts(readings.asBooted()));
            assertEquals(up, withoutFindings(new BoxFacts(readings).booted()), box.toString());
            differ += up.equals(withoutFindings(new BoxFacts(readings))) ? 0 : 1;
        }
        assertTrue(differ > 2, differ + " boxes with netfilter's modules loaded");
    }

    private static String withoutFindings(BoxFacts facts) {
        String text = Golden.of(facts);
        return text.substring(0, Math.max(0, text.indexOf("\nfinding ")));
    }

    @Test
    void boxesOfEveryGenerationExist() throws IOException {
        Set<String> generations = new HashSet<>();
        for (Path box : boxes()) {
            generations.add(new BoxFacts(BoxReader.read(MemorySys.of(box), "/box")).generation.name());
        }
        for (String name : "2.6.13 2.6.19 2.6.28 2.6.32 2.6.39 3.10 3.12 4.1 4.4 4.9 4.19 5.4 5.15 unknown"
                .split(" ")) {
            assertTrue(generations.contains(name), "no model box has a kernel " + name);
        }
    }

    /**
     * A line of without-effect.txt: {@code BOXES PATH LINE # why}, each a pattern; blanks in LINE are written
     * {@code \s}. LINE may be {@code @loaded}, a modules.dep line of a module that is in /proc/modules, or
     * {@code @conntrack}, one of a module that needs connection tracking on a box that refuses it, or {@code @refused},
     * one of a module that its kernel log refuses.
     */
    private record AllowedLine(Pattern box, Pattern path, Pattern line, String row) {
        static List<AllowedLine> all() throws IOException {
            List<AllowedLine> all = new ArrayList<>();
            for (String row : Files.readAllLines(BOXES.resolve("without-effect.txt"))) {
                if (!row.isBlank() && !row.startsWith("#")) {
                    String[] parts = row.split(" +", 4);
                    assertTrue(parts.length == 4 && parts[3].startsWith("# "), "a row needs a reason: " + row);
                    all.add(new AllowedLine(Pattern.compile(parts[0]), Pattern.compile(parts[1]),
                            Pattern.compile(parts[2]), row));
                }
            }
            return all;
        }

        boolean covers(String name, String file, String text, MemorySys sys, BoxFacts facts) {
            if (!box.matcher(name).matches() || !path.matcher(file).matches()) { return false; }
            String module = text.replaceFirst(":.*", "").replaceFirst(".*/", "").replaceFirst("\\.ko.*", "");
            if (line.pattern().equals("@loaded")) {
                return ("\n" + sys.files.get("/proc/modules")).contains("\n" + module.replace('-', '_') + " ");
            }
            if (line.pattern().equals("@refused")) {
                return sys.files.getOrDefault("/commands/dmesg", "").contains(module + ": ");
            }
            if (line.pattern().equals("@conntrack")) {
                return facts.conntrack().state == ConntrackVerdict.State.REFUSED
                        && (facts.pullsConntrack(module) || module.startsWith("nf_defrag"));
            }
            return line.matcher(text).matches();
        }
    }

    @Test
    void everyLineOfEveryBoxHasAnEffect() throws IOException {
        List<AllowedLine> allowedLines = AllowedLine.all();
        Set<String> used = new HashSet<>();
        List<String> missing = new ArrayList<>();
        int lines = 0;
        int allowedCount = 0;
        for (Path box : boxes()) {
            String name = box.getFileName().toString();
            MemorySys sys = MemorySys.of(box);
            sys.files.remove("/README");
            BoxFacts facts = new BoxFacts(BoxReader.read(sys, "/box"));
            String complete = Golden.complete(facts);
            for (String path : List.copyOf(sys.files.keySet())) {
                String text = sys.files.get(path);
                String[] all = text.split("\n", -1);
                for (int i = 0; i < all.length - (text.endsWith("\n") ? 1 : 0); i++) {
                    boolean recording = name.startsWith("virtual");
                    lines += recording ? 0 : 1;
                    if (Golden.complete(factsWithoutLine(sys, path, all, i)).equals(complete)) {
                        AllowedLine allowedBy = allowedBy(allowedLines, name, path, all[i], sys, facts);
                        allowedCount += recording || allowedBy == null ? 0 : 1;
                        if (allowedBy == null) {
                            missing.add(name + " " + path + ": " + all[i]);
                        } else {
                            used.add(allowedBy.row());
                        }
                    }
                }
                sys.files.put(path, text);
            }
        }
        System.out.println("lines of constructed boxes: " + lines + ", without effect and listed: " + allowedCount);
        assertTrue(missing.isEmpty(),
                missing.size() + " lines have no effect; remove them from the box, or list them in "
                        + "without-effect.txt:\n"
                        + String.join("\n", missing.subList(0, Math.min(150, missing.size()))));
        for (AllowedLine allowedBy : allowedLines) {
            assertTrue(used.contains(allowedBy.row()),
                    "this row of without-effect.txt is no longer needed: " + allowedBy.row());
        }
        assertTrue(allowedCount * 6 < lines, allowedCount + " of " + lines + " lines without effect are too many");
    }

    private static BoxFacts factsWithoutLine(MemorySys sys, String path, String[] lines, int index) {
        StringBuilder rest = new StringBuilder();
        for (int k = 0; k < lines.length; k++) {
            if (k != index) { rest.append(lines[k]).append(k == lines.length - 1 ? "" : "\n"); }
        }
        // a file without its only line is missing
        if (rest.toString().isBlank()) {
            sys.files.remove(path);
        } else {
            sys.files.put(path, rest.toString());
        }
        try {
            return new BoxFacts(BoxReader.read(sys, "/box"));
        } catch (RuntimeException e) {
            return fail(path + " without line " + (index + 1) + " (" + lines[index] + ") ends in " + e, e);
        }
    }

    private static AllowedLine allowedBy(List<AllowedLine> allowedLines, String box, String path, String line,
            MemorySys sys, BoxFacts facts) {
        for (AllowedLine allowedBy : allowedLines) {
            if (allowedBy.covers(box, path, line, sys, facts)) { return allowedBy; }
        }
        return null;
    }
}
