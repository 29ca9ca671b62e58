package boxwall.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints which groups of tests ran, from Maven's reports, and whether all ran completely. {@code bin/check} runs this
 * source file ({@code java GroupTable.java ROOT [--quick] [--row NAME,TESTS,FAILED,SKIPPED,SECONDS]…}), so that it
 * prints the table even if the build failed. With {@code --only WORD…} the table has only the groups and test classes
 * of these names. {@code --classes WORD…} prints those classes, one per line, {@code --failures} the failed tests. Exit
 * 0: every group ran completely (or there was something to print); otherwise 1.
 */
final class GroupTable {
    private static final Pattern TESTS = Pattern
            .compile("^\\s*@(Test|TestFactory|ParameterizedTest|RepeatedTest|Property|Example)\\b", Pattern.MULTILINE);
    private static final Pattern ABSTRACT = Pattern.compile("^(public )?abstract class ", Pattern.MULTILINE);

    /** One row of groups.txt. */
    record Rule(String classes, int minimum, boolean box, String name) {
        boolean fits(String className) {
            StringBuilder regex = new StringBuilder();
            for (String literal : classes.split("\\*", -1)) {
                regex.append(regex.length() == 0 ? "" : ".*").append(Pattern.quote(literal));
            }
            return className.matches(regex.toString());
        }
    }

    /** The results of one test class. */
    record Ran(int tests, int failed, int skipped, double seconds) {
        Ran plus(Ran other) {
            return new Ran(tests + other.tests, failed + other.failed, skipped + other.skipped,
                    seconds + other.seconds);
        }
    }

    /** A line of the table; {@code problem} is empty if the group ran completely. */
    record Line(String name, Ran ran, String problem) {
    }

    /** Folders below target: unit tests, tests of the property engine, integration tests. */
    private static final List<String> REPORTS = List.of("surefire-reports", "jqwik-reports", "failsafe-reports");
    private static final Ran NOTHING = new Ran(0, 0, 0, 0);

    private final List<Rule> rules;
    private final boolean quick;

