package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.check.Checker;
import boxwall.facts.CounterFindings;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.plan.Stamp;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The plan directory that the live rules came from, found by the ID in its stamp. Immutable. */
final class LivePlan {
    private static final int MAX_STAMP = 8192;
    private static final int MAX_NOTES = 64 << 10;
    private static final int MAX_FILE = 8 << 20;
    /** Notes shown as evidence; the rest is in the plan's file. */
    private static final int SHOWN = 5;

    private final Sys sys;
    private final String folder;
    final Stamp stamp;

    private LivePlan(Sys sys, String folder, Stamp stamp) {
        this.sys = sys;
        this.folder = folder;
        this.stamp = stamp;
    }

    /** The plan that an outcome names; null if no folder contains it. The rules of {@code lock}, say, have none. */
    static LivePlan of(Sys sys, Config config, Outcome outcome) {
        String id = outcome.get("plan");
        String run = config.get("RUN");
        String state = config.get("STATE");
        String[] folders =
                {run + "/tx/plan", run + "/plan", state + "/boot", state + "/boot.new", state + "/boot.safe"};
        for (String folder : id.length() == 0 ? new String[0] : folders) {
            Stamp stamp = stamp(sys, folder);
            if (stamp != null && id.equals(stamp.get("id"))) { return new LivePlan(sys, folder, stamp); }
        }
        return null;
    }

    /** The stamp in a plan directory; null if it can't be read. */
    static Stamp stamp(Sys sys, String folder) {
        String text = sys.read(folder + "/stamp", MAX_STAMP);
        return text == null ? null : Stamp.parse(text);
    }

    /** The tables of a family that boxwall loaded and read back, by name: from RUN/live, or RUN/tx/live of a trial. */
    static Map<String, String> tables(Sys sys, String folder, Family family) {
        Map<String, String> tables = new TreeMap<>();
        List<String> names = sys.list(folder);
        for (String name : names == null ? Collections.<String>emptyList() : names) {
            String text = name.startsWith(family.digit() + ".") ? sys.read(folder + "/" + name, MAX_FILE) : null;
            if (text != null) { tables.put(name.substring(2), text); }
        }
        return tables;
    }

    /** The text of a file with its end mark; null if it can't be read. */
    String file(String name) {
        return sys.read(folder + "/" + name, MAX_FILE);
    }

    /** Whether boxwall-apply will rename its folder: of a plan that isn't proven yet, or of a change being kept. */
    boolean mayMove() {
        return folder.endsWith("/boot.new") || folder.endsWith("/tx/plan");
    }

    /** Whether it can stop any packet. */
    boolean protects() { return !"no".equals(stamp.get("protects")); }

    /** The finding empty-ruleset, or stateless-weakened with the first notes of the plan, or none. */
    List<Finding> findings() {
        if (!protects()) { return Collections.singletonList(Checker.emptyLive()); }
        if (!"stateless".equals(stamp.get("mode"))) { return Collections.emptyList(); }
        List<String> notes = new ArrayList<>();
        for (String line : Words.lines(sys.read(folder + "/notes", MAX_NOTES))) {
            if (!line.startsWith("#") && line.length() > 0) { notes.add(line); }
        }
        return Collections.singletonList(Finding.of("stateless-weakened", folder + "/notes",
                first(notes, SHOWN, " more in " + folder + "/notes")));
    }

    /** The first lines as evidence; the last line has the number of the others. */
    static List<String> first(List<String> lines, int most, String more) {
        List<String> first = new ArrayList<>(lines.subList(0, Math.min(most, lines.size())));
        if (lines.size() > most) { first.add(lines.size() - most + more); }
        return first;
    }

    /** The findings behind the boot plane's words about the last boot, try or save; none if all went well. */
    static List<Finding> findings(Outcome outcome) {
        List<Finding> findings = new ArrayList<>();
        String words = outcome.why();
        List<String> evidence = words.length() == 0 ? Collections.<String>emptyList()
                : Collections.singletonList("boxwall-apply: " + words);
        if (outcome.state().equals("unsaved")) {
            boolean full = words.contains("too big") || words.contains("No space");
            findings.add(Finding.of(full ? "flash-full" : "unsaved", "", evidence));
        }
        Finding counting = CounterFindings.of(words);
        if (counting != null) { findings.add(counting); }
        if (words.contains("boot-fell-back") || outcome.state().equals("fallback")) {
            findings.add(Finding.of("boot-fell-back", "", evidence));
        }
        if (outcome.state().equals("rollback-failed")) { findings.add(Finding.of("rollback-failed", "", evidence)); }
        return findings;
    }
}
