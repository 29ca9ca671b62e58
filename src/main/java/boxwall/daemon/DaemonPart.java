package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.http.Request;
import boxwall.syntax.Source;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

/** A part of the daemon, with the objects that all parts share. */
class DaemonPart {
    final Sys sys;
    final Config config;
    final EventLog log;
    final BootPlane plane;
    final BoxState box;
    final History history;
    final WorkQueue work;

    /** Makes the shared objects; reads nothing and starts nothing. */
    DaemonPart(Sys sys, Config config, EventLog log) {
        this.sys = sys;
        this.config = config;
        this.log = log;
        plane = new BootPlane(sys, config.script("boxwall-apply"), config.get("RUN"));
        box = new BoxState(sys, plane);
        history = new History(sys, config);
        work = new WorkQueue();
    }

    DaemonPart(DaemonPart shared) {
        sys = shared.sys;
        config = shared.config;
        log = shared.log;
        plane = shared.plane;
        box = shared.box;
        history = shared.history;
        work = shared.work;
    }

    /** The files that a ruleset without a folder of its own can include. */
    PresetFolder presets() {
        return new PresetFolder(sys, config.get("PRESETS"), null);
    }

    /** Checks a text that a request sent or that was saved; {@code client} is null for the daemon itself. */
    Candidate checked(String text, Box now, byte[] client) {
        Candidate next = Candidate.of(new Source("rules", text), presets(), now, config, client, false);
        next.emptyOtherTables(sys);
        return next;
    }

    /**
     * A query parameter that is a whole number; the default if it is absent, -1 if it is out of bounds or no number.
     */
    static int number(Request request, String name, int absent, int least, int most) {
        String text = request.query(name);
        try {
            int number = text == null ? absent : Integer.parseInt(text);
            return number < least || number > most ? -1 : number;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
