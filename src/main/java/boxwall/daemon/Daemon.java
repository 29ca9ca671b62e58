package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.box.Interface.Role;
import boxwall.box.InterfaceReading;
import boxwall.http.Port;
import boxwall.netfilter.Words;
import boxwall.sys.BoxException;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

import java.io.PrintStream;

/**
 * The service: opens the control port, reads the box, then watches it until it is killed. In that order: an interpreter
 * on a slow processor takes some ten seconds to load and run what reads a box, and an administrator who waits wants to
 * know that he gets in.
 */
public final class Daemon {
    /** Where the boot plane's program is on a box. */
    public static final String APPLY = "/usr/sbin/boxwall-apply";

    private final Sys sys;
    private final Config config;
    private final EventLog log;
    /** What looks after the box; null before {@link #api}. */
    Watch watch;

    /** Makes a daemon that listens nowhere yet; {@code log} takes its lines. */
    public Daemon(Sys sys, Config config, PrintStream log) {
        this.sys = sys;
        this.config = config;
        this.log = new EventLog(sys, log, config.get("SYSLOG").equals("yes") ? config.get("BIN") : null);
    }

    /**
     * Runs until the process ends; returns 2 when no address can be listened on, 3 when a daemon is there already.
     *
     * @param bridges what the launcher saw of the box's addresses, so that the LAN needs not wait for the box to be
     * read; may be ""
     */
    public int run(String bridges) {
        String other = other();
        if (other != null) {
            log.event(other);
            return 3;
        }
        Port port = new Port(config.number("PORT"), sys, config.get("STATE") + "/token", log);
        ListenAddresses doors = new ListenAddresses(config, port, log);
        InterfaceReading seen = InterfaceReading.of(bridges);
        doors.open(seen.of(Role.LAN), seen.of(Role.GUEST));
        if (doors.inUse()) {
            log.event("port " + config.number("PORT")
                    + " is in use: another boxwall daemon, or another program, has it; this one ends; stop the other"
                    + " (rc.boxwall stop), or set BOXWALL_PORT");
            return 3;
        }
        long now = sys.uptimeMillis();
        boolean early = !port.addresses().isEmpty();
        if (early) {
            log.event("listening on " + port.addresses() + " port " + config.number("PORT") + " at uptime " + now / 1000
                    + " s");
        }
        BoxState box = new BoxState(sys, script("boxwall-apply"));
        Api api = api(box, now);
        port.serve(api);
        doors.open(box.box().facts.lan, box.box().facts.guest);
        if (port.addresses().isEmpty()) {
            log.event("no address to listen on: BOXWALL_LISTEN is '" + config.get("LISTEN") + "'");
            return 2;
        }
        log.event((early ? "" : "listening on " + port.addresses() + " port " + config.number("PORT") + ", ")
                + "box read at uptime " + sys.uptimeMillis() / 1000 + " s");
        watch.run(doors);
        return 0;
    }

    /**
     * What to say when another daemon runs with this RUN: the launcher and each daemon write "PID START" there. Else
     * this one is written.
     */
    private String other() {
        String file = config.get("RUN") + "/daemon.pid";
        String text = sys.read(file, 64);
        String known = text == null ? "" : text.trim();
        String self = process("self");
        if (self == null || known.equals(self)) { return null; }
        String id = known.substring(0, Math.max(0, known.indexOf(' ')));
        if (known.equals(process(id))) {
            return "a boxwall daemon runs already, process " + id
                    + "; this one ends; stop the other first: rc.boxwall stop";
        }
        try {
            sys.write(file, self + "\n");
        } catch (BoxException e) {
            log.event(e.getMessage());
        }
        return null;
    }

    /**
     * The number of a process and its start, {@code 512 (jamvm) S 1 …} in /proc/PID/stat (proc(5): fields 1 and 22);
     * null when it's gone.
     */
    private String process(String id) {
        String stat = Words.isName(id, "") ? sys.read("/proc/" + id + "/stat", 1024) : null;
        String[] fields = Words.of(stat == null ? "" : stat.substring(stat.lastIndexOf(')') + 1));
        return fields.length < 20 || fields[0].equals("Z") ? null
                : stat.substring(0, stat.indexOf(' ')) + " " + fields[19];
    }

    private String script(String name) {
        return (config.get("BIN").length() == 0 ? "/usr/sbin" : config.get("BIN")) + "/" + name;
    }

    /** What answers. */
    Api api(BoxState box, long now) {
        WorkQueue heavy = new WorkQueue();
        BootPlane plane = new BootPlane(sys, script("boxwall-apply"), config.get("RUN"));
        Changes changes = new Changes(sys, config, plane);
        History history = new History(sys, config, script("boxwall-keep"));
        watch = new Watch(sys, config, box, changes, new AddressChange(changes, heavy, log), history, log);
        return new Api(new Replies(watch, heavy), now);
    }
}
