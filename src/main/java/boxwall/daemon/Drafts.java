package boxwall.daemon;

import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Words;
import boxwall.plan.Plan;
import boxwall.syntax.Source;

/** The replies about the ruleset's text: the candidate in memory, the live and the saved rules. */
final class Drafts extends DaemonPart {
    /** The ruleset that somebody is working on, or null. */
    volatile Candidate candidate;
    /** The uptime in milliseconds at which a request put or discarded the candidate; -1 before. */
    private volatile long changedMillis = -1;
    /** The saved rules as last queried, since compiling takes most of a reply's time; null before other work. */
    private volatile Candidate compiled;

    Drafts(DaemonPart shared) { super(shared); }

    /** The saved ruleset's text, or null. */
    String saved() { return history.text(0); }

    /** Forgets the candidate if it is the text of a plan that was kept; null for no plan. */
    synchronized void saved(LivePlan plan) {
        candidate = isOf(plan, candidate) ? null : candidate;
    }

    private static boolean isOf(LivePlan plan, Candidate rules) {
        return rules != null && Plan.sha1(rules.text).equals(liveSum(plan));
    }

    /** The candidate, else the saved rules, compiled but not checked, which is heavy work; null if there are none. */
    Candidate queried() {
        Candidate draft = candidate;
        String saved = draft == null ? saved() : null;
        if (saved == null) { return draft; }
        Box now = box.box();
        Candidate last = compiled;
        if (last == null || last.facts != now.facts || !last.text.equals(saved)) {
            last = Candidate.unchecked(new Source("rules", saved), presets(), now, config.with("OPTIMIZE", "no"));
            compiled = last;
        }
        return last;
    }

    /** The kind of rules that {@link #queried} returned: draft, live, or saved if others are live; as in GET /rules. */
    String kindOf(Candidate queried) {
        return queried != null && queried == candidate ? "draft" : isOf(livePlan(), queried) ? "live" : "saved";
    }

    /** Heavy work that the caller has begun. */
    Candidate check(String text, byte[] client) {
        compiled = null;
        return checked(text, box.box(), client);
    }

    /**
     * GET /rules: the source of the live rules, else of the saved ones; with draft=1 the candidate, or 204. The header
     * Boxwall-Rules names the kind.
     */
    Reply get(Request request) {
        boolean draft = "1".equals(request.query("draft"));
        Candidate current = candidate;
        String live = draft ? null : live();
        String text = !draft ? live == null ? saved() : live : current == null ? null : current.text;
        if (text == null) {
            // a browser would log a 404 as an error, and no draft is the normal state
            return draft ? Reply.empty().with("Boxwall-Rules", "none") : Reply.problem("no-rules");
        }
        String etag = Candidate.etag(text);
        boolean has = contains(request.header("if-none-match"), etag);
        return (has ? Reply.unchanged() : Reply.text(text)).with("ETag", etag).with("Boxwall-Rules",
                draft ? "draft" : live == null ? "saved" : "live");
    }

    /** The source of the live rules, found by the SHA-1 in their plan's stamp; null if it isn't stored. */
    private String live() {
        LivePlan plan = livePlan();
        String sum = liveSum(plan);
        for (int n = -1; sum != null && n <= History.RULESETS; n++) {
            String text = n < 0 ? plan.file("rules") : history.text(n);
            if (text != null && sum.equals(Plan.sha1(text))) { return text; }
        }
        return null;
    }

    private LivePlan livePlan() { return LivePlan.of(sys, config, plane.last()); }

    private static String liveSum(LivePlan plan) { return plan == null ? null : plan.stamp.get("sha1.rules"); }

    /** DELETE /rules: live rules and a pending change are not affected. */
    synchronized Reply discard(Request request) {
        Reply refusal = candidate == null ? null : mismatch(request, candidate.etag);
        if (refusal != null) { return refusal; }
        become(null);
        log.event("draft discarded by " + request.client.text());
        return Reply.empty();
    }

    /** PUT /rules: checks a text and makes it the candidate. Heavy work that the caller has begun. */
    Reply put(Request request, String text) {
        Reply refusal = mismatch(request);
        if (refusal != null) { return refusal; }
        compiled = null;
        refusal = HeapBudget.lacking(text);
        if (refusal != null) { return refusal; }
        Candidate next = check(text, request.client.address);
        work.settle(request);
        if (next.isRefused()) { return refused(next); }
        synchronized (this) {
            // another client may have sent a ruleset during the check
            refusal = mismatch(request);
            if (refusal != null) { return refusal; }
            become(next);
        }
        log.event("candidate " + next.etag + " from " + request.client.text());
        return Reply.json(200, next.json("GET /findings")).with("ETag", next.etag);
    }

    static Reply refused(Candidate next) { return Reply.problem(next.findings, "ruleset-refused"); }

    /** POST /history/N: makes a stored ruleset the candidate; loads and saves nothing. */
    Reply restore(Request request, String number) {
        boolean known = number.length() == 1 && number.charAt(0) >= '1' && number.charAt(0) <= '0' + History.RULESETS;
        String text = known ? history.text(number.charAt(0) - '0') : null;
        return text != null ? put(request, text) : Reply.problem("no-such-ruleset", History.RULESETS);
    }

    private void become(Candidate next) {
        candidate = next;
        changedMillis = sys.uptimeMillis();
    }

    private Reply mismatch(Request request) {
        // an editor sends each version of a text and abandons the one before; both wait, and the older may come last
        if (changedMillis >= request.client.acceptedMillis && request.deadline.isClientGone()) {
            return Reply.problem("nobody-waited");
        }
        if (request.header("if-match") == null) { return null; }
        Candidate draft = candidate;
        String text = draft == null ? saved() : draft.text;
        Reply refusal = mismatch(request, text == null ? null : Candidate.etag(text));
        String live = refusal == null || draft != null ? null : live();
        return live == null ? refusal : mismatch(request, Candidate.etag(live));
    }

    /** 412 if If-Match names other rules than these; null if it doesn't or is absent. */
    static Reply mismatch(Request request, String etag) {
        String wanted = request.header("if-match");
        if (wanted == null || etag != null && contains(wanted, etag)) { return null; }
        return Reply.problem("other-rules", wanted, etag == null ? "none" : etag);
    }

    private static boolean contains(String header, String etag) {
        for (String word : header == null ? new String[0] : Words.split(header, ',')) {
            if (word.trim().equals(etag) || word.trim().equals("*")) { return true; }
        }
        return false;
    }
}
