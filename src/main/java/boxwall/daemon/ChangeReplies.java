package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.check.EmptyRuleset;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.report.ChangeJson;
import boxwall.report.Problem;
import boxwall.sys.BoxException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The answers that change the live rules: apply, confirm, revert. Each leaves a line in the log when it is asked and
 * when it is done.
 */
final class ChangeReplies extends Replies {
    /** A confirm needs time for a new connection, and nobody should wait a day for his old rules. */
    private static final int MIN_SECONDS = 5;
    private static final int MAX_SECONDS = 3600;

    private final Drafts drafts;
    private final AtomicInteger applies = new AtomicInteger();
    /** What is being tried; let go as soon as it isn't, since the box that it was checked for hangs on it. */
    private Candidate pending;
    private String pendingId = "";

    ChangeReplies(Replies all, Drafts drafts) {
        super(all);
        this.drafts = drafts;
    }

    Reply apply(Request request) {
        int seconds = seconds(request.query("confirm"));
        if (seconds < 0) {
            return Reply.problem(400, "bad confirm",
                    "confirm=N must be " + MIN_SECONDS + " to " + MAX_SECONDS + " seconds");
        }
        if (!changes.applying().tryLock()) { return busy(); }
        String name = "apply #" + applies.incrementAndGet();
        try {
            Reply other = changes.last().state().equals("pending") ? busy() : heavy.begin(request);
            if (other != null) { return other; }
            // an apply is carried through: whoever is gone may be so because of it
            heavy.settle(request);
            return applyLocked(request, seconds, name);
        } catch (BoxException e) {
            log.event(name + ": " + e.getMessage());
            return Reply.problem(500, "the box failed to do it", e.getMessage());
        } finally {
            heavy.end(request);
            changes.applying().unlock();
        }
    }

    private synchronized void begins(Candidate next) {
        pending = next;
        pendingId = "";
    }

    private synchronized void isPending(String id) { pendingId = id; }

    /** What was tried under that id, null when it was another; it isn't kept here any more. */
    private synchronized Candidate letGo(String id) {
        Candidate tried = id.equals(pendingId) ? pending : null;
        pending = id.equals(pendingId) ? null : pending;
        return tried;
    }

    private static Reply busy() {
        return Reply.problem(409, "a change is pending", "wait for it, confirm it, or revert it with DELETE /apply/ID");
    }

