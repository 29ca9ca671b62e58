package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.plan.Drift;
import boxwall.probe.BoxReader;
import boxwall.report.FactsJson;
import boxwall.sys.BoxException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Compares the box every DRIFT seconds with the state that boxwall left it in: the live rules with those applied, the
 * addresses with those that they were compiled for. RUN/changed (written when the line to the Internet comes up) and
 * some requests trigger the comparison at once. While there are no requests, a checksum of the rules and interfaces
 * decides whether the whole box is read: that takes an interpreter two seconds.
 */
final class Watch extends DaemonPart {
    /** Any new content of this file in RUN triggers a comparison; it is in RAM, so polling it costs nothing. */
    static final String POKE = "/changed";
    private static final int POKE_MILLIS = 5000;
    /**
     * The poll while nothing changes: each takes a box's JVM some milliseconds, and requests check for changes, too.
     */
    private static final int IDLE_MILLIS = 20 * 1000;
    /** Requests within this time share one comparison. */
    private static final int SHARED_MILLIS = 1000;
    /** Two programs that restore their own rules in turn would keep the box busy. */
    private static final int AGAIN_MILLIS = 60 * 1000;
    /** The time that a guard may need after the deadline: a second to wake up, and commands that hang. */
    private static final int GUARD_MILLIS = 60 * 1000;
    private static final int SHOWN = 20;
    /** The whole box is read after this time even if the checksum is the same: it covers only a part. */
    private static final int WHOLE_MILLIS = 3 * 3600 * 1000;
    /** The checksum covers the modules' names and these, which {@code boxwall-apply probe drift} prints. */
    private static final List<String> COMPARED =
            Arrays.asList("ifconfig_-a", "ip_addr", "iptables-save", "ip6tables-save");
    /** Starts of indented lines of ifconfig and ip that contain counters. */
    private static final String[] COUNTERS = {"RX", "TX", "collisions", "valid_lft"};
    private static final int MODULES_BYTES = 64 << 10;

    private final AddressChange addressChange;
    /** Packets of each rule for a graph, while requests ask for them. */
    final CounterRing ring = new CounterRing();
    private final Object bell = new Object();
    private Outcome seen;
    private volatile boolean readSoon;
    private volatile boolean readTablesSoon;
    /** The findings of the last comparison: drift and address-changed. */
    volatile List<Finding> findings = Collections.emptyList();
    /** Whether the last comparison found other live rules than those applied. */
    volatile boolean drifted;
    private volatile long comparedMillis = -SHARED_MILLIS;
    /** Whether a request with the token came since the whole box was read: its sender wants recent data. */
    volatile boolean requested;
    /** The checksum at the last comparison; 0 if the next one must read the whole box. */
    private volatile long sum;
    private volatile long wholeMillis;
    private String poked;
    private long dueMillis;
    private long againMillis = -AGAIN_MILLIS;
    private String overdue = "";

    Watch(DaemonPart shared) {
        super(shared);
        addressChange = new AddressChange(shared);
    }

    /** Watches until the thread is interrupted. The control port's addresses are updated after each whole reading. */
    void run(ListenAddresses addresses) {
        poked = poke();
        boolean first = true;
        do {
            try {
                if (first) {
                    // a slow processor takes a second for this text: a request for the status waits for it, so that
                    // both don't compute it
                    FactsJson.inStatus(box.box().facts);
                    compare(box.box());
                    dueMillis = sys.uptimeMillis() + config.number("DRIFT") * 1000L;
                } else {
                    poll(addresses);
                }
            } catch (RuntimeException bug) {
                log.bug(bug);
            } catch (VirtualMachineError e) {
                outOfMemory(e);
            }
            first = false;
        } while (waited());
    }

