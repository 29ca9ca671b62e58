package boxwall.daemon;

import boxwall.explain.Site;
import boxwall.http.Control;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.imports.Import;
import boxwall.report.FactsJson;

/** Answers the control port: hands each question to whom it belongs. */
final class BoxControl implements Control {
    private final BoxState box;
    private final Watch watch;
    private final Drafts drafts;
    private final HeavyWork heavy;
    private final ReadReplies reads;
    private final MeasureReplies measures;
    private final LogReplies logs;
    private final History history;
    private final ChangeReplies changes;
    private final SwitchReplies switches;

    /** Takes its parts from the daemon. */
    BoxControl(BoxState box, Watch watch, Drafts drafts, HeavyWork heavy, ReadReplies reads, MeasureReplies measures, LogReplies logs, History history,
            ChangeReplies changes, SwitchReplies switches) {
        this.box = box;
        this.watch = watch;
        this.drafts = drafts;
        this.heavy = heavy;
        this.reads = reads;
        this.measures = measures;
        this.logs = logs;
        this.history = history;
        this.changes = changes;
        this.switches = switches;
    }

    @Override
    public Reply page(Request request) {
        return reads.page(request);
    }

    @Override
    public Reply status(boolean withToken) {
        return reads.status(withToken);
    }

    @Override
    public Reply facts() {
        return Reply.json(200, FactsJson.text(box.box().facts()));
    }

    @Override
    public Reply findings() {
        return reads.findings();
    }

    @Override
    public Reply counters(Request request) {
        return measures.counters("1".equals(request.query("samples")));
    }

    @Override
    public Reply log(Request request) {
        return logs.get(request);
    }

    @Override
    public Reply metrics() {
        return measures.metrics();
    }

    @Override
    public Reply history() {
        watch.notice();
        return history.get();
    }

    @Override
    public Reply rules(Request request) {
        return drafts.get(request);
    }

    @Override
    public Reply explain(Request request) {
        Box now = box.box();
        Candidate kept = drafts.candidate();
        if (kept != null) {
            // one packet's walk through rules that are compiled already
            return new QuestionReplies(kept, now).explain(request.query());
        }
        Reply busy = heavy.begin(request);
        try {
            return busy != null ? busy : new QuestionReplies(drafts.asked(), now).explain(request.query());
        } finally {
            heavy.end(request);
        }
    }

    @Override
    public Reply exposure(Request request) {
        Box now = box.live();
        Reply busy = heavy.begin(request);
        try {
            return busy != null ? busy : new QuestionReplies(drafts.asked(), now).exposure();
        } finally {
            heavy.end(request);
        }
    }

    @Override
    public Reply diff(Request request) {
        watch.lookNow();
        Box now = box.box();
        Reply busy = heavy.begin(request);
        try {
            return busy != null ? busy : new QuestionReplies(drafts.asked(), now).diff(drafts.candidate() == null ? "the saved rules" : "the candidate");
        } finally {
            heavy.end(request);
        }
    }

    @Override
    public Reply putRules(Request request) {
        return drafts.put(request, request.body());
    }

    @Override
    public Reply discard(Request request) {
        return drafts.discard(request);
    }

    @Override
    public Reply presets() {
        return drafts.presets();
    }

    @Override
    public Reply apply(Request request) {
        return changes.apply(request);
    }

    @Override
    public Reply confirm(Request request, String id) {
        return changes.confirm(request, id);
    }

    @Override
    public Reply revert(Request request, String id) {
        return changes.revert(request, id);
    }

    @Override
    public Reply restore(Request request, String number) {
        return history.restore(request, number, drafts);
    }

    @Override
    public Reply imported(Request request) {
        Reply busy = heavy.begin(request);
        try {
            return busy != null ? busy : imported(request.body());
        } finally {
            heavy.end(request);
        }
    }

    private static Reply imported(String text) {
        return Reply.json(200, ImportReport.of(Import.read("import", text), Site.unknown()).text());
    }

    @Override
    public Reply record(Request request) {
        return switches.record(request);
    }

    @Override
    public Reply acceleration(Request request) {
        return switches.acceleration(request);
    }

    @Override
    public Reply printk(Request request) {
        return switches.printk(request);
    }
}
