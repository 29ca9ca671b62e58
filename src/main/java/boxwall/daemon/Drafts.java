package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Family;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.plan.Plan;
import boxwall.report.CandidateJson;
import boxwall.report.PresetsJson;
import boxwall.report.Problem;
import boxwall.syntax.Source;

import java.util.List;
import java.util.Map;

/** The ruleset that is being worked on: the candidate in memory, beside the live one. */
final class Drafts extends Replies {
    /** Lines of a table that are shown. */
    private static final int SHOWN = 5;

    /** Null when nobody is working on a ruleset. */
    volatile Candidate candidate;
    /** The saved rules as last asked about: most of an answer's time is to compile them. Let go before others come. */
    private volatile Candidate compiled;

    Drafts(Replies all) { super(all); }

    /** The saved ruleset's text, or null. */
    String saved() { return History.text(sys, config, 0); }

    /** Forgets a candidate that is saved now; one that somebody else put meanwhile stays. */
    synchronized void kept(Candidate confirmed) {
        candidate = candidate == confirmed ? null : candidate;
    }

    /** The candidate, else the saved rules, not checked, which is heavy work; null when there are none. */
    Candidate asked() {
        Candidate kept = candidate;
        String saved = kept == null ? saved() : null;
        if (saved == null) { return kept; }
        Box now = box.box();
        Candidate last = compiled;
        if (last == null || last.facts != now.facts || !last.text.equals(saved)) {
            last = Candidate.unchecked(new Source("rules", saved), changes.presets(), now,
                    config.with("OPTIMIZE", "no"));
            compiled = last;
        }
        return last;
    }

    /** Which rules {@link #asked} gave: draft, live, or saved where others are live; GET /rules has the same names. */
    String nameOf(Candidate asked) {
        return asked != null && asked == candidate ? "draft"
                : asked != null && Plan.sha1(asked.text).equals(liveSum(livePlan())) ? "live" : "saved";
    }

    /** Heavy work: whoever calls it has begun that. */
    Candidate check(String text, byte[] client) {
        compiled = null;
        Candidate next = changes.checked(text, box.box(), client);
        if (next.compiled != null) { emptyTables(next); }
        return next;
    }

    /**
     * Adds to the plan, empty, each table that boxwall loaded since the boot and that the ruleset no longer has. The
     * boot plane changes only the tables of a plan, so the old rules would stay live until the next boot although they
     * are in no ruleset.
     */
    private void emptyTables(Candidate next) {
        for (Family family : Family.values()) {
            for (Map.Entry<String, String> live : LivePlan.tables(sys, config.get("RUN") + "/live", family)
                    .entrySet()) {
                Table table = Table.of(live.getKey());
                // a table that was left out for this box has a finding already
                if (table != null && live.getValue().length() > 0 && !next.parsed.ruleset().owns(family, table)
                        && !next.compiled.ruleset.owns(family, table)) {
                    next.empty(family, table, finding(family, table, live.getValue()));
                }
            }
        }
    }

    private static Finding finding(Family family, Table table, String live) {
        List<String> lines = Words.lines(live);
        boolean stops = live.contains("-j DROP") || live.contains("-j REJECT") || live.contains(" DROP\n");
        int rules = lines.size();
        return new Finding("table-emptied", stops ? Finding.Severity.WARN : Finding.Severity.NOTE, "",
                lines.subList(0, Math.min(SHOWN, rules)),
                "the ruleset has no table " + table.word() + " of " + family.command
                        + " any more: what boxwall loaded there (" + rules + (rules == 1 ? " line" : " lines")
                        + ") is removed" + (stops ? ", including what drops packets" : ""),
                "nothing, if that is intended; else restore its lines in the ruleset");
    }

    /**
     * GET /rules: the source of the live rules, else the saved one; with draft=1 the candidate, 204 when there is none.
     * The header Boxwall-Rules says which it is.
     */
    Reply get(Request request) {
        boolean draft = "1".equals(request.query("draft"));
        Candidate kept = candidate;
        String live = draft ? null : live();
        String text = !draft ? live == null ? saved() : live : kept == null ? null : kept.text;
        if (text == null) {
            // no 404 where nobody is working on a ruleset: a browser would log that as an error
            return draft ? Reply.empty().with("Boxwall-Rules", "none") : noRules();
        }
        String etag = Candidate.etag(text);
        boolean has = names(request.header("if-none-match"), etag);
        return (has ? Reply.unchanged() : Reply.text(200, text)).with("ETag", etag).with("Boxwall-Rules",
                draft ? "draft" : live == null ? "saved" : "live");
    }