    private void poll(ListenAddresses addresses) {
        long period = config.number("DRIFT") * 1000L;
        String poke = poke();
        Outcome last = readOutcome();
        rollBackOverdue();
        ring.forget(sys.uptimeMillis());
        if (addresses.hasEnded()) { addresses.open(box.box().facts.lan, box.box().facts.guest); }
        boolean triggered = !poke.equals(poked);
        if (triggered || period > 0
                && (sys.uptimeMillis() >= dueMillis || requested && sys.uptimeMillis() - wholeMillis >= period)) {
            poked = poke;
            if (triggered || !isUnchanged()) {
                compare(null);
                addresses.open(box.box().facts.lan, box.box().facts.guest);
            }
            dueMillis = sys.uptimeMillis() + period;
        } else if (readSoon && !plane.changing.isLocked()) {
            readSoon = false;
            box.read();
        } else if (readTablesSoon && !isChanging(last)) {
            readTablesSoon = false;
            Box known = box.known;
            // a change can load modules, which only the whole reading shows
            if (box.forPlan() == known) { box.readTables(); }
        }
    }

    /** Waits until the next poll is due or something is to be read; false when the thread was interrupted. */
    private boolean waited() {
        try {
            synchronized (bell) {
                if (!readSoon || plane.changing.isLocked()) {
                    bell.wait(readSoon || readTablesSoon ? POKE_MILLIS : IDLE_MILLIS);
                }
            }
            return !Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
            return false;
        }
    }

    private String poke() { return String.valueOf(sys.read(config.get("RUN") + POKE, 256)); }

    /** Has the watching thread read the whole box soon. */
    void readSoon() {
        synchronized (bell) {
            readSoon = true;
            bell.notifyAll();
        }
    }

    private boolean isChanging(Outcome last) { return last.state().equals("pending") || plane.changing.isLocked(); }

    /**
     * Returns the boot plane's outcome, and notes it if it is new: the guard may have rolled back without this daemon.
     * Reads one small file.
     */
    Outcome readOutcome() {
        Outcome last;
        synchronized (bell) {
            // read under the lock: of two threads the later one must not have the older file
            last = plane.last();
            // the first one is no news
            seen = seen == null ? last : seen;
            if (last == seen || last.toString().equals(seen.toString())) { return last; }
            seen = last;
            history.became(last);
        }
        // they are about the rules before
        findings = Collections.emptyList();
        drifted = false;
        log.event("now " + last.state() + (last.why().length() == 0 ? "" : " (" + last.why() + ")") + ", plan "
                + last.get("plan") + (last.id().length() == 0 ? "" : ", change " + last.id()));
        readTablesSoon = true;
        return last;
    }

    /**
     * Rolls back a change whose guard should have done it and was killed; tried once for a change. If the guard is
     * still alive, boxwall-apply waits for it.
     */
    void rollBackOverdue() {
        Outcome last = plane.last();
        long deadline = last.state().equals("pending") ? last.deadline() : -1;
        if (deadline < 0 || last.id().equals(overdue) || sys.uptimeMillis() < deadline * 1000 + GUARD_MILLIS
                || !plane.changing.tryLock()) {
            return;
        }
        overdue = last.id();
        try {
            Outcome outcome = plane.revert(last.id());
            log.event("change " + last.id() + " is a minute overdue and its guard is gone; rolled back: status "
                    + outcome.status + " " + outcome.why());
        } catch (BoxException e) {
            log.event("change " + last.id() + " is a minute overdue and could not be rolled back: " + e.getMessage());
        } finally {
            plane.changing.unlock();
        }
    }

    /** Compares for a request, unless the last comparison is less than a second old. */
    void compareNow() {
        if (sys.uptimeMillis() - comparedMillis >= SHARED_MILLIS) {
            readOutcome();
            compare(box.live());
        }
    }

    /**
     * Whether a comparison would find nothing, as the last one did: no requests, the same outcome and the same
     * checksum. Starts one program, and none while a change is being made or is pending: then the comparison must wait.
     */
    boolean isUnchanged() {
        Outcome last = plane.last();
        if (isChanging(last)) { return true; }
        if (sum == 0 || requested || sys.uptimeMillis() - wholeMillis >= WHOLE_MILLIS) { return false; }
        try {
            Readings now = Readings.none().with(COMPARED, BoxReader.part(sys, plane.script, "drift"))
                    .with("/proc/modules", String.valueOf(sys.read("/proc/modules", MODULES_BYTES)));
            if (sum != sum(now, last)) { return false; }
            box.count(now);
            return true;
        } catch (BoxException e) {
            // the evidence of the whole reading shows the cause
            return false;
        }
    }

