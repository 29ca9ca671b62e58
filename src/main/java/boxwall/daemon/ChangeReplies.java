package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.apply.RefusedRule;
import boxwall.box.Finding;
import boxwall.check.Checker;
import boxwall.check.FailedTry;
import boxwall.facts.BoxFacts;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Words;
import boxwall.probe.Recorder;
import boxwall.report.JsonText;
import boxwall.report.Tar;
import boxwall.sys.BoxException;
import boxwall.sys.Programs;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The replies that change the live rules (apply, confirm, revert) or AVM's settings, and the record of the box. Each
 * request and its result are logged.
 */
final class ChangeReplies extends DaemonPart {
    /** A confirm needs time for a new connection, and nobody should wait a day for his old rules. */
    private static final int MIN_SECONDS = 5;
    private static final int MAX_SECONDS = 3600;

    private final Watch watch;
    private final Drafts drafts;
    private final AtomicInteger applies = new AtomicInteger();

    ChangeReplies(Watch watch, Drafts drafts) {
        super(watch);
        this.watch = watch;
        this.drafts = drafts;
    }

    /** POST /apply. */
    Reply apply(Request request) throws BoxException {
        int seconds = number(request, "confirm", config.number("CONFIRM_SECONDS"), MIN_SECONDS, MAX_SECONDS);
        if (seconds < 0) { return Reply.problem("bad-confirm", MIN_SECONDS, MAX_SECONDS); }
        if (!plane.changing.tryLock()) { return Reply.problem("pending"); }
        try {
            Reply busy = watch.readOutcome().state().equals("pending") ? Reply.problem("pending")
                    : work.begin(request, false);
            if (busy != null) { return busy; }
            // an apply is not given up: the client may be gone because of it
            work.settle(request);
            return applyLocked(request, seconds, "apply #" + applies.incrementAndGet());
        } finally {
            work.end(request);
            plane.changing.unlock();
        }
    }

    private Reply applyLocked(Request request, int seconds, String name) throws BoxException {
        Candidate next = drafts.candidate;
        if (next == null) {
            String saved = drafts.saved();
            if (saved == null) { return Reply.problem("nothing-to-apply"); }
            next = drafts.check(saved, request.client.address);
        }
        Reply refusal = Drafts.mismatch(request, next.etag);
        if (refusal != null) { return refusal; }
        // the box may have changed since the check: a module was loaded, the LAN got another address
        if (!next.isFor(box.forPlan().facts, request.client.address)) {
            next = drafts.check(next.text, request.client.address);
        }
        if (next.isRefused()) { return Drafts.refused(next); }
        boolean force = "1".equals(request.query("force"));
        log.event(name + " of " + next.etag + " asked by " + request.client.text() + " for " + seconds + " s"
                + (force ? ", forced" : ""));
        long began = sys.uptimeMillis();
        String plan = next.write(sys);
        // the rest is the boot plane's work, so other requests may begin theirs
        work.end(request);
        Outcome outcome = plane.tryPlan(plan, seconds, force, "1".equals(request.query("replace")));
        log.event(name + ": status " + outcome.status + ", " + outcome.state() + " " + outcome.why()
                + (outcome.id().length() == 0 ? "" : ", id " + outcome.id()) + ", after " + (sys.uptimeMillis() - began)
                + " ms");
        history.tried(request.client.text(), next.etag, outcome, plane);
        if (outcome.status == 0) { box.tablesChanged(); }
        watch.readOutcome();
        return answer(outcome, seconds, next);
    }

    private Reply answer(Outcome outcome, int seconds, Candidate tried) {
        switch (outcome.status) {
            case 0 :
                return Reply.json(202, JsonText.of("id", outcome.id(), "deadline", outcome.deadline(), "seconds",
                        seconds, "findings", JsonText.brief(tried.findings)));
            case 3 :
                // boxwall-apply names its own options
                return Reply.problem("apply-refused",
                        Words.replace(Words.replace(why(outcome), "--force", "force=1"), "--replace", "replace=1"));
            case 4 :
                List<Finding> findings = new ArrayList<>(LivePlan.findings(outcome));
                box.tablesChanged();
                // the kernel log may have new lines
                findings.addAll(
                        causes(sys, config.get("BIN"), outcome.get("error"), tried.compiled.ruleset, box.read().facts));
                return Reply.problem(findings, "apply-rolled-back", why(outcome));
            case 6 :
                return Reply.problem("pending");
            case 5 :
                return Reply.problem("rollback-failed", why(outcome));
            default :
                return Reply.problem("apply-failed", why(outcome));
        }
    }

    /**
     * The findings that explain a failed try. If iptables' message and the facts allow several causes, the rule that
     * the kernel refuses is searched, and named instead.
     *
     * @param folder $BOXWALL_BIN, or empty
     */
    static List<Finding> causes(Sys sys, String folder, String error, Ruleset tried, BoxFacts facts) {
        FailedTry failed = new FailedTry(error, tried, facts);
        List<Finding> known = failed.findings();
        String restore = failed.refused == null ? null : Programs.path(sys, folder, failed.family.command + "-restore");
        if (restore == null) { return known; }
        RefusedRule.Found found = new RefusedRule(sys, restore, Programs.path(sys, folder, "dmesg"),
                failed.refused.word(), failed.candidates(RefusedRule.CHAIN)).find();
        if (found == null) { return known; }
        List<Finding> all = new ArrayList<>();
        all.add(failed.refused(found.index, found.words, found.log));
        // iptables 1.8 names the extension that the kernel lacks; its other messages about COMMIT say less than the
        // rule
        if (error.contains("Extension ")) { all.addAll(known); }
        return all;
    }

