package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.http.Reply;
import boxwall.netfilter.Family;
import boxwall.report.CandidateJson;
import boxwall.report.StatusJson;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.List;

/** What is said of the box from memory: status and findings. No process is started for it. */
final class ReadReplies {
    private final Sys sys;
    private final Config config;
    private final BoxState box;
    private final Changes changes;
    private final Watch watch;
    private final long daemonAtMillis;

    ReadReplies(Sys sys, Config config, BoxState box, Changes changes, Watch watch, long daemonAtMillis) {
        this.sys = sys;
        this.config = config;
        this.box = box;
        this.changes = changes;
        this.watch = watch;
        this.daemonAtMillis = daemonAtMillis;
    }

    Reply status(boolean withToken) {
        watch.notice();
        Outcome last = changes.last();
        StatusJson status = new StatusJson(state(last), daemonAtMillis).protectedAt(last.protectedAt()).reason(last.why())
                .findings(findings(last));
        Box now = box.box();
        for (Family family : Family.values()) {
            status.rules(family, now.liveRules(family));
        }
        if (last.state().equals("pending")) {
            status.pending(last.id(), last.deadline());
        }
        return Reply.json(200, withToken ? status.whole(now.facts()) : status.brief());
    }

    /** The state's word: boxwall-apply's, or drifted. */
    String state(Outcome last) {
        return watch.drifted() && last.state().equals("active") ? "drifted" : last.state();
    }

    List<Finding> findings(Outcome last) {
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

    Reply findings() {
        watch.notice();
        return Reply.json(200, CandidateJson.findingsOnly(findings(changes.last())));
    }
}
