package boxwall.cli;

import boxwall.box.Finding;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.daemon.Box;
import boxwall.daemon.Candidate;
import boxwall.daemon.Config;
import boxwall.daemon.PresetFolder;
import boxwall.daemon.Questions;
import boxwall.explain.Difference;
import boxwall.explain.Explanation;
import boxwall.explain.Site;
import boxwall.imports.Imported;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;
import boxwall.probe.BoxReader;
import boxwall.probe.Recorder;
import boxwall.report.CandidateJson;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.report.ExposureJson;
import boxwall.report.FactsJson;
import boxwall.report.ImportJson;
import boxwall.report.JsonText;
import boxwall.report.PresetsJson;
import boxwall.syntax.Note;
import boxwall.syntax.Preset;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The verbs that terminate, all but daemon: facts, check, compile, explain, exposure, diff, import, record. Each
 * returns its exit status.
 */
final class Verbs {
    /** The model boxes of the tree. */
    private static final String BOXES = "src/test/resources/boxes";

    private final Sys sys;
    private final Arguments arguments;
    private final PrintStream out;
    private final PrintStream err;

    Verbs(Sys sys, Arguments arguments, PrintStream out, PrintStream err) {
        this.sys = sys;
        this.arguments = arguments;
        this.out = out;
        this.err = err;
    }

    Config config() { return Config.read(sys, arguments.get("--config", null)); }

    /** The box that --root names: a folder, on a PC also a model box of the tree by its name alone. */
    private Box box() throws BoxException {
        String root = arguments.get("--root", "/");
        String boxes = root.indexOf('/') >= 0 || sys.list(root) != null ? null
                : PresetFolder.inTree(sys, System.getProperty("java.class.path"), BOXES);
        root = boxes == null ? root : boxes + "/" + root;
        if (sys.list(root) == null) {
            throw new BoxException(root + " can't be opened; --root needs the folder of a recorded box");
        }
        return new Box(BoxReader.read(sys, root));
    }

    int facts() throws BoxException {
        out.println(FactsJson.text(box().facts));
        return 0;
    }

    /** Writes what was read of the box, secrets left out, as a folder that --root takes. */
    int record() throws BoxException {
        String folder = arguments.file("record needs a folder to write to");
        int count = Recorder.record(sys, box().readings, folder);
        out.println(count + " files in " + folder + "; look through it before you send it");
        return 0;
    }

    /** What can be included. */
    int presets() throws BoxException {
        List<Preset> all = folder(null).all();
        if (all.isEmpty()) {
            throw new BoxException(
                    "no presets in " + config().get("PRESETS") + "; set BOXWALL_PRESETS to their folder");
        }
        out.print(arguments.has("--json") ? PresetsJson.of(all) + "\n" : PresetsJson.inWords(all));
        return 0;
    }

    /** @param beside the folder of the ruleset, whose files may be included too; or null */
    private PresetFolder folder(String beside) {
        return new PresetFolder(sys,
                PresetFolder.place(sys, config().get("PRESETS"), System.getProperty("java.class.path")), beside);
    }

    int check() throws BoxException {
        Candidate candidate = read(box());
        if (arguments.has("--json")) {
            out.println(candidate.compiled == null ? JsonText.of("findings", candidate.findings).toString()
                    : CandidateJson.of(candidate.etag, candidate.compiled, candidate.findings, null));
        } else {
            print(candidate);
        }
        return candidate.isRefused() ? 1 : 0;
    }

