package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.plan.Drift;
import boxwall.probe.BoxReader;
import boxwall.report.FactsJson;
import boxwall.sys.BoxException;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Looks now and then whether the box is still as it was left: the live rules those that were applied, the addresses
 * those that they were compiled for. One exec a look, every DRIFT seconds; RUN/changed (written when the line to the
 * Internet went up) brings the next look forward, and so does a question over HTTP. While nobody asks, a look compares
 * what the kernel and the interfaces say with the last time, and reads the whole box only where that is different: a
 * whole reading takes an interpreter two seconds.
 */
final class Watch {
    /**
     * Where somebody writes anything new to have the box looked at; reading a small file of a RAM disk costs nothing.
     */
    static final String POKE = "/changed";
    private static final int POKE_MILLIS = 5000;
    /** While nothing changes: each look takes a box's JVM some milliseconds, and every request looks, too. */
    private static final int IDLE_MILLIS = 20 * 1000;
    /** Many who ask at once get one look. */
    private static final int ASKED_MILLIS = 1000;
    /** Two programs that restore their own rules in turn would keep the box busy. */
    private static final int AGAIN_MILLIS = 60 * 1000;
    /** What a guard may need after the deadline: a second to wake up, and commands that hang. */
    private static final int GUARD_MILLIS = 60 * 1000;
    private static final int SHOWN = 20;
    /** A whole reading is due even if nothing seems to be different: it reads more than a look compares. */
    private static final int WHOLE_MILLIS = 3 * 3600 * 1000;
    /** What a look compares, as boxwall-apply's {@code probe drift} prints it. */
    private static final List<String> COMPARED =
            Arrays.asList("ifconfig_-a", "ip_addr", "iptables-save", "ip6tables-save");
    /** How lines of ifconfig and ip begin that are other ones each time. */
    private static final String[] COUNTING = {"RX", "TX", "collisions", "valid_lft"};

    private static final int MODULES_BYTES = 64 << 10;

    final Sys sys;
    final Config config;
    final BoxState box;
    final Changes changes;
    private final AddressChange following;
    final History history;
    final EventLog log;
    /** The rules' packets for a graph, while somebody looks. */
    final CounterRing ring = new CounterRing();
    private final Object bell = new Object();
    private Outcome seen;
    /** Whether other rules than those of the daemon's start may be live. */
    volatile boolean changed;
    private volatile boolean soon;
    private volatile boolean tablesSoon;
    /** What was found at the last look; drift and address-changed. */
    volatile List<Finding> findings = Collections.emptyList();
    /** Whether the live rules were others than those applied, at the last look. */
    volatile boolean drifted;
    private volatile long lookedMillis = -ASKED_MILLIS;
    /** Whether somebody with the token asked since the last whole reading: he wants it fresh. */
    volatile boolean asked;
    /** The sum of what the last look compared; 0 when the next look has to read the whole box. */
    private volatile long sum;
    private volatile long wholeMillis;
    private long againMillis = -AGAIN_MILLIS;
    private String relieved = "";

    Watch(Sys sys, Config config, BoxState box, Changes changes, AddressChange following, History history,
            EventLog log) {
        this.sys = sys;
        this.config = config;
        this.box = box;
        this.changes = changes;
        this.following = following;
        this.history = history;
        this.log = log;
    }

    /**
     * Looks until the thread is interrupted; whom the port lets in follows each look, and samples that nobody looks at
     * are let go.
     */
    void run(ListenAddresses doors) {
        long period = config.number("DRIFT") * 1000L;
        String poked = poke();
        firstLook();
        long due = sys.uptimeMillis() + period;
        int millis = IDLE_MILLIS;
        while (rested(millis)) {
            try {
                String now = poke();
                notice();
                relieveGuard();
                ring.forget(sys.uptimeMillis());
                boolean told = !now.equals(poked);
                if (told || period > 0 && (sys.uptimeMillis() >= due
                        // somebody asked about a box that was read as a whole longer ago than he may expect
                        || asked && sys.uptimeMillis() - wholeMillis >= period)) {
                    poked = now;
                    if (told || !isAsBefore()) {
                        look(null);
                        doors.open(box.box().facts.lan, box.box().facts.guest);
                    }
                    due = sys.uptimeMillis() + period;
                } else if (soon && !changes.applying.isLocked()) {
                    soon = false;
                    box.read(changes.plane.last().toString());
                } else if (tablesSoon && !changes.applying.isLocked()) { readAfterChange(changes.plane.last()); }
            } catch (RuntimeException bug) {
                log.bug(bug);
            } catch (VirtualMachineError e) {
                lacking(e);
            }
            millis = tablesSoon ? POKE_MILLIS : IDLE_MILLIS;
        }
    }

