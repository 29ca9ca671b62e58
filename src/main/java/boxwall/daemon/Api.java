package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.explain.Site;
import boxwall.http.Handler;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.imports.Import;
import boxwall.netfilter.Ruleset;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.report.FactsJson;
import boxwall.report.Problem;
import boxwall.sys.Sys;

import java.util.Map;

/** The daemon's answers: a case for each route, and for all of them what the table says that they need. */
final class Api implements Handler {
    private final BoxState box;
    private final Watch watch;
    private final Drafts drafts;
    private final WorkQueue heavy;
    private final ReadReplies reads;
    private final MeasureReplies measures;
    private final LogReplies logs;
    private final History history;
    private final ChangeReplies changes;
    private final SwitchReplies switches;

    /** Makes the parts of the daemon that answer. Nothing is read and nothing started for it. */
    Api(Sys sys, Config config, BoxState box, BootPlane plane, Changes made, History history, WorkQueue heavy,
            Watch watch, EventLog log, long now) {
        this.box = box;
        this.watch = watch;
        this.heavy = heavy;
        this.history = history;
        drafts = new Drafts(sys, config, box, made, heavy, log);
        reads = new ReadReplies(sys, config, box, made, watch, now);
        measures = new MeasureReplies(sys, config, box, made, watch, reads);
        logs = new LogReplies(sys, plane.script(), box, measures);
        changes = new ChangeReplies(sys, config, box, made, drafts, heavy, history, watch, log);
        switches = new SwitchReplies(box, plane, watch, log);
    }

    /** Lets go what nobody asks for any more. */
    void forget() { measures.forget(); }

    @Override
    public Reply answer(Route route, Request request, boolean withToken) {
        // read before: reading is no work that may be given up
        Box now = route == Route.EXPOSURE ? box.live() : route.needs(Route.Need.LOCK) ? box.box() : null;
        if (route == Route.DIFF) {
            watch.lookNow();
            now = box.box();
        }
        // one packet's walk through rules that are compiled already is no work either
        boolean work = route.needs(Route.Need.LOCK) && !(route == Route.EXPLAIN && drafts.candidate() != null);
        String name = drafts.candidate() == null ? "the saved rules" : "the candidate";
        Reply busy = work ? heavy.begin(request) : null;
        try {
            return busy != null ? busy
                    : route.needs(Route.Need.CANDIDATE) ? question(route, request.query(), drafts.asked(), name, now)
                    : answered(route, request, withToken);
        } finally {
            heavy.end(request);
        }
    }

    /** An answer about a candidate, which may be null: then there are no rules. {@code name} says what it is. */
    static Reply question(Route route, Map<String, String> query, Candidate about, String name, Box now) {
        if (about == null) { return Drafts.noRules(); }
        if (about.compiled() == null) {
            return Reply.problem(
                    new Problem(422, "rules with errors", "correct them and PUT them to /rules", about.findings()));
        }
        Questions questions = new Questions(now);
        if (route == Route.EXPOSURE) { return Reply.json(200, questions.exposure(about).json()); }
        if (route == Route.DIFF) {
            Ruleset live = questions.live();
            return live == null
                    ? Reply.problem(new Problem(409, "live rules not known",
                            "iptables-save could not be read on this box, or holds something not"
                                    + " understood; see GET /facts"))
                    : Reply.json(200, DiffJson.of(questions.difference(live, Questions.loaded(live, about)),
                            "the live rules", name));
        }
        try {
            return Reply.json(200, ExplainJson.of(questions.explain(about, query)));
        } catch (IllegalArgumentException e) {
            return Reply.problem(new Problem(400, "bad packet", e.getMessage()));
        }
    }

    private Reply answered(Route route, Request request, boolean withToken) {
        switch (route) {
            case PAGE :
                return reads.page(request);
            case STATUS :
                return reads.status(withToken);
            case FACTS :
                return Reply.json(200, FactsJson.text(box.box().facts()));
            case FINDINGS :
                return reads.findings();
            case COUNTERS :
                return measures.counters("1".equals(request.query("samples")));
            case LOG :
                return logs.get(request);
            case METRICS :
                return measures.metrics();
            case RULES :
                return drafts.get(request);
            case PUT_RULES :
                return drafts.put(request, request.body());
            case DISCARD :
                return drafts.discard(request);
            case PRESETS :
                return drafts.presets();
            case DEVICES :
                return reads.devices();
            case APPLY :
                return changes.apply(request);
            case CONFIRM :
                return changes.confirm(request, route.id(request));
            case REVERT :
                return changes.revert(request, route.id(request));
            case HISTORY :
                watch.notice();
                return history.get();
            case RESTORE :
                return history.restore(request, route.id(request), drafts);
            case IMPORT :
                return Reply.json(200, ImportReport.of(Import.read("import", request.body()), Site.unknown()).text());
            case RECORD :
                return switches.record(request);
            case PA :
                return switches.acceleration(request);
            case PRINTK :
                return switches.printk(request);
            default :
                throw new IllegalStateException(request.path());
        }
    }
}
