package boxwall.cli;

import boxwall.daemon.Config;
import boxwall.daemon.Daemon;
import boxwall.report.Version;
import boxwall.sys.BoxException;
import boxwall.sys.LiveSys;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** The entry point: dispatches the verbs of the command line. */
public final class Main {
    private static final String USAGE = "usage: boxwall facts   [--root DIR]\n"
            + "       boxwall check   RULES [--root DIR] [--stateful auto|yes|no] [--optimize] [--json]\n"
            + "       boxwall compile RULES --out DIR [--root DIR] [--stateful auto|yes|no] [--optimize] [--config FILE]\n"
            + "       boxwall record  DIR [--root DIR]\n"
            + "       boxwall explain RULES KEY=VALUE... [--root DIR] [--stateful auto|yes|no] [--optimize] [--json]\n"
            + "       boxwall exposure RULES [--root DIR] [--stateful auto|yes|no] [--json]\n"
            + "       boxwall diff    A [B] [--root DIR] [--stateful auto|yes|no] [--json]\n"
            + "       boxwall import  FILE [WORD] [--root DIR] [--json]\n"
            + "       boxwall needs   RULES --model MODEL --firmware VERSION [--stateful auto|yes|no]\n"
            + "       boxwall presets [--json]\n" + "       boxwall daemon  [--config FILE]\n"
            + "       boxwall try FILE [SECONDS] | confirm [ID] | status      (on a box)\n"
            + "       boxwall --help | --version\n"
            + "RULES is a ruleset file, DIR the folder of a recorded box; without --root a verb reads this machine.\n";

    private Main() {}

    /**
     * Runs one verb and exits with its status: 0 success, 1 refused (import: something was left out), 2 wrong usage or
     * a file that can't be opened.
     */
    public static void main(String[] args) { System.exit(run(Arrays.asList(args), System.out, System.err)); }

    /** Runs one verb and returns its status. */
    public static int run(List<String> args, PrintStream out, PrintStream err) {
        if (args.contains("--help") || args.contains("--version")) {
            out.print(args.contains("--help") ? USAGE : "boxwall " + Version.TEXT + "\n");
            return 0;
        }
        Arguments arguments;
        try {
            arguments = Arguments.parse(args, USAGE);
        } catch (IllegalArgumentException e) {
            err.print("boxwall: " + e.getMessage() + "\n" + USAGE);
            return 2;
        }
        String verb = arguments.verb;
        if (verb.equals("daemon")) {
            // without loading the classes of the other verbs, see Daemon
            String bridges = System.getenv("BOXWALL_BRIDGES");
            return new Daemon(new LiveSys(), Config.read(new LiveSys(), arguments.get("--config", null)), out)
                    .run(bridges == null ? "" : bridges);
        }
        Verbs verbs = new Verbs(new LiveSys(), arguments, out, err);
        try {
            if (verb.equals("facts")) { return verbs.facts(); }
            if (verb.equals("check")) { return verbs.check(); }
            if (verb.equals("compile")) { return verbs.compile(); }
            if (verb.equals("record")) { return verbs.record(); }
            if (verb.equals("explain")) { return verbs.explain(); }
            if (verb.equals("exposure")) { return verbs.exposure(); }
            if (verb.equals("diff")) { return verbs.diff(); }
            if (verb.equals("needs")) { return Needs.run(arguments, verbs, out); }
            if (verb.equals("presets")) { return verbs.presets(); }
            if (verb.equals("import")) { return verbs.imported(); }
        } catch (BoxException e) {
            err.println("boxwall: " + e.getMessage());
            return 2;
        }
        err.print((Arrays.asList("try", "confirm", "status").contains(verb) ? "boxwall: " + verb
                + " is for a box, where the script boxwall runs it\n" : verb.length() == 0 ? ""
                : "boxwall: no verb '" + verb + "'\n") + USAGE);
        return 2;
    }
}