    private void print(Candidate candidate) {
        out.println(summary(candidate));
        for (Finding finding : candidate.findings) {
            diagnostic(finding);
        }
        if (candidate.compiled == null) { return; }
        // one line for each kind of note, with the lines that it is about
        Map<String, List<Origin>> kinds = new LinkedHashMap<>();
        for (Note note : candidate.compiled.notes) {
            if (!kinds.containsKey(note.text)) { kinds.put(note.text, new ArrayList<Origin>()); }
            kinds.get(note.text).add(note.origin);
        }
        for (Map.Entry<String, List<Origin>> kind : kinds.entrySet()) {
            print(out, Words.join(kind.getValue(), ", ") + ": note: " + kind.getKey() + "\n");
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

    void diagnostic(Finding finding) {
        print(err, finding + "\n");
        for (String line : finding.evidence()) {
            print(err, "    " + line + "\n");
        }
    }

    /** The ruleset file. */
    private Candidate read(Box box) throws BoxException {
        return read(box, stateful(), true, 0);
    }

    /** auto, yes or no. */
    String stateful() throws BoxException {
        String word = arguments.get("--stateful", config().get("STATEFUL"));
        if (AutoYesNo.of(word) == null) { throw new BoxException("--stateful must be auto, yes or no"); }
        return word;
    }

    private String text(String file) throws BoxException {
        String text = sys.read(file, RulesetParser.FILE_LIMIT + 1);
        if (text == null) { throw new BoxException(file + " can't be opened"); }
        return text;
    }

    /** The same of the file at a place of the command line, checked or only compiled. */
    Candidate read(Box box, String stateful, boolean check, int place) throws BoxException {
        String file = arguments.file(arguments.verb + " requires a ruleset file");
        file = place == 0 ? file : arguments.files.get(place);
        String text = text(file);
        int slash = file.lastIndexOf('/');
        String beside = slash < 0 ? "." : file.substring(0, slash + 1);
        PresetFolder folder = folder(beside);
        Source source = new Source(file.substring(slash + 1), text);
        Config settings = config().with("STATEFUL", stateful);
        // queries are answered for the rules as written, unless --optimize is given
        settings = arguments.has("--optimize") ? settings.with("OPTIMIZE", "yes") : check ? settings
                : settings.with("OPTIMIZE", "no");
        return check ? Candidate.of(source, folder, box, settings, null, true)
                : Candidate.unchecked(source, folder, box, settings);
    }

    /** explain, exposure and diff: they answer for rules that check refuses too, if they parse. */
    int question() throws BoxException {
        Box box = box();
        String stateful = stateful();
        boolean diff = arguments.verb.equals("diff");
        boolean alone = diff && arguments.files.size() < 2;
        // diff of one file compares its two forms
        Candidate first = read(box, alone ? "yes" : stateful, false, 0);
        Candidate second = !diff ? first : read(box, alone ? "no" : stateful, false, alone ? 0 : 1);
        for (Candidate each : first == second ? Arrays.asList(first) : Arrays.asList(first, second)) {
            for (Finding finding : each.findings) {
                diagnostic(finding);
            }
        }
        if (first.compiled == null || second.compiled == null) { return 1; }
        try {
            out.print(answer(new Questions(box), first, second, alone));
        } catch (IllegalArgumentException e) {
            throw new BoxException(e.getMessage());
        }
        return 0;
    }

    private String answer(Questions questions, Candidate first, Candidate second, boolean alone) {
        boolean json = arguments.has("--json");
        if (arguments.verb.equals("explain")) {
            Explanation explanation = questions.explain(first, arguments.keys);
            long clock = arguments.has("--root") ? 0 : System.currentTimeMillis();
            return json ? ExplainJson.of(explanation, clock) + "\n" : ExplainJson.inWords(explanation, clock);
        }
        if (arguments.verb.equals("exposure")) {
            ExposureJson exposure = questions.exposure(first);
            return json ? exposure.json() + "\n" : exposure.inWords();
        }
        String a = alone ? "the stateful form" : arguments.files.get(0);
        String b = alone ? "the stateless form" : arguments.files.get(1);
        Difference difference = questions.difference(first.compiled.ruleset, second.compiled.ruleset);
        return json ? DiffJson.of(difference, a, b) + "\n" : DiffJson.inWords(difference, a, b);
    }

    int compile() throws BoxException {
        String directory = arguments.get("--out", null);
        if (directory == null) { throw new BoxException("compile needs --out DIR"); }
        Box box = box();
        Candidate candidate = read(box);
        print(candidate);
        if (candidate.isRefused()) { return 1; }
        if (!candidate.compiled.stateful && sys.list(directory + "/safe") != null) {
            throw new BoxException(directory + "/safe is the stateless form of another plan: choose an empty folder");
        }
        candidate.write(sys, directory);
        return 0;
    }

    /** A script or a dump as a ruleset on standard output, what isn't in it on the other. */
    int imported() throws BoxException {
        String file = arguments.file("import needs a file");
        String text = text(file);
        String name = file.substring(file.lastIndexOf('/') + 1);
        Imported imported = Imported.read(name, text, arguments.files.size() > 1 ? arguments.files.get(1) : null);
        ImportJson report = new ImportJson(imported, arguments.has("--root") ? Site.of(box().facts) : Site.unknown());
        if (arguments.has("--json")) {
            out.println(report.text());
        } else {
            print(out, imported.text);
            print(err, report.inWords(name));
        }
        return imported.isWhole() ? 0 : 1;
    }

    /**
     * Prints a text whose characters are bytes (see {@code Sys.read}) as those bytes: what was UTF-8 in a file is UTF-8
     * on the terminal.
     */
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