    private static String why(Outcome outcome) { return outcome.why().length() > 0 ? outcome.why() : outcome.words; }

    /** POST /confirm/ID. */
    Reply confirm(Request request, String id) throws BoxException {
        // the status tells the id before the try has ended, and only then triedMillis is that of this change
        boolean changing = plane.changing.isLocked();
        Outcome last = plane.last();
        if (changing && last.state().equals("pending")) { return Reply.problem("applying"); }
        // only a connection opened after the try shows that the administrator still has access; within the 10 ms that
        // uptime resolves the rules were loaded first, because a try ends after loading; triedMillis knows nothing of a
        // try by the command line or before this daemon's start
        if (request.client.acceptedMillis < Math.max(plane.triedMillis, last.protectedMillis())) {
            log.event("confirm of " + id + " by " + request.client.text() + " over a connection older than the rules");
            return Reply.problem("old-connection");
        }
        Outcome outcome = plane.confirm(id);
        // a refusal tells the state of an earlier change
        boolean kept = outcome.status == 0;
        LivePlan live = kept && outcome.id().equals(id) ? LivePlan.of(sys, config, outcome) : null;
        drafts.saved(live);
        Reply reply = ended("confirm of " + id, request, outcome, kept);
        return live == null || live.protects() ? reply
                : state("inactive", Checker.EMPTY_RULESET + ": " + Checker.emptyLive().effect);
    }

    /** DELETE /apply/ID. */
    Reply revert(Request request, String id) throws BoxException {
        Outcome outcome = plane.revert(id);
        // the reason is why the old rules came back, by this revert or before; a change that was kept has none
        boolean reverted = outcome.status == 0 && outcome.id().equals(id) && outcome.why().length() > 0
                && !outcome.get("reason").equals("unsaved");
        if (reverted) { box.tablesChanged(); }
        return ended("revert of " + id, request, outcome, reverted);
    }

    private static Reply state(String state, String reason) {
        return Reply.json(200, JsonText.of("state", state, "reason", reason));
    }

    private Reply ended(String what, Request request, Outcome outcome, boolean success) {
        log(what, request, outcome);
        watch.readOutcome();
        if (success) { return state(outcome.state(), outcome.why()); }
        if (outcome.status == 0) {
            return Reply.problem("no-pending-change",
                    "it was kept, the state is " + outcome.state() + "; GET /history lists the earlier rulesets");
        }
        return outcome.status == 6 ? Reply.problem("applying") : refusal(outcome, "no-pending-change", "apply-failed");
    }

    private void log(String what, Request request, Outcome outcome) {
        String state = outcome.get("state");
        log.event(what + " by " + request.client.text() + ": status " + outcome.status
                + (state.length() == 0 ? "" : ", " + state) + " " + outcome.why());
    }

    private static Reply refusal(Outcome outcome, String nothing, String failed) {
        return Reply.problem(outcome.status == 3 ? nothing : failed, why(outcome));
    }

    /** POST /pa?state=…: state and sessions as Packet Acceleration reports them; null if it doesn't. */
    Reply acceleration(Request request) throws BoxException {
        String word = request.query("state");
        if (!Arrays.asList("flush", "disable", "enable").contains(word)) { return Reply.problem("bad-state"); }
        Outcome outcome = plane.acceleration(word);
        log("pa " + word, request, outcome);
        watch.readSoon();
        return outcome.status == 0
                ? Reply.json(200,
                        JsonText.of("state", outcome.get("pa"), "sessions", JsonText.number(outcome.get("sessions"))))
                : refusal(outcome, "no-acceleration", "no-effect");
    }

    /**
     * POST /printk?seconds=N. A process of the boot plane ends it, which needs no daemon; {@code until} is the uptime
     * in seconds at which it does.
     */
    Reply printk(Request request) throws BoxException {
        int seconds = number(request, "seconds", -1, 0, MAX_SECONDS);
        if (seconds < 0) { return Reply.problem("bad-seconds", MAX_SECONDS); }
        if (box.box().facts.surroundings.printk.value().equals("std")) { return Reply.problem("printk-not-needed"); }
        Outcome outcome = plane.printk(seconds);
        log("printk for " + seconds + " s", request, outcome);
        return outcome.status == 0 ? Reply.json(200, JsonText.of("until", JsonText.number(outcome.get("until"))))
                : refusal(outcome, "no-printk", "no-effect");
    }

    /** POST /record: an archive for {@code --root} on a PC; writes no file on the box. */
    Reply record(Request request) {
        Recorder recorder = new Recorder(box.box().readings);
        Tar tar = new Tar("boxwall-record", System.currentTimeMillis() / 1000);
        for (String path : recorder.paths()) {
            tar.add(path, recorder.text(path));
        }
        log.event("record for " + request.client.text());
        return Reply.bytes("application/x-tar", Words.bytesOf(tar.text())).with("Content-Disposition",
                "attachment; filename=\"boxwall-record.tar\"");
    }
}
