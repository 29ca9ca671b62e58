package boxwall.cli;

import boxwall.box.Finding;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.daemon.Box;
import boxwall.daemon.Candidate;
import boxwall.daemon.Config;
import boxwall.daemon.PresetFolder;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.explain.Explanation;
import boxwall.imports.Imported;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.probe.BoxReader;
import boxwall.probe.Recorder;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.report.ExposureJson;
import boxwall.report.FactsJson;
import boxwall.report.ImportReport;
import boxwall.report.PresetsJson;
import boxwall.syntax.Note;
import boxwall.syntax.Preset;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The verbs that terminate: all but daemon. Each returns its exit status. */
final class Verbs {
    /** The recorded boxes of the source tree. */
    private static final String BOXES = "src/test/resources/boxes";

    private final Sys sys;
    private final Arguments arguments;
    private final PrintStream out;
    private final PrintStream err;
    private final Config config;
    private final boolean json;

    Verbs(Sys sys, Arguments arguments, PrintStream out, PrintStream err) {
        this.sys = sys;
        this.arguments = arguments;
        this.out = out;
        this.err = err;
        config = Config.read(sys, arguments.get("--config", null));
        json = arguments.has("--json");
    }

    /** The box of --root: a folder, or on a PC the name of a recorded box of the source tree. */
    private Box box() throws BoxException {
        String root = arguments.get("--root", "/");
        String boxes = root.indexOf('/') >= 0 || sys.list(root) != null ? null
                : PresetFolder.inTree(sys, System.getProperty("java.class.path"), BOXES);
        String folder = boxes == null ? root : boxes + "/" + root;
        if (sys.list(folder) == null) {
            throw new BoxException(root + " can't be opened; --root needs the folder of a recorded box"
                    + (boxes == null ? "" : ", or the name of one in " + BOXES));
        }
        return new Box(BoxReader.read(sys, folder));
    }

    int facts() throws BoxException {
        out.println(FactsJson.text(box().facts));
        return 0;
    }

    /** Writes the readings of the box, without secrets, to a folder for --root. */
    int record() throws BoxException {
        String folder = arguments.file("record needs a folder to write to");
        int count = Recorder.record(sys, box().readings, folder);
        out.println(count + " files in " + folder + "; look through it before you send it");
        return 0;
    }

    int presets() throws BoxException {
        List<Preset> all = folder(null).all();
        if (all.isEmpty()) {
            throw new BoxException("no presets in " + config.get("PRESETS") + "; set BOXWALL_PRESETS to their folder");
        }
        out.print(json ? PresetsJson.of(all) + "\n" : PresetsJson.inWords(all));
        return 0;
    }

    /** @param beside the ruleset's folder, whose files can be included too; or null */
    private PresetFolder folder(String beside) {
        return new PresetFolder(sys,
                PresetFolder.place(sys, config.get("PRESETS"), System.getProperty("java.class.path")), beside);
    }

    int check() throws BoxException {
        Candidate candidate = checked(box());
        if (json) {
            out.println(candidate.json(null));
        } else {
            print(candidate);
        }
        return candidate.isRefused() ? 1 : 0;
    }

    private void print(Candidate candidate) {
        out.println(summary(candidate));
        printFindings(candidate);
        if (candidate.compiled == null) { return; }
        // one line for each text of a note, with all the lines that it is about
        Map<String, Set<String>> kinds = new LinkedHashMap<>();
        for (Note note : candidate.compiled.notes) {
            if (!kinds.containsKey(note.text)) { kinds.put(note.text, new LinkedHashSet<String>()); }
            kinds.get(note.text).add(note.origin.toString());
        }
        for (Map.Entry<String, Set<String>> kind : kinds.entrySet()) {
            print(out, shortened(Words.join(kind.getValue(), ", ")) + ": note: " + kind.getKey() + "\n");
        }
        if (!candidate.parsed.expects.isEmpty()) {
            out.println("expect lines: " + candidate.parsed.expects.size() + ", failed: "
                    + count(candidate, "policy-test-failed") + ", overridden: "
                    + count(candidate, "policy-test-overridden") + ", skipped: "
                    + count(candidate, "policy-test-skipped"));
        }
        Compiled compiled = candidate.compiled;
        out.println(compiled.mode() + ", rules: " + compiled.ruleset.ruleCount(Family.IPV4) + " IPv4, "
                + compiled.ruleset.ruleCount(Family.IPV6) + " IPv6; modules: "
                + (compiled.modules.isEmpty() ? "none" : Words.join(compiled.modules, " ")));
    }

    /** The verdict in one line: {@code refused: 2 errors, 1 warning, 3 notes}. */
    private static String summary(Candidate candidate) {
        int[] counts = new int[3];
        for (Finding finding : candidate.findings) {
            counts[finding.severity.ordinal()]++;
        }
        String[] words = {"error", "warning", "note"};
        StringBuilder text = new StringBuilder(candidate.isRefused() ? "refused" : "accepted");
        for (int i = 0; i < 3; i++) {
            if (counts[i] > 0) {
                text.append(text.indexOf(":") < 0 ? ": " : ", ").append(counts[i]).append(' ').append(words[i])
                        .append(counts[i] == 1 ? "" : "s");
            }
        }
        return text.toString();
    }

    private static int count(Candidate candidate, String code) {
        int count = 0;
        for (Finding finding : candidate.findings) {
            count += finding.code.equals(code) ? 1 : 0;
        }
        return count;
    }

