package boxwall.daemon;

import boxwall.box.Interface.Role;
import boxwall.box.InterfaceReading;
import boxwall.facts.BoxFacts;
import boxwall.http.Port;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

import java.io.PrintStream;

/**
 * The service: opens the control port, reads the box, then watches it until the process is killed. The port comes
 * first: an interpreter on a slow processor takes some ten seconds to load and run the code that reads a box, and a
 * waiting administrator wants to know that he has access.
 */
public final class Daemon {
    private final Sys sys;
    private final Config config;
    private final EventLog log;
    /** Null before {@link #api}. */
    Watch watch;

    /** Makes a daemon that listens nowhere yet; {@code log} takes its lines. */
    public Daemon(Sys sys, Config config, PrintStream log) {
        this.sys = sys;
        this.config = config;
        this.log = new EventLog(sys, log, config.get("SYSLOG").equals("yes") ? config.get("BIN") : null);
    }

    /**
     * Runs until the process ends; returns 2 if no address can be listened on, 3 if the port is in use.
     *
     * @param bridges the launcher's reading of the box's addresses, so that the LAN needn't wait for the box to be
     * read; may be ""
     */
    public int run(String bridges) {
        int number = config.number("PORT");
        Port port = new Port(number, sys, config.get("STATE") + "/token", log);
        ListenAddresses addresses = new ListenAddresses(config, port, log);
        InterfaceReading seen = InterfaceReading.of(bridges);
        addresses.open(seen.of(Role.LAN), seen.of(Role.GUEST));
        if (addresses.inUse()) {
            log.event("port " + number
                    + " is in use: another boxwall daemon, or another program, has it; this one ends; stop the other"
                    + " (rc.boxwall stop), or set BOXWALL_PORT");
            return 3;
        }
        long now = sys.uptimeMillis();
        boolean early = !port.addresses().isEmpty();
        if (early) {
            log.event("listening on " + port.addresses() + " port " + number + " at uptime " + now / 1000 + " s");
        }
        port.serve(api(now));
        BoxFacts facts = watch.box.box().facts;
        addresses.open(facts.lan, facts.guest);
        if (port.addresses().isEmpty()) {
            log.event("no address to listen on: BOXWALL_LISTEN is '" + config.get("LISTEN") + "'");
            return 2;
        }
        log.event((early ? "" : "listening on " + port.addresses() + " port " + number + ", ") + "box read at uptime "
                + sys.uptimeMillis() / 1000 + " s");
        watch.run(addresses);
        return 0;
    }

    /** Makes the parts of the daemon; {@code now} is the uptime in milliseconds at which it started. */
    Api api(long now) {
        watch = new Watch(new DaemonPart(sys, config, log));
        return new Api(watch, now);
    }
}
