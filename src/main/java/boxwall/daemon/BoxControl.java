package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.http.Control;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Family;
import boxwall.report.CandidateJson;
import boxwall.report.ChangeJson;
import boxwall.report.FactsJson;
import boxwall.report.Problem;
import boxwall.report.StatusJson;
import boxwall.syntax.Source;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Answers the control port. */
final class BoxControl implements Control {
    private static final int MAX_RULES = 256 * 1024 + 1;
    /** A confirm needs time for a new connection, and nobody should wait a day for his old rules. */
    private static final int MIN_SECONDS = 5;
    private static final int MAX_SECONDS = 3600;

    private final Sys sys;
    private final Config config;
    private final BoxState box;
    private final Changes changes;
    private final Watch watch;
    private final PrintStream log;
    private final long daemonAtMillis;
    /** Sets of packets take up to a third of the heap: one question about sets at a time. */
    private final Object proving = new Object();
    private volatile Candidate candidate;
    private Outcome seen = Outcome.parse(null);

    BoxControl(Sys sys, Config config, BoxState box, Changes changes, Watch watch, PrintStream log, long daemonAtMillis) {
        this.sys = sys;
        this.config = config;
        this.box = box;
        this.changes = changes;
        this.watch = watch;
        this.log = log;
        this.daemonAtMillis = daemonAtMillis;
    }

    @Override
    public long uptimeMillis() {
        return sys.uptimeMillis();
    }

    @Override
    public Reply status(boolean withToken) {
        Outcome last = changes.last();
        readAgainAfter(last);
        String state = watch.drifted() && last.state().equals("active") ? "drifted" : last.state();
        StatusJson status = new StatusJson(state, daemonAtMillis).protectedAt(last.protectedAt()).reason(last.why())
                .findings(allFindings(last));
        for (Family family : Family.values()) {
            status.rules(family, box.liveRules(family));
        }
        if (last.state().equals("pending")) {
            status.pending(last.id(), last.deadline());
        }
        return Reply.json(200, withToken ? status.whole(box.box().facts()) : status.brief());
    }

    /** The boot plane's file says when rules changed without this daemon (a timer ran out): only then is the box read again. */
    private synchronized void readAgainAfter(Outcome last) {
        if (!last.toString().equals(seen.toString()) && !changes.applying().isLocked()) {
            box.read(last.toString());
            watch.forget();
            seen = last;
        }
    }

    private List<Finding> allFindings(Outcome last) {
        Finding measured = box.bypassed();
        List<Finding> all = new ArrayList<Finding>();
        for (Finding finding : box.box().facts().findings()) {
            all.add(measured != null && finding.code().equals(measured.code()) ? measured : finding);
        }
        all.addAll(RunFindings.of(last));
        all.addAll(watch.findings());
        all.addAll(LivePlan.findings(sys, config, last.get("plan")));
        return all;
    }

    @Override
    public Reply facts() {
        return Reply.json(200, FactsJson.text(box.box().facts()));
    }

    @Override
    public Reply findings() {
        return Reply.json(200, CandidateJson.findingsOnly(allFindings(changes.last())));
    }

    @Override
    public Reply rules() {
        Candidate kept = candidate;
        if (kept != null) {
            return Reply.text(200, kept.text()).with("ETag", kept.etag());
        }
        String saved = sys.read(savedRules(), MAX_RULES);
        if (saved == null) {
            return QuestionReplies.noRules();
        }
        return Reply.text(200, saved).with("ETag", Candidate.etag(saved));
    }

    private String savedRules() {
        return config.get("STATE") + "/rules";
    }

    @Override
    public Reply explain(Request request) {
        return new QuestionReplies(asked(), box.box()).explain(request.query());
    }

    @Override
    public Reply exposure() {
        synchronized (proving) {
            return new QuestionReplies(asked(), box.box()).exposure();
        }
    }

    @Override
    public Reply diff() {
        watch.lookNow();
        synchronized (proving) {
            return new QuestionReplies(asked(), box.box()).diff(candidate == null ? "the saved rules" : "the candidate");
        }
    }

    /** The candidate, else the saved rules; null when there are none. */
    private Candidate asked() {
        Candidate kept = candidate;
        String saved = kept == null ? sys.read(savedRules(), MAX_RULES) : null;
        return kept != null ? kept : saved == null ? null : Candidate.unchecked(new Source("rules", saved),
                new PresetFolder(sys, config.get("PRESETS"), null), box.box(), Wishes.of(config, false));
    }

    private Candidate check(String text, byte[] client) {
        synchronized (proving) {
            return Candidate.of(new Source("rules", text), new PresetFolder(sys, config.get("PRESETS"), null), box.box(),
                    Wishes.of(config, false), client, config.number("PORT"));
        }
    }

    @Override
    public Reply putRules(Request request) {
        if (request.body().length() == 0) {
            return Reply.problem(new Problem(422, "empty ruleset", "send the ruleset's text as the body;"
                    + " an empty one would leave every table alone"));
        }
        Candidate next = check(request.body(), request.client().address());
        if (next.isRefused()) {
            return Reply.problem(new Problem(422, "ruleset refused", "nothing was changed; each finding says where and what to do",
                    next.findings()));
        }
        candidate = next;
        log("candidate " + next.etag() + " from " + request.client().text());
        return Reply.json(200, CandidateJson.of(next.etag(), next.compiled(), next.findings())).with("ETag", next.etag());
    }