    /** A list of places, cut after the first six; --json has all. Example: {@code rules:2, … rules:7 and 34 more}. */
    private static String shortened(String places) {
        int cut = -1;
        int count = 1;
        for (int at = places.indexOf(", "); at >= 0; at = places.indexOf(", ", at + 1)) {
            cut = count == 6 ? at : cut;
            count++;
        }
        return cut < 0 ? places : places.substring(0, cut) + " and " + (count - 6) + " more";
    }

    private void printFindings(Candidate candidate) {
        for (Finding finding : candidate.findings) {
            print(err, finding.at(shortened(finding.where), finding.evidence) + "\n");
            for (String line : finding.evidence) {
                print(err, "    " + line + "\n");
            }
        }
    }

    /** auto, yes or no. */
    String stateful() throws BoxException {
        String word = arguments.get("--stateful", config.get("STATEFUL"));
        if (AutoYesNo.of(word) == null) { throw new BoxException("--stateful must be auto, yes or no"); }
        return word;
    }

    private String text(String file) throws BoxException {
        String text = sys.read(file, RulesetParser.FILE_LIMIT + 1);
        if (text == null) { throw new BoxException(file + " can't be opened"); }
        return text;
    }

    private Candidate checked(Box box) throws BoxException {
        Config settings = arguments.has("--optimize") ? config.with("OPTIMIZE", "yes") : config;
        Candidate candidate = read(box, settings.with("STATEFUL", stateful()), true, 0);
        if (arguments.get("--root", "/").equals("/")) { candidate.emptyOtherTables(sys); }
        return candidate;
    }

    /** Compiles a ruleset file as written, unless --optimize is given; null after printing its errors. */
    Candidate compiled(Box box, String stateful, int file) throws BoxException {
        Config settings =
                config.with("STATEFUL", stateful).with("OPTIMIZE", arguments.has("--optimize") ? "yes" : "no");
        Candidate candidate = read(box, settings, false, file);
        printFindings(candidate);
        return candidate.compiled == null ? null : candidate;
    }

    private Candidate read(Box box, Config settings, boolean check, int index) throws BoxException {
        String file = arguments.file(arguments.verb + " requires a ruleset file");
        file = index == 0 ? file : arguments.files.get(index);
        int slash = file.lastIndexOf('/');
        PresetFolder folder = folder(slash < 0 ? "." : file.substring(0, slash + 1));
        Source source = new Source(file.substring(slash + 1), text(file));
        return check ? Candidate.of(source, folder, box, settings, null, true)
                : Candidate.unchecked(source, folder, box, settings);
    }

    int explain() throws BoxException {
        Box box = box();
        Candidate rules = compiled(box, stateful(), 0);
        if (rules == null) { return 1; }
        try {
            Explanation explanation = rules.explain(arguments.keys, box.facts);
            long clock = arguments.has("--root") ? 0 : System.currentTimeMillis();
            out.print(json ? ExplainJson.of(explanation, clock) + "\n" : ExplainJson.inWords(explanation, clock));
            return 0;
        } catch (IllegalArgumentException e) {
            throw new BoxException(e.getMessage());
        }
    }

    int exposure() throws BoxException {
        Box box = box();
        Candidate rules = compiled(box, stateful(), 0);
        if (rules == null) { return 1; }
        ExposureJson exposure = rules.exposure(box);
        out.print(json ? exposure.json() + "\n" : exposure.inWords());
        return 0;
    }

    /** Compares two rulesets, or the two forms of one. */
    int diff() throws BoxException {
        Box box = box();
        String stateful = stateful();
        boolean forms = arguments.files.size() < 2;
        Candidate first = compiled(box, forms ? "yes" : stateful, 0);
        // if both forms are of one file, its errors are printed only once
        Candidate second = forms && first == null ? null : compiled(box, forms ? "no" : stateful, forms ? 0 : 1);
        if (first == null || second == null) { return 1; }
        String a = forms ? "the stateful form" : arguments.files.get(0);
        String b = forms ? "the stateless form" : arguments.files.get(1);
        Difference difference =
                Difference.of(first.compiled.ruleset, second.compiled.ruleset, BoxNetwork.of(box.facts));
        out.print(json ? DiffJson.of(difference, a, b) + "\n" : DiffJson.inWords(difference, a, b));
        return 0;
    }

    int compile() throws BoxException {
        String directory = arguments.get("--out", null);
        if (directory == null) { throw new BoxException("compile needs --out DIR"); }
        Candidate candidate = checked(box());
        print(candidate);
        if (candidate.isRefused()) { return 1; }
        if (!candidate.compiled.stateful && sys.list(directory + "/safe") != null) {
            throw new BoxException(directory + "/safe is the stateless form of another plan: choose an empty folder");
        }
        candidate.write(sys, directory);
        return 0;
    }

    /** Prints a script or a dump as a ruleset, and on stderr what was left out. */
    int imported() throws BoxException {
        String file = arguments.file("import needs a file");
        String name = file.substring(file.lastIndexOf('/') + 1);
        Imported imported = Imported.read(name, text(file), arguments.files.size() > 1 ? arguments.files.get(1) : null);
        ImportReport report =
                new ImportReport(imported, arguments.has("--root") ? BoxNetwork.of(box().facts) : BoxNetwork.unknown());
        if (json) {
            out.println(report.text());
        } else {
            print(out, imported.text);
            print(err, report.inWords(name));
        }
        return imported.isWhole() ? 0 : 1;
    }

    /** Prints a text whose characters are bytes (see {@code Sys.read}) as bytes, so that UTF-8 remains UTF-8. */
    private static void print(PrintStream to, String text) {
        if (Words.highest(text) > 0xff) {
            to.print(text);
        } else {
            byte[] bytes = Words.bytesOf(text);
            to.write(bytes, 0, bytes.length);
            to.flush();
        }
    }
}
