package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.box.BoxFacts;
import boxwall.http.Port;
import boxwall.sys.Sys;

import java.io.PrintStream;

/** The service: reads the box, opens the control port, then watches the box until it is killed. */
final class Daemon {
    private final Sys sys;
    private final Config config;
    private final EventLog log;

    Daemon(Sys sys, Config config, PrintStream log) {
        this.sys = sys;
        this.config = config;
        this.log = EventLog.of(sys, config, log);
    }

    /** Runs until the process ends; returns 2 when no address can be listened on. */
    int run() {
        String folder = config.get("BIN").length() == 0 ? null : config.get("BIN");
        String script = folder == null ? Verbs.APPLY : folder + "/boxwall-apply";
        BoxState box = new BoxState(sys, script);
        BoxFacts facts = box.read().facts();
        BootPlane plane = new BootPlane(sys, script, config.get("RUN"));
        long now = sys.uptimeMillis();
        Changes changes = new Changes(sys, config, plane);
        History history = new History(sys, config, folder == null ? Verbs.KEEP : folder + "/boxwall-keep");
        Watch watch = new Watch(sys, config, box, changes, new Following(sys, config, changes, log), history, log);
        Drafts drafts = new Drafts(sys, config, box, log);
        ReadReplies reads = new ReadReplies(sys, config, box, changes, watch, now);
        MeasureReplies measures = new MeasureReplies(sys, config, box, changes, watch, reads);
        BoxControl control = new BoxControl(sys, box, watch, drafts, reads, measures, new LogReplies(sys, script, box, measures), history,
                new ChangeReplies(sys, config, box, changes, drafts, history, watch, log), new SwitchReplies(box, plane, watch, log));
        Port port = new Port(config.number("PORT"), control, log);
        Doors doors = new Doors(sys, config, port, log);
        doors.open(facts);
        if (port.addresses().isEmpty()) {
            log.event("no address to listen on: BOXWALL_LISTEN is '" + config.get("LISTEN") + "'");
            return 2;
        }
        log.event("listening on " + port.addresses() + " port " + config.number("PORT") + " at uptime " + now / 1000 + " s");
        watch.run(doors, measures);
        return 0;
    }
}