    /**
     * Compares the box, unless a change is being made or is pending. Never throws.
     *
     * @param known the box as it was just read, or null to read it
     */
    void compare(Box known) {
        comparedMillis = sys.uptimeMillis();
        Outcome last = plane.last();
        if (isChanging(last)) { return; }
        try {
            Box now = known;
            // a change may have ended since it was read
            if (now == null || !box.isRead(last)) {
                now = box.read();
                requested = false;
                wholeMillis = comparedMillis;
            }
            List<Finding> found = new ArrayList<>(addressChange.follow(now, last));
            if (!plane.last().toString().equals(last.toString())) {
                last = plane.last();
                now = box.read();
            }
            List<String> differences = reassert(differences(now, last), last);
            if (!plane.last().toString().equals(last.toString())) { return; }
            drifted = !differences.isEmpty();
            if (drifted) { found.add(Finding.of("drift", "", LivePlan.first(differences, SHOWN, " more"))); }
            findings = found;
            sum = found.isEmpty() ? sum(now.readings, last) : 0;
        } catch (RuntimeException bug) {
            log.bug(bug);
        } catch (VirtualMachineError e) {
            outOfMemory(e);
        }
    }

    /** A ruleset can exceed the heap or the stack; the watch continues. */
    private void outOfMemory(VirtualMachineError error) {
        System.gc();
        log.event((error instanceof OutOfMemoryError ? "out of memory" : "out of stack") + " while watching");
    }

    private static long sum(Readings now, Outcome last) {
        long sum = last.toString().hashCode();
        for (String line : now.lines("/proc/modules")) {
            // the rest of the line contains the number of users
            sum = sum * 31 + line.substring(0, Math.max(0, line.indexOf(' '))).hashCode();
        }
        for (String name : COMPARED) {
            for (String line : now.lines(name)) {
                sum = sum * 31 + withoutCounters(line).hashCode();
            }
        }
        return sum;
    }

    /** A line of iptables-save, ifconfig or ip; empty for comments, which contain the time. */
    private static String withoutCounters(String line) {
        // [1:60] -A INPUT …
        if (line.startsWith("[")) { return line.substring(line.indexOf(' ') + 1); }
        // :INPUT DROP [12:3456]
        if (line.startsWith(":")) { return line.substring(0, Math.max(0, line.lastIndexOf('['))); }
        String text = line.startsWith(" ") ? line.trim() : "";
        for (String word : COUNTERS) {
            if (text.startsWith(word)) { return ""; }
        }
        return line.startsWith("#") ? "" : line;
    }

    /** Returns a line for each rule that differs; none in states in which a plan's rules are not expected. */
    private List<String> differences(Box now, Outcome last) {
        List<String> all = new ArrayList<>();
        if (!Arrays.asList("active", "unsaved", "fallback").contains(last.state())) { return all; }
        LivePlan plan = LivePlan.of(sys, config, last);
        for (Family family : Family.values()) {
            String save = family.command + "-save";
            if (now.readings.text(save) == null) { continue; }
            for (Map.Entry<String, String> table : LivePlan.tables(sys, config.get("RUN") + "/live", family)
                    .entrySet()) {
                String kept = plan == null ? null : plan.stamp.get("keep." + table.getKey());
                Collection<String> chains =
                        kept == null ? Collections.<String>emptyList() : Arrays.asList(Words.of(kept));
                all.addAll(Drift.of(family, table.getKey(), table.getValue(), now.readings.lines(save), chains));
            }
        }
        return all;
    }

    /** With REASSERT loads the plan again, at most once a minute; returns the differences after that. */
    private List<String> reassert(List<String> differences, Outcome last) {
        if (differences.isEmpty() || !config.get("REASSERT").equals("yes")
                || sys.uptimeMillis() - againMillis < AGAIN_MILLIS || !plane.changing.tryLock()) {
            return differences;
        }
        againMillis = sys.uptimeMillis();
        try {
            Outcome outcome = plane.reload();
            log.event("drift: " + differences.size() + " differences, the first is " + differences.get(0)
                    + "; the plan was loaded again: status " + outcome.status + " " + outcome.why());
            return outcome.status == 0 ? differences(box.read(), last) : differences;
        } catch (BoxException e) {
            log.event("drift: the plan could not be loaded again: " + e.getMessage());
            return differences;
        } finally {
            plane.changing.unlock();
        }
    }
}
