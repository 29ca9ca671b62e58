package boxwall.bench;

import boxwall.facts.BoxFacts;
import boxwall.box.Readings;
import boxwall.probe.BoxReader;
import boxwall.report.FactsJson;
import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.LiveSys;
import boxwall.sys.Sys;
import java.util.List;

/**
 * Facts of a recorded box, and of a live one: this machine, with its kernel log, /proc and init.d/boxwall-apply. Also
 * counts the started processes.
 */
final class FactsBench {
    private static final String RECORDED = "src/test/resources/boxes/virtual-avm";

    /** The machine; counts the started programs. */
    private static final class CountingSys implements Sys {
        private final Sys sys = new LiveSys();
        private int started;

        @Override
        public CommandResult run(List<String> command, String stdin, int limitSeconds) throws BoxException {
            started++;
            return sys.run(command, stdin, limitSeconds);
        }

        @Override
        public String read(String path, int limitBytes) { return sys.read(path, limitBytes); }

        @Override
        public void write(String path, String text) throws BoxException { sys.write(path, text); }

        @Override
        public List<String> list(String directory) { return sys.list(directory); }

        @Override
        public long uptimeMillis() { return sys.uptimeMillis(); }
    }

    private FactsBench() {}

    private static int processes(String root, String script) {
        CountingSys sys = new CountingSys();
        FactsJson.text(new BoxFacts(BoxReader.read(sys, root, script)));
        return sys.started;
    }

    /** Prints the rows. */
    public static void main(String[] args) {
        String script = java.nio.file.Path.of("init.d/boxwall-apply").toAbsolutePath().toString();
        Readings readings = BoxReader.read(new LiveSys(), RECORDED);
        Bench.millis("facts of a recorded box, from readings", () -> new BoxFacts(readings));
        Bench.millis("facts of a recorded box, files read, JSON written",
                () -> FactsJson.text(new BoxFacts(BoxReader.read(new LiveSys(), RECORDED))));
        Bench.millis("facts of this machine, live, JSON written",
                () -> FactsJson.text(new BoxFacts(BoxReader.read(new LiveSys(), "/", script))));
        Bench.row("processes started for facts of a recorded box", new double[] {processes(RECORDED, script)},
                "processes");
        Bench.row("processes started for facts, live", new double[] {processes("/", script)}, "processes");
    }
}