    GroupTable(List<Rule> rules, boolean quick) {
        this.rules = List.copyOf(rules);
        this.quick = quick;
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        List<Rule> rules = rules(Files.readString(root.resolve("src/test/resources/build/groups.txt")));
        Map<String, Boolean> declared = declared(root.resolve("src/test/java"));
        List<String> words = List.of(arguments).subList(1, arguments.length);
        if (words.contains("--failures")) {
            failures(root.resolve("target")).forEach(System.out::println);
            return;
        }
        if (words.contains("--classes")) {
            TreeSet<String> classes =
                    new GroupTable(rules, false).classes(words.subList(1, words.size()), declared.keySet());
            classes.forEach(System.out::println);
            System.exit(classes.isEmpty() ? 1 : 0);
        }
        List<Line> lines = new ArrayList<>();
        boolean quick = false;
        List<String> only = List.of();
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i].equals("--quick")) {
                quick = true;
            } else if (arguments[i].equals("--row") && i + 1 < arguments.length) {
                lines.add(given(arguments[++i]));
            } else if (arguments[i].equals("--only")) {
                only = List.of(arguments).subList(i + 1, arguments.length);
                break;
            } else {
                System.err.println("GroupTable: " + arguments[i]
                        + "? ROOT [--quick] [--row NAME,TESTS,FAILED,SKIPPED,SECONDS] was expected");
                System.exit(2);
            }
        }
        GroupTable table = new GroupTable(rules, quick);
        if (only.isEmpty()) {
            lines.addAll(table.lines(declared, reports(root.resolve("target"))));
        } else {
            declared.keySet().retainAll(table.classes(only, declared.keySet()));
            List<Rule> none = rules.stream().map(r -> new Rule(r.classes(), 0, r.box(), r.name())).toList();
            lines.addAll(new GroupTable(none, false).lines(declared, reports(root.resolve("target"))).stream()
                    .filter(l -> l.ran().tests() > 0 || !l.problem().isEmpty()).toList());
        }
        System.out.print(print(lines));
        System.exit(lines.stream().allMatch(l -> l.problem().isEmpty()) ? 0 : 1);
    }

    /**
     * The classes of the groups with these names, and the classes with these simple names; "Test#method" stands for its
     * class.
     */
    TreeSet<String> classes(List<String> words, Set<String> declared) {
        TreeSet<String> found = new TreeSet<>();
        for (String name : declared) {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            if (words.contains(ruleOf(name).name())
                    || words.stream().anyMatch(w -> w.replaceFirst("#.*", "").equals(simple))) {
                found.add(name);
            }
        }
        return found;
    }

    /** A line for each failed test: its name, the first line of its message, how to run it alone. */
    static List<String> failures(Path target) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String directory : REPORTS) {
            if (!Files.isDirectory(target.resolve(directory))) { continue; }
            try (Stream<Path> files = Files.list(target.resolve(directory))) {
                for (Path file : files.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml")).sorted()
                        .toList()) {
                    NodeList cases = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile())
                            .getElementsByTagName("testcase");
                    for (int i = 0; i < cases.getLength(); i++) {
                        Element test = (Element) cases.item(i);
                        for (String kind : List.of("failure", "error")) {
                            if (test.getElementsByTagName(kind).getLength() > 0) {
                                lines.add(failure(test, (Element) test.getElementsByTagName(kind).item(0)));
                            }
                        }
                    }
                }
            }
        }
        return lines;
    }

    private static String failure(Element test, Element why) {
        String name = test.getAttribute("classname");
        String simple = name.substring(name.lastIndexOf('.') + 1);
        String words =
                (why.getAttribute("message") + "\n" + why.getTextContent()).strip().lines().findFirst().orElse("");
        return simple + "." + test.getAttribute("name") + ": " + words.substring(0, Math.min(words.length(), 160))
                + "; alone: bin/check " + simple;
    }

    static List<Rule> rules(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] f = line.trim().split("\\s+", 4);
                if (f.length < 4 || !f[2].matches("always|box")) {
                    throw new IllegalArgumentException(
                            "groups.txt: \"" + line + "\": CLASSES MINIMUM always|box NAME was expected");
                }
                rules.add(new Rule(f[0], Integer.parseInt(f[1]), f[2].equals("box"), f[3]));
            }
        }
        return rules;
    }

    private static Line given(String row) {
        String[] f = row.split(",");
        Ran ran = new Ran(Integer.parseInt(f[1]), Integer.parseInt(f[2]), Integer.parseInt(f[3]),
                Double.parseDouble(f[4]));
        return new Line(f[0], ran, problem(new Rule("", 1, false, f[0]), ran, List.of()));
    }

    /**
     * The top-level test classes in the sources, each with whether Maven's plugins find it by its name.
     */
    static Map<String, Boolean> declared(Path sources) throws IOException {
        Map<String, Boolean> declared = new TreeMap<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                if (TESTS.matcher(text).find() && !ABSTRACT.matcher(text).find()) {
                    String path = sources.relativize(file).toString();
                    String name = path.substring(0, path.length() - ".java".length()).replace('/', '.');
                    declared.put(name, name.matches(".*(Test|IT)"));
                }
            }
        }
        return declared;
    }

    /** The results of each top-level class, from the reports of surefire and failsafe. */
    static Map<String, Ran> reports(Path target) throws Exception {
        Map<String, Ran> ran = new TreeMap<>();
        for (String directory : REPORTS) {
            if (Files.isDirectory(target.resolve(directory))) {
                try (Stream<Path> files = Files.list(target.resolve(directory))) {
                    for (Path file : files.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml")).sorted()
                            .toList()) {
                        Element suite = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile())
                                .getDocumentElement();
                        ran.merge(suite.getAttribute("name").replaceFirst("\\$.*", ""), ran(suite), Ran::plus);
                    }
                }
            }
        }
        return ran;
    }

    private static Ran ran(Element suite) {
        int failed = Integer.parseInt(suite.getAttribute("failures")) + Integer.parseInt(suite.getAttribute("errors"));
        String seconds = suite.getAttribute("time").replace(",", "");
        return new Ran(Integer.parseInt(suite.getAttribute("tests")), failed,
                Integer.parseInt(suite.getAttribute("skipped")), seconds.isEmpty() ? 0 : Double.parseDouble(seconds));
    }

    /** The lines of the table: the groups of groups.txt in their order, then one for each other package. */
    List<Line> lines(Map<String, Boolean> declared, Map<String, Ran> ran) {
        Map<Rule, TreeSet<String>> classes = new LinkedHashMap<>();
        rules.forEach(r -> classes.put(r, new TreeSet<>()));
        TreeSet<String> all = new TreeSet<>(declared.keySet());
        all.addAll(ran.keySet());
        for (String name : all) {
            classes.computeIfAbsent(ruleOf(name), r -> new TreeSet<>()).add(name);
        }
        List<Line> lines = new ArrayList<>();
        classes.forEach((rule, names) -> lines.add(line(rule, names, declared, ran)));
        return lines;
    }

    private Rule ruleOf(String className) {
        String itsPackage =
                className.contains(".") ? className.substring(0, className.lastIndexOf('.')) : "(no package)";
        return rules.stream().filter(r -> r.fits(className)).findFirst()
                .orElse(new Rule(itsPackage + ".*", 1, false, itsPackage));
    }

    private Line line(Rule rule, TreeSet<String> names, Map<String, Boolean> declared, Map<String, Ran> ran) {
        Ran sum = names.stream().map(n -> ran.getOrDefault(n, NOTHING)).reduce(NOTHING, Ran::plus);
        if (quick && rule.box()) { return new Line(rule.name() + " (left out)", sum, ""); }
        List<String> complaints = new ArrayList<>();
        for (String name : names) {
            Ran one = ran.get(name);
            if (!declared.getOrDefault(name, true)) {
                complaints.add(name + " is never run: its name must end in Test or IT");
            } else if (one == null || one.tests() == 0) {
                complaints.add(name + " did not run");
            } else if (one.failed() + one.skipped() > 0) {
                complaints.add(name + ": " + one.failed() + " failed, " + one.skipped() + " skipped");
            }
        }
        return new Line(rule.name(), sum, problem(rule, sum, complaints));
    }

    private static String problem(Rule rule, Ran ran, List<String> complaints) {
        List<String> problems = new ArrayList<>(complaints);
        if (problems.isEmpty() && ran.failed() + ran.skipped() > 0) {
            problems.add(ran.failed() + " failed, " + ran.skipped() + " skipped");
        }
        if (ran.tests() < rule.minimum()) {
            problems.add(ran.tests() == 0 ? "did not run" : "at least " + rule.minimum() + " tests were expected");
        }
        return String.join("; ", problems);
    }

    /** The table as text, in Markdown so that it can be pasted into docs/verification.md. */
    static String print(List<Line> lines) {
        StringBuilder text = new StringBuilder();
        text.append(row("group", "tests", "failed", "skipped", "seconds", ""))
                .append(row("---", "--:", "--:", "--:", "--:", "---"));
        Ran sum = NOTHING;
        for (Line line : lines) {
            String verdict = line.problem().isEmpty() ? line.name().endsWith("(left out)") ? "left out" : "ok"
                    : "FAILED: " + line.problem();
            text.append(row(line.name(), line.ran(), verdict));
            sum = sum.plus(line.ran());
        }
        return text.append(row("all", sum, "")).toString();
    }

    private static String row(String name, Ran ran, String verdict) {
        return row(name, "" + ran.tests(), "" + ran.failed(), "" + ran.skipped(),
                String.format(Locale.ROOT, "%.1f", ran.seconds()), verdict);
    }

    private static String row(String name, String tests, String failed, String skipped, String seconds,
            String verdict) {
        return String.format("| %-28s | %6s | %6s | %7s | %7s | %s |%n", name, tests, failed, skipped, seconds,
                verdict);
    }
}
