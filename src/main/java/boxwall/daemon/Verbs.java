package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.box.Finding;
import boxwall.compile.Stateful;
import boxwall.netfilter.Family;
import boxwall.plan.Plan;
import boxwall.probe.BoxReader;
import boxwall.probe.Recorder;
import boxwall.report.CandidateJson;
import boxwall.report.FactsJson;
import boxwall.syntax.Note;
import boxwall.syntax.Source;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.io.PrintStream;

/** The verbs that end: facts, check, compile, record. Each returns its exit status. */
final class Verbs {
    static final String CONFIG_FILE = "/mod/etc/conf/boxwall.cfg";
    static final String APPLY = "/usr/sbin/boxwall-apply";
    private static final int MAX_RULES = 256 * 1024 + 1;

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

    Config config() {
        return Config.parse(sys.read(arguments.get("--config", CONFIG_FILE), 65536), System.getenv());
    }

    private Box box() {
        return new Box(BoxReader.read(sys, arguments.get("--root", "/"), APPLY));
    }

    int facts() {
        if (isNoBox()) {
            return 2;
        }
        out.println(FactsJson.text(box().facts()));
        return 0;
    }

    /** Writes what was read of the box, secrets left out, as a folder that --root takes. */
    int record() {
        if (arguments.file() == null) {
            err.println("boxwall: record wants a folder to write to");
            return 2;
        }
        if (isNoBox()) {
            return 2;
        }
        try {
            String folder = arguments.file().replaceFirst("/+$", "");
            int count = Recorder.record(sys, box().readings(), folder.length() == 0 ? "/" : folder);
            out.println(count + " files in " + arguments.file() + "; a look before it is sent does no harm");
        } catch (BoxException e) {
            err.println("boxwall: " + e.getMessage());
            return 2;
        }
        return 0;
    }

    private boolean isNoBox() {
        String root = arguments.get("--root", "/");
        if (sys.list(root) == null) {
            err.println("boxwall: " + root + " can't be opened; --root wants the folder of a recorded box");
            return true;
        }
        return false;
    }

    int check() {
        Box box = isNoBox() ? null : box();
        Candidate candidate = box == null ? null : read(box);
        if (candidate == null) {
            return 2;
        }
        if (arguments.has("--json")) {
            out.println(candidate.compiled() == null ? CandidateJson.findingsOnly(candidate.findings())
                    : CandidateJson.of(candidate.etag(), candidate.compiled(), candidate.findings()));
        } else {
            print(candidate);
        }
        return candidate.isRefused() ? 1 : 0;
    }

    private void print(Candidate candidate) {
        for (Finding finding : candidate.findings()) {
            diagnostic(finding);
        }
        if (candidate.compiled() == null) {
            return;
        }
        for (Note note : candidate.compiled().notes()) {
            out.println(note.origin() + ": note: " + note.text());
        }
        out.println(candidate.compiled().mode() + ", rules: "
                + candidate.compiled().ruleset().ruleCount(Family.IPV4) + " IPv4, "
                + candidate.compiled().ruleset().ruleCount(Family.IPV6) + " IPv6; modules:" + modules(candidate));
    }

    private static String modules(Candidate candidate) {
        StringBuilder text = new StringBuilder();
        for (String module : candidate.compiled().modules()) {
            text.append(' ').append(module);
        }
        return text.length() == 0 ? " none" : text.toString();
    }

    private void diagnostic(Finding finding) {
        err.println(finding.toString());
        for (String line : finding.evidence()) {
            err.println("    " + line);
        }
    }

    /** The candidate that the command line names; null, and said, when it can't be read. */
    private Candidate read(Box box) {
        Stateful wish = Stateful.of(arguments.get("--stateful", config().get("STATEFUL")));
        if (wish == null) {
            err.println("boxwall: --stateful wants auto, yes or no");
            return null;
        }
        if (arguments.file() == null) {
            err.println("boxwall: " + arguments.verb() + " wants a ruleset file");
            return null;
        }
        String text = sys.read(arguments.file(), MAX_RULES);
        if (text == null) {
            err.println("boxwall: " + arguments.file() + " can't be opened");
            return null;
        }
        int slash = arguments.file().lastIndexOf('/');
        String beside = slash < 0 ? "." : arguments.file().substring(0, slash + 1);
        PresetFolder folder = new PresetFolder(sys, config().get("PRESETS"), beside);
        return Candidate.of(new Source(arguments.file().substring(slash + 1), text), folder, box, wish, null, config().number("PORT"));
    }

    int compile() {
        String directory = arguments.get("--out", null);
        if (directory == null) {
            err.println("boxwall: compile wants --out DIR");
            return 2;
        }
        Box box = isNoBox() ? null : box();
        Candidate candidate = box == null ? null : read(box);
        if (candidate == null) {
            return 2;
        }
        print(candidate);
        if (candidate.isRefused()) {
            return 1;
        }
        try {
            Plan plan = Plan.of(candidate.compiled(), candidate.text(), Changes.stamp(sys, box.facts(), candidate), config().get("PA"));
            new BootPlane(sys, APPLY, config().get("RUN")).write(directory, plan);
        } catch (BoxException e) {
            err.println("boxwall: " + e.getMessage());
            return 2;
        }
        return 0;
    }
}
