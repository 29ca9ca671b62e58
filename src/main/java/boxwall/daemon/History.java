package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.http.Reply;
import boxwall.netfilter.Words;
import boxwall.plan.Plan;
import boxwall.plan.Stamp;
import boxwall.report.JsonText;
import boxwall.syntax.RulesetParser;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;

/**
 * The saved ruleset and those before it, which boxwall-keep left in flash, and the changes since the daemon is there,
 * in memory only.
 */
final class History {
    private static final int CHANGES = 20;
    private static final int KEEP_SECONDS = 20;
    static final int RULESETS = 3;

    /** One try. */
    private static final class Change {
        private long uptimeMillis;
        private final long time = System.currentTimeMillis() / 1000;
        private String by;
        private String etag;
        private String id = "";
        private String outcome;
        private String reason;
    }

    private final Sys sys;
    private final Config config;
    private final String keep;
    private final LinkedList<Change> changes = new LinkedList<>();

    /** {@code keep} is boxwall-keep's path. */
    History(Sys sys, Config config, String keep) {
        this.sys = sys;
        this.config = config;
        this.keep = keep;
    }

    /** Notes a try that was just made, with boxwall-apply's status. */
    synchronized void tried(String by, String etag, int status, Outcome outcome) {
        Change change = new Change();
        change.uptimeMillis = sys.uptimeMillis();
        change.by = by;
        change.etag = etag;
        change.id = status == 0 ? outcome.id() : "";
        change.outcome = status == 0 ? "pending" : status == 3 || status == 6 ? "refused"
                : status == 5 ? "rollback-failed" : "failed";
        change.reason = outcome.why();
        changes.addFirst(change);
        if (changes.size() > CHANGES) { changes.removeLast(); }
    }

    /** Records the outcome of a try: confirmed, reverted, or timed out. */
    synchronized void became(Outcome outcome) {
        for (Change change : changes) {
            if (change.id.length() > 0 && change.id.equals(outcome.id())) {
                String state = outcome.state();
                boolean back = !state.equals("unsaved") && outcome.get("reason").length() > 0;
                change.outcome =
                        state.equals("pending") || state.equals("unsaved") || state.equals("rollback-failed") ? state
                                : back ? "taken-back" : "kept";
                change.reason = outcome.why();
            }
        }
    }

    /**
     * GET /history: {@code {rulesets[{number, etag, lines, saved, outcome, gone[], added[]}], changes[{uptime, time,
     * what, by, etag, id, state, reason}]}}. Number 0 is the saved ruleset, 1 to 3 are those before it; gone and added
     * are the lines by which each differs from number 0 (gone: only here, added: only there). saved is the box's own
     * words for the time at which it was kept, null when it doesn't say. outcome is kept, unsaved (in RAM only), proven
     * (the box boots with it) or fell-back (the box did not survive its trial). changes are those since the daemon is
     * there, newest first, each with its state: pending, kept, unsaved, taken-back, refused, failed or rollback-failed;
     * etag and id may be empty; uptime in seconds, time in seconds since 1970 by the box's clock.
     */
    Reply get() {
        List<Object> rulesets = new ArrayList<>();
        List<Object> tries = new ArrayList<>();
        List<String> times = times();
        String saved = text(sys, config, 0);
        for (int n = 0; n <= RULESETS; n++) {
            String text = text(sys, config, n);
            if (text != null) {
                List<String> here = Words.lines(text);
                List<String> there = Words.lines(saved);
                String etag = Candidate.etag(text);
                rulesets.add(JsonText.of("number", n, "etag", etag, "lines", here.size(), "saved", time(times, n),
                        "outcome", outcome(text, etag), "gone", without(here, there), "added", without(there, here)));
            }
        }
        synchronized (this) {
            for (Change change : changes) {
                tries.add(JsonText.of("uptime", JsonText.seconds(change.uptimeMillis), "time", change.time, "what",
                        "apply", "by", change.by, "etag", change.etag, "id", change.id, "state", change.outcome,
                        "reason", change.reason));
            }
        }
        return Reply.json(200, JsonText.of("rulesets", rulesets, "changes", tries).toString());
    }

    /**
     * A kept ruleset was confirmed once. The plans in flash show its outcome at a boot, so that it outlives the daemon;
     * that modsave failed is known to the daemon alone. Later tries of the same text are among the changes.
     */
    private String outcome(String text, String etag) {
        if (isUnsaved(etag)) { return "unsaved"; }
        String sum = Plan.sha1(text);
        return isIn("boot.new", sum) ? "kept" : isIn("boot", sum) ? "proven" : isIn("boot.bad", sum) ? "fell-back"
                : "kept";
    }

    private synchronized boolean isUnsaved(String etag) {
        for (Change change : changes) {
            if (change.etag.equals(etag) && (change.outcome.equals("kept") || change.outcome.equals("unsaved"))) {
                return change.outcome.equals("unsaved");
            }
        }
        return false;
    }

    /** Whether a plan in flash was made from the text of that sum. */
    private boolean isIn(String folder, String sum) {
        Stamp stamp = LivePlan.stamp(sys, config.get("STATE") + "/" + folder);
        return stamp != null && sum.equals(stamp.get("sha1.rules"));
    }

    /** Lines of one that the other lacks, each as often as it has it more; in their order. */
    private static List<String> without(List<String> these, List<String> those) {
        List<String> left = new ArrayList<>();
        Map<String, Integer> other = new HashMap<>();
        for (String line : those) {
            other.put(line, other.containsKey(line) ? other.get(line) + 1 : 1);
        }
        for (String line : these) {
            int there = other.containsKey(line) ? other.get(line) : 0;
            if (there == 0) { left.add(line); }
            other.put(line, Math.max(0, there - 1));
        }
        return left;
    }

    /** A ruleset in flash: 0 is the saved one; null when there is none. */
    static String text(Sys sys, Config config, int number) {
        return sys.read(config.get("STATE") + "/rules" + (number == 0 ? "" : "." + number),
                RulesetParser.FILE_LIMIT + 1);
    }

    /** Lines like {@code rules.1 12 lines, Mon Nov 23 08:19:33 UTC 2026}; empty when boxwall-keep can't be asked. */
    private List<String> times() {
        try {
            return Words.lines(sys.run(Arrays.asList(keep, "history"), "", KEEP_SECONDS).out);
        } catch (BoxException e) {
            return Collections.emptyList();
        }
    }

    private static String time(List<String> times, int number) {
        String name = "rules" + (number == 0 ? "" : "." + number) + " ";
        for (String line : times) {
            int comma = line.indexOf("lines, ");
            if (line.startsWith(name) && comma > 0) { return line.substring(comma + 7); }
        }
        return null;
    }
}