    /**
     * The facts' text comes first, which takes a slow processor a second: a request for the status that comes now waits
     * for it, and shares the processor with nothing else.
     */
    private void firstLook() {
        try {
            FactsJson.inStatus(box.box().facts);
        } catch (RuntimeException bug) {
            log.bug(bug);
        } catch (VirtualMachineError e) {
            lacking(e);
        }
        look(box.box());
    }

    /** Reads what a change changed: the tables, and all where modules or addresses are others now. A trial can wait. */
    private void readAfterChange(Outcome last) {
        if (last.state().equals("pending")) { return; }
        tablesSoon = false;
        Box known = box.known;
        if (box.forPlan(last.toString()) == known) { box.readTables(last.toString()); }
    }

    /** Sleeps until the next look at small things is due, or somebody rings; false when the thread was interrupted. */
    private boolean rested(int millis) {
        try {
            synchronized (bell) {
                if (!soon) { bell.wait(millis); }
            }
            return !Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Has the whole box read soon, by the thread that watches. */
    void readSoon() {
        synchronized (bell) {
            soon = true;
            bell.notifyAll();
        }
    }

    /**
     * Reads the boot plane's result: its guard may have rolled back without this daemon. Costs a small file's reading.
     */
    void notice() {
        Outcome last;
        synchronized (bell) {
            // read in here: of two who come at once, the later one must not have the older file
            last = changes.plane.last();
            if (seen == null) {
                // what the daemon found when it came is what it read the box for
                seen = last;
            }
            if (last == seen || last.toString().equals(seen.toString())) { return; }
            seen = last;
            changed = true;
        }
        history.became(last);
        // other rules are live than those that was found out about
        findings = Collections.emptyList();
        drifted = false;
        log.event("now " + last.state() + (last.why().length() == 0 ? "" : " (" + last.why() + ")") + ", plan "
                + last.get("plan") + (last.id().length() == 0 ? "" : ", change " + last.id()));
        tablesSoon = true;
    }

    /**
     * Rolls back a change whose guard should have done it and was killed. One exec a change; where the guard lives
     * after all, boxwall-apply waits for it.
     */
    void relieveGuard() {
        Outcome last = changes.plane.last();
        long deadline = last.state().equals("pending") ? last.deadline() : -1;
        if (deadline < 0 || last.id().equals(relieved) || sys.uptimeMillis() < deadline * 1000 + GUARD_MILLIS
                || !changes.applying.tryLock()) {
            return;
        }
        relieved = last.id();
        try {
            BootPlane.Reached reached = changes.plane.revert(last.id());
            log.event("change " + last.id() + " is a minute overdue and its guard is gone; rolled back: status "
                    + reached.status + " " + reached.outcome.why());
        } catch (BoxException e) {
            log.event("change " + last.id() + " is a minute overdue and could not be rolled back: " + e.getMessage());
        } finally {
            changes.applying.unlock();
        }
    }

    private String poke() { return String.valueOf(sys.read(config.get("RUN") + POKE, 256)); }

    /** Looks again when a second has passed since the last look: for those who ask. */
    void lookNow() {
        if (sys.uptimeMillis() - lookedMillis >= ASKED_MILLIS) {
            notice();
            look(box.live());
        }
    }

    /**
     * Whether a whole look would find nothing, as the last one did: nobody asked, the same change is live, and modules,
     * addresses and rules are the same. One exec; none while a change is being made or waits for its confirm.
     */
    boolean isAsBefore() {
        Outcome last = changes.plane.last();
        if (last.state().equals("pending") || changes.applying.isLocked()) { return true; }
        if (sum == 0 || asked || sys.uptimeMillis() - wholeMillis >= WHOLE_MILLIS) { return false; }
        try {
            Readings now = Readings.none().withCommands(COMPARED, BoxReader.part(sys, changes.plane.script, "drift"))
                    .withFile("/proc/modules", String.valueOf(sys.read("/proc/modules", MODULES_BYTES)));
            if (sum != sum(now, last)) { return false; }
            box.count(now, last.toString());
            return true;
        } catch (BoxException e) {
            // the whole reading shows why
            return false;
        }
    }

    /**
     * Compares; not while a change is being made or waits for its confirm. Never throws.
     *
     * @param known the box as it was just read, or null to read it
     */
    void look(Box known) {
        lookedMillis = sys.uptimeMillis();
        Outcome last = changes.plane.last();
        if (last.state().equals("pending") || changes.applying.isLocked()) { return; }
        try {
            Box now = known == null ? box.read(last.toString()) : known;
            if (known == null) {
                asked = false;
                wholeMillis = lookedMillis;
            }
            List<Finding> found = new ArrayList<>(following.follow(now, last));
            if (!changes.plane.last().toString().equals(last.toString())) {
                last = changes.plane.last();
                now = box.read(last.toString());
            }
            List<String> differences = loadedAgain(differences(now, last), last);
            if (changes.plane.last().toString().equals(last.toString())) {
                drifted = !differences.isEmpty();
                found.addAll(
                        drifted ? Collections.singletonList(finding(differences)) : Collections.<Finding>emptyList());
                findings = found;
                sum = found.isEmpty() ? sum(now.readings, last) : 0;
            }
        } catch (RuntimeException bug) {
            // the watch must outlive whatever one look stumbled over
            log.bug(bug);
        } catch (VirtualMachineError e) {
            lacking(e);
        }
    }

    /** The sum of what a look compares. */
    private static long sum(Readings now, Outcome last) {
        long sum = sum(last.toString(), 1);
        String modules = now.file("/proc/modules");
        for (String line : Words.lines(modules)) {
            // how many use it changes
            sum = sum(line.substring(0, Math.max(0, line.indexOf(' '))), sum);
        }
        for (String name : COMPARED) {
            sum = sum(now.command(name), sum * 31);
        }
        return sum;
    }

    /**
     * Goes on with a sum, over a text's lines but for comments and what counts: characters alone, an interpreter is
     * slow.
     */
    private static long sum(String text, long before) {
        long sum = before;
        int length = text == null ? 0 : text.length();
        for (int at = 0, end; at < length; at = end + 1) {
            end = text.indexOf('\n', at);
            end = end < 0 ? length : end;
            char first = text.charAt(at);
            int stop = first == '#' || isCounting(text, at) ? at
                    // :INPUT DROP [12:3456]
                    : first == ':' ? text.lastIndexOf('[', end) : end;
            // [1:60] -A INPUT …
            for (int i = first == '[' ? text.indexOf(']', at) + 2 : at; i < stop; i++) {
                sum = sum * 31 + text.charAt(i);
            }
        }
        return sum;
    }

    private static boolean isCounting(String text, int line) {
        int at = line;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        for (String word : COUNTING) {
            if (at > line && text.startsWith(word, at)) { return true; }
        }
        return false;
    }

    /** The watch must outlive whatever a ruleset asked of heap or stack, at its first look too. */
    private void lacking(VirtualMachineError error) {
        System.gc();
        log.event((error instanceof OutOfMemoryError ? "out of memory" : "out of stack") + " while watching");
    }

    private Finding finding(List<String> differences) {
        List<String> evidence = new ArrayList<>(differences.subList(0, Math.min(SHOWN, differences.size())));
        if (differences.size() > SHOWN) { evidence.add(differences.size() - SHOWN + " more"); }
        return new Finding("drift", Finding.Severity.WARN, "", evidence,
                "the live rules are not those that boxwall applied: another" + " program changed them",
                "find out which one; 'boxwall-apply again' reloads boxwall's rules, BOXWALL_REASSERT='yes'"
                        + " does so automatically; 'keep TABLE CHAIN' in the ruleset leaves a chain alone");
    }

    /** A line for each rule that differs; empty in states in which nobody expects the plan's rules. */
    private List<String> differences(Box now, Outcome last) {
        List<String> all = new ArrayList<>();
        if (!Arrays.asList("active", "unsaved", "fallback").contains(last.state())) { return all; }
        LivePlan plan = LivePlan.of(sys, config, last.get("plan"));
        for (Family family : Family.values()) {
            String save = family.command + "-save";
            if (now.readings.command(save) == null) { continue; }
            for (Map.Entry<String, String> live : LivePlan.tables(sys, config.get("RUN") + "/live", family)
                    .entrySet()) {
                all.addAll(Drift.of(family, live.getKey(), live.getValue(), now.readings.commandLines(save),
                        kept(plan, live.getKey())));
            }
        }
        return all;
    }

    private static Collection<String> kept(LivePlan plan, String table) {
        String chains = plan == null ? null : plan.stamp.get("keep." + table);
        return chains == null ? Collections.<String>emptyList() : Arrays.asList(Words.of(chains));
    }

    /** With REASSERT the plan is loaded again, at most once a minute; gives back what differs after that. */
    private List<String> loadedAgain(List<String> differences, Outcome last) {
        if (differences.isEmpty() || !config.get("REASSERT").equals("yes")
                || sys.uptimeMillis() - againMillis < AGAIN_MILLIS || !changes.applying.tryLock()) {
            return differences;
        }
        againMillis = sys.uptimeMillis();
        try {
            BootPlane.Reached reached = changes.plane.again();
            log.event("drift: " + differences.size() + " differences, the first is " + differences.get(0)
                    + "; the plan was loaded again: status " + reached.status + " " + reached.outcome.why());
            return reached.status == 0 ? differences(box.read(last.toString()), last) : differences;
        } catch (BoxException e) {
            log.event("drift: the plan could not be loaded again: " + e.getMessage());
            return differences;
        } finally {
            changes.applying.unlock();
        }
    }
}
