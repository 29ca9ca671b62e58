package boxwall.daemon;

import boxwall.apply.BootPlane;
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
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;

/**
 * The saved ruleset and the ones before it, which boxwall-keep stored in flash; and the changes since the daemon
 * started, in memory only.
 */
final class History {
    private static final int CHANGES = 20;
    private static final int KEEP_SECONDS = 20;
    static final int RULESETS = 3;

    private final Sys sys;
    private final Config config;
    /** Tries as in the reply, newest first. The id is empty if the change never was pending. */
    private final LinkedList<Map<String, Object>> changes = new LinkedList<>();

    History(Sys sys, Config config) {
        this.sys = sys;
        this.config = config;
    }

    /** Records a try that was just made, and how it ended if a revert was faster than this. */
    synchronized void tried(String by, String etag, Outcome outcome, BootPlane plane) {
        int status = outcome.status;
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("uptime", JsonText.seconds(sys.uptimeMillis()));
        change.put("time", System.currentTimeMillis() / 1000);
        change.put("what", "apply");
        change.put("by", by);
        change.put("etag", etag);
        change.put("id", status == 0 ? outcome.id() : "");
        change.put("state", status == 0 ? "pending" : status == 3 || status == 6 ? "refused"
                : status == 5 ? "rollback-failed" : "failed");
        change.put("reason", outcome.why());
        changes.addFirst(change);
        if (changes.size() > CHANGES) { changes.removeLast(); }
        became(plane.last());
    }

    /** Records the outcome of a try: confirmed, reverted, or timed out. */
    synchronized void became(Outcome outcome) {
        String state = outcome.state();
        boolean verbatim = Arrays.asList("pending", "unsaved", "rollback-failed").contains(state);
        for (Map<String, Object> change : changes) {
            if (outcome.id().length() > 0 && outcome.id().equals(change.get("id"))) {
                change.put("state", verbatim ? state : outcome.get("reason").length() > 0 ? "taken-back" : "kept");
                change.put("reason", outcome.why());
            }
        }
    }

    /**
     * GET /history: {@code {rulesets[{number, etag, lines, saved, outcome, gone[], added[]}], changes[{uptime, time,
     * what, by, etag, id, state, reason}]}}. Number 0 is the saved ruleset, 1 to 3 are the ones before it; gone are the
     * lines that only this one has, added are those that only number 0 has. saved is the time at which boxwall-keep
     * stored it, in the box's words, or null. outcome is kept, unsaved (in RAM only), proven (the box boots with it) or
     * fell-back (the box did not survive its trial). changes are those since the daemon started, newest first, with
     * state pending, kept, unsaved, taken-back, refused, failed or rollback-failed; etag and id may be empty; uptime in
     * seconds, time in seconds since 1970 by the box's clock.
     */
    Reply get() {
        List<Object> rulesets = new ArrayList<>();
        List<String> times = times();
        List<String> saved = Words.lines(text(0));
        for (int n = 0; n <= RULESETS; n++) {
            String text = text(n);
            if (text != null) {
                List<String> lines = Words.lines(text);
                String etag = Candidate.etag(text);
                rulesets.add(JsonText.of("number", n, "etag", etag, "lines", lines.size(), "saved", time(times, n),
                        "outcome", outcome(text, etag), "gone", without(lines, saved), "added", without(saved, lines)));
            }
        }
        synchronized (this) {
            return Reply.json(200, JsonText.of("rulesets", rulesets, "changes", changes));
        }
    }

    /**
     * A stored ruleset was confirmed once. The plans in flash show its outcome at a boot, also after the daemon
     * restarted; only the daemon knows that modsave failed. Later tries of the same text are among the changes.
     */
    private String outcome(String text, String etag) {
        if (isUnsaved(etag)) { return "unsaved"; }
        String sum = Plan.sha1(text);
        return isIn("boot.new", sum) ? "kept" : isIn("boot", sum) ? "proven" : isIn("boot.bad", sum) ? "fell-back"
                : "kept";
    }

    private synchronized boolean isUnsaved(String etag) {
        for (Map<String, Object> change : changes) {
            boolean unsaved = change.get("state").equals("unsaved");
            if (change.get("etag").equals(etag) && (unsaved || change.get("state").equals("kept"))) { return unsaved; }
        }
        return false;
    }

    /** Whether a plan in flash was made from the text with that SHA-1. */
    private boolean isIn(String folder, String sum) {
        Stamp stamp = LivePlan.stamp(sys, config.get("STATE") + "/" + folder);
        return stamp != null && sum.equals(stamp.get("sha1.rules"));
    }

    /** The lines in their order, less as many copies of each as the others contain. */
    private static List<String> without(List<String> lines, List<String> others) {
        List<String> left = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (String line : others) {
            counts.put(line, counts.containsKey(line) ? counts.get(line) + 1 : 1);
        }
        for (String line : lines) {
            int count = counts.containsKey(line) ? counts.get(line) : 0;
            if (count == 0) { left.add(line); }
            counts.put(line, Math.max(0, count - 1));
        }
        return left;
    }

    /** A ruleset in flash; 0 is the saved one. Null if there is none. */
    String text(int number) {
        return sys.read(config.get("STATE") + "/" + file(number), RulesetParser.FILE_LIMIT + 1);
    }

    private static String file(int number) { return number == 0 ? "rules" : "rules." + number; }

    /** Lines like {@code rules.1 12 lines, Mon Nov 23 08:19:33 UTC 2026}; none if boxwall-keep can't be started. */
    private List<String> times() {
        try {
            return Words.lines(sys.run(Arrays.asList(config.script("boxwall-keep"), "history"), "", KEEP_SECONDS).out);
        } catch (BoxException e) {
            return Collections.emptyList();
        }
    }

    private static String time(List<String> times, int number) {
        for (String line : times) {
            int comma = line.indexOf("lines, ");
            if (line.startsWith(file(number) + " ") && comma > 0) { return line.substring(comma + 7); }
        }
        return null;
    }
}