    @Override
    public Reply apply(Request request) {
        int seconds = seconds(request.query("confirm"));
        if (seconds < 0) {
            return Reply.problem(new Problem(400, "bad confirm", "confirm=N wants " + MIN_SECONDS + " to " + MAX_SECONDS + " seconds"));
        }
        if (!changes.applying().tryLock()) {
            return busy();
        }
        try {
            return applyLocked(request, seconds);
        } catch (BoxException e) {
            return Reply.problem(new Problem(500, "the box did not do it", e.getMessage()));
        } finally {
            changes.applying().unlock();
        }
    }

    private static Reply busy() {
        return Reply.problem(new Problem(409, "a change is under way", "wait for it, confirm it, or take it back with DELETE /apply/ID"));
    }

    private int seconds(String text) {
        if (text == null) {
            return config.number("CONFIRM_SECONDS");
        }
        try {
            int seconds = Integer.parseInt(text);
            return seconds < MIN_SECONDS || seconds > MAX_SECONDS ? -1 : seconds;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Reply applyLocked(Request request, int seconds) throws BoxException {
        Outcome last = changes.last();
        if (last.state().equals("pending")) {
            return busy();
        }
        Candidate next = candidate;
        String wanted = request.header("if-match");
        if (next == null) {
            String saved = sys.read(savedRules(), MAX_RULES);
            if (saved == null) {
                return Reply.problem(new Problem(409, "nothing to apply", "PUT a ruleset to /rules first"));
            }
            next = check(saved, request.client().address());
        }
        if (wanted != null && !wanted.equals("*") && !wanted.equals(next.etag())) {
            return Reply.problem(new Problem(412, "other rules", "If-Match names " + wanted + ", the candidate is " + next.etag()
                    + ": read /rules again"));
        }
        // the box may have changed since the candidate was checked: a module was loaded, the LAN got another address
        if (!box.read(last.toString()).compilesLike(next.box()) || !next.isFor(request.client().address())) {
            next = check(next.text(), request.client().address());
        }
        if (next.isRefused()) {
            return Reply.problem(new Problem(422, "ruleset refused", "nothing was changed; each finding says where and what to do",
                    next.findings()));
        }
        BootPlane.Reached reached = changes.apply(next, box.box().facts(), seconds, "1".equals(request.query("force")),
                "1".equals(request.query("replace")));
        log("apply " + next.etag() + " by " + request.client().text() + ": status " + reached.status() + " "
                + reached.outcome().state() + " " + reached.outcome().why());
        return tried(reached, seconds, reached.status() == 4 ? behind(reached.outcome(), next) : Collections.<Finding>emptyList());
    }

    /** What iptables' bare words mean for these rules; the box is read again, its kernel may have said more. */
    private List<Finding> behind(Outcome outcome, Candidate tried) {
        List<Finding> findings = new ArrayList<Finding>(RunFindings.of(outcome));
        findings.addAll(Halving.of(sys, System.getenv("BOXWALL_BIN"), outcome.get("error"), tried.compiled().ruleset(), box.read().facts()));
        return findings;
    }

    private static Reply tried(BootPlane.Reached reached, int seconds, List<Finding> behind) {
        Outcome outcome = reached.outcome();
        String why = outcome.why().length() > 0 ? outcome.why() : reached.words();
        switch (reached.status()) {
            case 0:
                return Reply.json(202, ChangeJson.pending(outcome.id(), outcome.deadline(), seconds));
            case 3:
                return Reply.problem(new Problem(422, "refused, nothing touched", why));
            case 4:
                return Reply.problem(new Problem(422, "failed, the old rules are back", why, behind));
            case 6:
                return busy();
            case 5:
                return Reply.problem(new Problem(500, "failed, and the old rules could not be put back", why
                        + "; on the box: boxwall-apply lock, or open"));
            default:
                return Reply.problem(new Problem(500, "boxwall-apply failed", why));
        }
    }

    @Override
    public Reply confirm(Request request, String id) {
        if (!changes.isNewer(request.client())) {
            return Reply.problem(new Problem(409, "old connection", "a confirm counts on a connection made after the rules went live:"
                    + " open a new one"));
        }
        try {
            BootPlane.Reached reached = changes.confirm(id);
            String state = reached.outcome().state();
            log("confirm by " + request.client().text() + ": status " + reached.status() + " " + state + " " + reached.outcome().why());
            if (reached.status() == 0 || state.equals("unsaved")) {
                candidate = null;
                return Reply.json(200, ChangeJson.state(state, reached.outcome().why()));
            }
            return notPending(reached);
        } catch (BoxException e) {
            return Reply.problem(new Problem(500, "the box did not do it", e.getMessage()));
        }
    }

    private static Reply notPending(BootPlane.Reached reached) {
        String why = reached.outcome().why().length() > 0 ? reached.outcome().why() : reached.words();
        return Reply.problem(new Problem(reached.status() == 3 ? 409 : 500, reached.status() == 3 ? "nothing of that name is pending"
                : "boxwall-apply failed", why));
    }

    @Override
    public Reply revert(Request request, String id) {
        try {
            BootPlane.Reached reached = changes.revert(id);
            log("revert by " + request.client().text() + ": status " + reached.status() + " " + reached.outcome().state());
            return reached.status() == 0 ? Reply.json(200, ChangeJson.state(reached.outcome().state(), reached.outcome().why()))
                    : notPending(reached);
        } catch (BoxException e) {
            return Reply.problem(new Problem(500, "the box did not do it", e.getMessage()));
        }
    }

    private void log(String event) {
        // one event a line, whatever a script said
        log.println(event.replace('\n', ' ').replace('\r', ' '));
    }
}
