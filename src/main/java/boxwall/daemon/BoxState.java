package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import boxwall.facts.CounterFindings;
import boxwall.probe.BoxReader;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

/**
 * The box as last read. A reading starts one program; between readings everything is answered from memory, and no
 * request waits for a reading that it doesn't need.
 */
final class BoxState {
    /** Requests within this time share one reading of the tables. */
    static final int SHARED_MILLIS = 1000;

    private final Sys sys;
    private final BootPlane plane;
    private final Object reading = new Object();
    /** The box at the last reading; null until the first one has ended. */
    volatile Box known;
    /** Milliseconds of uptime at which the tables were read. */
    volatile long tablesMillis = -SHARED_MILLIS;
    /** The boot plane's outcome when the tables were read; null if other rules are live since. */
    private volatile Outcome tablesOf;
    /** Number of changes of the live rules; a reading that began before the last of them doesn't show it. */
    private volatile int loads;
    /** That accelerated packets bypassed the rules between the last two readings, with figures; null if none did. */
    volatile Finding bypassed;
    /** The rules that were live at the last reading of the counters. */
    private String countedOf = "";
    /** The counters at that reading, with the packets of interfaces; null at first. */
    private Readings counted;

    /** Each reading starts the boot plane's script once. */
    BoxState(Sys sys, BootPlane plane) {
        this.sys = sys;
        this.plane = plane;
    }

    /** Reads the whole box again. */
    Box read() { return read(true); }

    /** Reads the tables again; returns the box as it was if that fails. */
    Box readTables() { return read(false); }

    private Box read(boolean whole) {
        synchronized (reading) {
            long started = sys.uptimeMillis();
            int begun = loads;
            Outcome outcome = plane.last();
            try {
                Box old = whole ? null : known;
                Box next = old == null ? new Box(BoxReader.read(sys, "/", plane.script))
                        : old.withTables(BoxReader.part(sys, plane.script, "counters"));
                if (old == null) { compare(next.facts, next.readings, begun + outcome.toString()); }
                // set before the other fields, after which requests no longer wait
                known = next;
                tablesOf = outcome;
            } catch (BoxException e) {
                // the evidence of the next whole reading shows the cause; a second passes before the next attempt
            }
            tablesMillis = started;
            if (begun != loads) { forgetTables(); }
            return known;
        }
    }

    /** Compares the counters of tables that were just read with those of the last reading. */
    void count(Readings tables) {
        synchronized (reading) {
            if (known != null && known.facts.acceleration.mayBypass()) {
                String packets = sys.read(CounterFindings.DEV, 64 << 10);
                compare(known.facts, packets == null ? tables : tables.with(CounterFindings.DEV, packets),
                        loads + plane.last().toString());
            }
        }
    }

    /** Loading rules sets their counters to 0, so only counters of the same load are compared. */
    private void compare(BoxFacts facts, Readings next, String load) {
        bypassed = counted != null && load.equals(countedOf) ? CounterFindings.bypassed(facts, counted, next) : null;
        counted = CounterFindings.counted(next);
        countedOf = load;
    }

    /**
     * The box as last read if its modules and addresses, which a plan depends on, are still the same; else read now.
     */
    Box forPlan() {
        synchronized (reading) {
            try {
                return known != null && known.facts.plansLike(BoxReader.forPlan(sys, plane.script, known.readings))
                        ? known : read();
            } catch (BoxException e) {
                // the evidence of the whole reading shows the cause
                return read();
            }
        }
    }

    /** Other rules are live than those that were read: the next request for the tables reads them. */
    void tablesChanged() {
        loads++;
        forgetTables();
    }

    private void forgetTables() {
        tablesMillis = -SHARED_MILLIS;
        tablesOf = null;
    }

    /** The box with the current tables, read at most once a second. */
    Box live() {
        if (isFresh()) { return known; }
        synchronized (reading) {
            return isFresh() ? known : readTables();
        }
    }

    /** Whether the tables were read since the change of that outcome. */
    boolean isRead(Outcome last) {
        Outcome read = tablesOf;
        return read == last || read != null && read.toString().equals(last.toString());
    }

    private boolean isFresh() { return sys.uptimeMillis() - tablesMillis < SHARED_MILLIS; }

    /** The box at the last reading; the first request reads it, and others wait for that. */
    Box box() {
        Box now = known;
        if (now != null) { return now; }
        synchronized (reading) {
            return known == null ? read() : known;
        }
    }
}
