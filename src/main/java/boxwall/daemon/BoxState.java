package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import boxwall.facts.Witness;
import boxwall.probe.BoxReader;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

/**
 * The box as last read. One exec a reading; between readings everything is answered from memory, and no request waits
 * for a reading that he doesn't need.
 */
final class BoxState {
    /** Many who ask at once get one reading. */
    static final int SHARED_MILLIS = 1000;

    private final Sys sys;
    private final String script;
    private final Object reading = new Object();
    /** The box at the last reading; null while the first one is still being made. */
    volatile Box known;
    /** Milliseconds of uptime at which the tables were read. */
    volatile long tablesMillis = -SHARED_MILLIS;
    /** The change that was live when the tables were read; empty when nobody said. */
    volatile String tablesOf = "";
    /** How often other rules went live: a reading that began before is none of them. */
    private volatile int loads;
    /** That accelerated packets bypassed the rules between the last two readings, with figures; null when not. */
    volatile Finding bypassed;
    /** The change that was live at the last whole reading. */
    private String era = "";
    /** The counters of the whole reading before, with its packets of interfaces. */
    private Readings before;

    /** {@code script} is boxwall-apply's path: its probe is the one exec. */
    BoxState(Sys sys, String script) {
        this.sys = sys;
        this.script = script;
    }

    /** Reads the box again; counters can't be compared with those read before. */
    Box read() { return read(""); }

    /**
     * Reads the box again.
     *
     * @param now names the change that is live; counters are compared with the last reading when it had the same, not
     * empty: loading rules sets them to 0
     */
    Box read(String now) {
        synchronized (reading) {
            long started = sys.uptimeMillis();
            int begun = loads;
            Box next = new Box(BoxReader.read(sys, "/", script));
            compare(next.facts, next.readings, now);
            known = next;
            tablesRead(now, started, begun);
            return next;
        }
    }

    /** Compares the counters with those of the last reading; packets of interfaces are read for it. */
    void count(Readings tables, String now) {
        synchronized (reading) {
            if (known != null && known.facts.acceleration.mayBypass()) {
                String packets = sys.read(Witness.DEV, 64 << 10);
                compare(known.facts, packets == null ? tables : tables.withFile(Witness.DEV, packets), now);
            }
        }
    }

    private void compare(BoxFacts facts, Readings next, String now) {
        bypassed = before != null && now.length() > 0 && now.equals(era) ? Witness.bypassed(facts, before, next) : null;
        before = Witness.counted(next);
        era = now;
    }

    /**
     * The box as last read while its modules and addresses are still the same, which a plan depends on and a small part
     * of a reading tells; else the box read again.
     */
    Box forPlan(String now) {
        synchronized (reading) {
            try {
                return known != null && known.facts.plansLike(BoxReader.forPlan(sys, script, known.readings)) ? known
                        : read(now);
            } catch (BoxException e) {
                // the whole reading shows why
                return read(now);
            }
        }
    }

    /** Other rules are live than those that were read: whoever needs the tables has them read. */
    void tablesChanged() {
        loads++;
        tablesMillis = -SHARED_MILLIS;
        tablesOf = "unread";
    }

    /** Those who ask now get the box that was read, so this comes after it is known. */
    private void tablesRead(String now, long started, int begun) {
        tablesOf = now;
        tablesMillis = started;
        if (begun != loads) {
            tablesMillis = -SHARED_MILLIS;
            tablesOf = "unread";
        }
    }

    /** The box with its tables as they are now, read at most once a second however many ask. */
    Box live() {
        Box now = box();
        if (isFresh()) { return now; }
        synchronized (reading) {
            return isFresh() ? known : readTables(tablesOf);
        }
    }

    private boolean isFresh() { return sys.uptimeMillis() - tablesMillis < SHARED_MILLIS; }

    /** Reads the tables again, after the change that {@code now} names; the box as it was when that fails. */
    Box readTables(String now) {
        synchronized (reading) {
            Box old = box();
            long started = sys.uptimeMillis();
            int begun = loads;
            try {
                known = old.withTables(BoxReader.part(sys, script, "counters"));
                tablesRead(now, started, begun);
            } catch (BoxException e) {
                // the next whole reading says why; until then the tables are as they were read before
                tablesMillis = started;
            }
            return known;
        }
    }

    /** The box at the last reading; reads when there is none yet, once however many ask. */
    Box box() {
        Box now = known;
        if (now != null) { return now; }
        synchronized (reading) {
            return known == null ? read() : known;
        }
    }
}
