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
    private final PrintStream log;

    Daemon(Sys sys, Config config, PrintStream log) {
        this.sys = sys;
        this.config = config;
        this.log = log;
    }

    /** Runs until the process ends; returns 2 when no address can be listened on. */
    int run() {
        String script = config.get("BIN").length() == 0 ? Verbs.APPLY : config.get("BIN") + "/boxwall-apply";
        BoxState box = new BoxState(sys, script);
        BoxFacts facts = box.read().facts();
        BootPlane plane = new BootPlane(sys, script, config.get("RUN"));
        long now = sys.uptimeMillis();
        Changes changes = new Changes(sys, config, plane);
        Watch watch = new Watch(sys, config, box, changes, new Following(sys, config, changes, log), log);
        BoxControl control = new BoxControl(sys, config, box, changes, watch, log, now);
        Port port = new Port(config.number("PORT"), control, log);
        Doors doors = new Doors(sys, config, port, log);
        doors.open(facts);
        if (port.addresses().isEmpty()) {
            log.println("no address to listen on: BOXWALL_LISTEN is '" + config.get("LISTEN") + "'");
            return 2;
        }
        log.println("listening on " + port.addresses() + " port " + config.number("PORT") + " at uptime " + now / 1000 + " s");
        watch.run(doors);
        return 0;
    }
}
