package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.check.Checker;
import boxwall.facts.Witness;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.plan.Stamp;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The plan directory that the live rules came from, found by its stamp's id. Immutable. */
final class LivePlan {
    private static final int MAX_STAMP = 8192;
    private static final int MAX_NOTES = 64 * 1024;
    private static final int MAX_FILE = 8 << 20;
    /** Notes shown as evidence; the rest is in the plan's file. */
    private static final int SHOWN = 5;

    private final Sys sys;
    private final String place;
    final Stamp stamp;

    private LivePlan(Sys sys, String place, Stamp stamp) {
        this.sys = sys;
        this.place = place;
        this.stamp = stamp;
    }

    /** The plan of that id, or null when no folder of boxwall's holds it: the closed set, say, has none. */
    static LivePlan of(Sys sys, Config config, String planId) {
        String run = config.get("RUN");
        String state = config.get("STATE");
        String[] places = {run + "/tx/plan", run + "/plan", state + "/boot", state + "/boot.new", state + "/boot.safe"};
        for (String place : planId.length() == 0 ? new String[0] : places) {
            Stamp stamp = stamp(sys, place);
            if (stamp != null && planId.equals(stamp.get("id"))) { return new LivePlan(sys, place, stamp); }
        }
        return null;
    }

    /** The stamp in a plan directory; null when it can't be read. */
    static Stamp stamp(Sys sys, String folder) {
        String text = sys.read(folder + "/stamp", MAX_STAMP);
        return text == null ? null : Stamp.parse(text);
    }

    /** The tables of a family that boxwall loaded and read back, by name: RUN/live, or RUN/tx/live of a trial. */
    static Map<String, String> tables(Sys sys, String folder, Family family) {
        Map<String, String> tables = new TreeMap<>();
        List<String> names = sys.list(folder);
        for (String name : names == null ? Collections.<String>emptyList() : names) {
            String text = name.startsWith(family.digit() + ".") ? sys.read(folder + "/" + name, MAX_FILE) : null;
            if (text != null) { tables.put(name.substring(2), text); }
        }
        return tables;
    }

    /** A file of the plan as it stands there, with its end mark; null when it can't be read. */
    String file(String name) {
        return sys.read(place + "/" + name, MAX_FILE);
    }

    /** Whether it is not proven yet: its folder gets another name when it is. */
    boolean isOnTrial() {
        return place.endsWith("/boot.new");
    }

    /** Whether it can stop any packet. */
    boolean protects() { return !"no".equals(stamp.get("protects")); }

    /**
     * The finding empty-ruleset; or stateless-weakened when the live plan has no states, with the first of its notes;
     * or nothing.
     */
    List<Finding> findings() {
        if (!protects()) { return Collections.singletonList(Checker.emptyLive()); }
        return "stateless".equals(stamp.get("mode")) ? weakened() : Collections.<Finding>emptyList();
    }

    /** What the boot plane's own words mean as findings about the last boot, try or save; empty when all went well. */
    static List<Finding> findings(Outcome outcome) {
        List<Finding> findings = new ArrayList<>();
        List<String> evidence = outcome.why().length() == 0 ? Collections.<String>emptyList()
                : Collections.singletonList("boxwall-apply: " + outcome.why());
        String words = outcome.why();
        if (outcome.state().equals("unsaved")) {
            boolean full = words.contains("too big") || words.contains("No space");
            findings.add(new Finding(full ? "flash-full" : "unsaved", Finding.Severity.WARN, "", evidence,
                    "the rules are active but could not be saved: a power cut restores the old ones",
                    full ? "free space in /tmp/flash (all of Freetz has 32 KiB compressed), then confirm a change again"
                            : "run 'modsave flash' on the box and read what it says, then confirm a change again"));
        }
        if (Witness.told(words) != null) { findings.add(Witness.told(words)); }
        if (words.contains("boot-fell-back") || outcome.state().equals("fallback")) {
            findings.add(new Finding("boot-fell-back", Finding.Severity.WARN, "", evidence,
                    "the boot did not load the intended plan: a safer one is active",
                    "read the evidence, correct the rules, apply and confirm them again"));
        }
        if (outcome.state().equals("rollback-failed")) {
            findings.add(new Finding("rollback-failed", Finding.Severity.REFUSE, "", evidence,
                    "a change failed and could not be rolled back completely: the box runs a mix of old and new rules",
                    "on the box: 'boxwall-apply lock' accepts only the LAN administrator, 'boxwall-apply open' accepts everything"));
        }
        return findings;
    }

    private List<Finding> weakened() {
        List<String> notes = new ArrayList<>();
        for (String line : Words.lines(sys.read(place + "/notes", MAX_NOTES))) {
            if (!line.startsWith("#") && line.length() > 0) { notes.add(line); }
        }
        List<String> evidence = new ArrayList<>(notes.subList(0, Math.min(SHOWN, notes.size())));
        if (notes.size() > SHOWN) { evidence.add(notes.size() - SHOWN + " more in " + place + "/notes"); }
        return Collections.singletonList(new Finding("stateless-weakened", Finding.Severity.NOTE, place + "/notes",
                evidence, "the rules are loaded without connection tracking: each packet is judged by its own headers",
                "nothing, if this box can't track connections; 'boxwall check' lists line by line what is weaker"));
    }
}