    private int seconds(String text) {
        if (text == null) { return config.number("CONFIRM_SECONDS"); }
        try {
            int seconds = Integer.parseInt(text);
            return seconds < MIN_SECONDS || seconds > MAX_SECONDS ? -1 : seconds;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Reply applyLocked(Request request, int seconds, String name) throws BoxException {
        Outcome last = changes.last();
        Candidate put = drafts.candidate();
        Candidate next = put;
        if (next == null) {
            String saved = drafts.saved();
            if (saved == null) { return Reply.problem(409, "nothing to apply", "PUT a ruleset to /rules first"); }
            next = drafts.check(saved, request.client.address);
        }
        Reply other = Drafts.mismatch(request, next.etag());
        if (other != null) { return other; }
        // the box may have changed since the candidate was checked: a module was loaded, the LAN got another address
        if (!box.forPlan(last.toString()).compilesLike(next.box) || !next.isFor(request.client.address)) {
            next = drafts.check(next.text, request.client.address);
        }
        if (next.isRefused()) {
            return Reply.problem(new Problem(422, "ruleset refused",
                    "nothing was changed; each finding says where and what to do", next.findings));
        }
        boolean force = "1".equals(request.query("force"));
        log.event(name + " of " + next.etag() + " asked by " + request.client.text() + " for " + seconds + " s"
                + (force ? ", forced" : ""));
        begins(put);
        return tried(request, next, seconds, force, name);
    }

    private Reply tried(Request request, Candidate next, int seconds, boolean force, String name) throws BoxException {
        long began = sys.uptimeMillis();
        String plan = changes.write(next, box.box().facts);
        // what follows is the boot plane's work: others may think meanwhile
        heavy.end(request);
        BootPlane.Reached reached = changes.apply(plan, seconds, force, "1".equals(request.query("replace")));
        Outcome outcome = reached.outcome();
        log.event(name + ": status " + reached.status() + ", " + outcome.state() + " " + outcome.why()
                + (outcome.id().length() == 0 ? "" : ", id " + outcome.id()) + ", after " + (sys.uptimeMillis() - began)
                + " ms");
        history.tried(request.client.text(), next.etag(), reached.status(), outcome);
        if (reached.status() == 0) {
            isPending(outcome.id());
            box.tablesChanged();
        } else {
            begins(null);
        }
        watch.notice();
        return answer(reached, seconds, next,
                reached.status() == 4 ? behind(outcome, next) : Collections.<Finding>emptyList());
    }

    /** What iptables' bare words mean for these rules; the box is read again, its kernel may have said more. */
    private List<Finding> behind(Outcome outcome, Candidate tried) {
        List<Finding> findings = new ArrayList<>(RunFindings.of(outcome));
        findings.addAll(Halving.of(sys, System.getenv("BOXWALL_BIN"), outcome.get("error"), tried.compiled.ruleset(),
                box.read().facts));
        return findings;
    }

    private static Reply answer(BootPlane.Reached reached, int seconds, Candidate tried, List<Finding> behind) {
        Outcome outcome = reached.outcome();
        String why = outcome.why().length() > 0 ? outcome.why() : reached.words();
        switch (reached.status()) {
            case 0 :
                return Reply.json(202, ChangeJson.pending(outcome.id(), outcome.deadline(), seconds, tried.findings));
            case 3 :
                return Reply.problem(422, "refused, nothing touched", why);
            case 4 :
                return Reply.problem(new Problem(422, "failed, rolled back to the old rules", why, behind));
            case 6 :
                return busy();
            case 5 :
                return Reply.problem(500, "failed, and the rollback failed too",
                        why + "; on the box: boxwall-apply lock, or open");
            default :
                return Reply.problem(500, "boxwall-apply failed", why);
        }
    }

    Reply confirm(Request request, String id) {
        if (!changes.isNewer(request.client)) {
            log.event("confirm of " + id + " by " + request.client.text() + " over a connection older than the rules");
            return Reply.problem(409, "old connection",
                    "a confirm counts on a connection opened after the rules were loaded:" + " open a new one");
        }
        try {
            BootPlane.Reached reached = changes.confirm(id);
            String state = reached.outcome().state();
            boolean kept = reached.status() == 0 || state.equals("unsaved");
            if (kept) { drafts.kept(letGo(id)); }
            ended("confirm of " + id, request, reached);
            LivePlan live = kept ? LivePlan.of(sys, config, reached.outcome().get("plan")) : null;
            if (live != null && !live.protects()) {
                return Reply.json(200,
                        ChangeJson.state("inactive", EmptyRuleset.CODE + ": " + EmptyRuleset.live().effect()));
            }
            return kept ? Reply.json(200, ChangeJson.state(state, reached.outcome().why())) : notPending(reached);
        } catch (BoxException e) {
            return Reply.problem(500, "the box failed to do it", e.getMessage());
        }
    }

    private void ended(String what, Request request, BootPlane.Reached reached) {
        log.event(what + " by " + request.client.text() + ": status " + reached.status() + ", "
                + reached.outcome().state() + " " + reached.outcome().why());
        watch.notice();
    }

    private static Reply notPending(BootPlane.Reached reached) {
        if (reached.status() == 6) {
            return Reply.problem(409, "a change is pending",
                    "it is still being applied, so there is nothing to confirm or revert yet; GET /status tells"
                            + " the outcome");
        }
        String why = reached.outcome().why().length() > 0 ? reached.outcome().why() : reached.words();
        return Reply.problem(reached.status() == 3 ? 409 : 500,
                reached.status() == 3 ? "no pending change with that id" : "boxwall-apply failed", why);
    }

    Reply revert(Request request, String id) {
        try {
            BootPlane.Reached reached = changes.revert(id);
            // "reverted" is the reason of a revert that went well; what else went wrong has a status of its own
            boolean done = reached.status() == 0
                    || reached.outcome().get("reason").equals("reverted") && reached.outcome().id().equals(id);
            if (done) {
                letGo(id);
                box.tablesChanged();
            }
            ended("revert of " + id, request, reached);
            return done ? Reply.json(200, ChangeJson.state(reached.outcome().state(), reached.outcome().why()))
                    : notPending(reached);
        } catch (BoxException e) {
            return Reply.problem(500, "the box failed to do it", e.getMessage());
        }
    }
}