    static Reply noRules() {
        return Reply.problem(404, "no rules yet", "there is no ruleset on this box; PUT one to /rules");
    }

    /** The text that the live rules were made from, found by the sum in their plan's stamp; null when it isn't kept. */
    private String live() {
        LivePlan plan = livePlan();
        String sum = liveSum(plan);
        String text = sum == null ? null : plan.file("rules");
        for (int n = 0; sum != null && (text == null || !sum.equals(Plan.sha1(text))); n++) {
            if (n > History.RULESETS) { return null; }
            text = History.text(sys, config, n);
        }
        return text;
    }

    private LivePlan livePlan() { return LivePlan.of(sys, config, plane.last().get("plan")); }

    private static String liveSum(LivePlan plan) { return plan == null ? null : plan.stamp.get("sha1.rules"); }

    /** DELETE /rules: what is live and what is being tried stay as they are. */
    synchronized Reply discard(Request request) {
        Reply other = candidate == null ? null : mismatch(request, candidate.etag);
        if (other != null) { return other; }
        candidate = null;
        log.event("draft discarded by " + request.client.text());
        return Reply.empty();
    }

    /** GET /presets. */
    Reply presets() { return Reply.json(200, PresetsJson.of(changes.presets().all())); }

    /** PUT /rules and its like: checked, and the candidate from now on. Heavy work that the caller has begun. */
    Reply put(Request request, String text) {
        if (text.length() == 0) {
            return Reply.problem(422, "empty ruleset",
                    "send the ruleset's text as the body;" + " an empty one would leave every table alone");
        }
        Reply other = mismatch(request);
        if (other != null) { return other; }
        compiled = null;
        Problem lacking = HeapBudget.lacking(text);
        if (lacking != null) { return Reply.problem(lacking); }
        Candidate next = check(text, request.client.address);
        heavy.settle(request);
        return kept(request, next);
    }

    static Reply refused(Candidate next) {
        return Reply.problem(new Problem(422, "ruleset refused",
                "nothing was changed; each finding says where and what to do", next.findings));
    }

    private Reply kept(Request request, Candidate next) {
        if (next.isRefused()) { return refused(next); }
        synchronized (this) {
            // the check took time: somebody else may have been faster
            Reply other = mismatch(request);
            if (other != null) { return other; }
            candidate = next;
        }
        log.event("candidate " + next.etag + " from " + request.client.text());
        return Reply.json(200, CandidateJson.of(next.etag, next.compiled, next.findings, "GET /findings")).with("ETag",
                next.etag);
    }

    /** POST /history/N: a kept ruleset becomes the candidate; nothing is loaded or saved by it. */
    Reply restore(Request request, String number) {
        boolean known = number.length() == 1 && number.charAt(0) >= '1' && number.charAt(0) <= '0' + History.RULESETS;
        String text = known ? History.text(sys, config, number.charAt(0) - '0') : null;
        return text != null ? put(request, text)
                : Reply.problem(404, "no such ruleset", "see GET /history: 1 to " + History.RULESETS + " at most");
    }

    private Reply mismatch(Request request) {
        if (request.header("if-match") == null) { return null; }
        Candidate kept = candidate;
        String saved = kept == null ? saved() : kept.text;
        Reply other = mismatch(request, saved == null ? null : Candidate.etag(saved));
        String live = other == null || kept != null ? null : live();
        return live == null ? other : mismatch(request, Candidate.etag(live));
    }

    /** 412 when If-Match names other rules than these; null when it doesn't, or isn't there. */
    static Reply mismatch(Request request, String etag) {
        String wanted = request.header("if-match");
        if (wanted == null || etag != null && names(wanted, etag)) { return null; }
        return Reply.problem(412, "other rules", "If-Match names " + wanted + ", the rules here are "
                + (etag == null ? "none" : etag) + ": somebody changed them; read /rules again");
    }

    private static boolean names(String header, String etag) {
        for (String word : header == null ? new String[0] : Words.split(header, ',')) {
            if (word.trim().equals(etag) || word.trim().equals("*")) { return true; }
        }
        return false;
    }
}
