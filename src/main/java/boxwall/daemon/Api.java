package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.http.Handler;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.imports.Imported;
import boxwall.netfilter.Ruleset;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.report.FactsJson;
import boxwall.report.ImportReport;
import boxwall.report.JsonText;
import boxwall.report.PresetsJson;
import boxwall.sys.BoxException;

import java.util.List;
import java.util.Map;

/** Answers requests: meets the needs in the table of routes, then calls the reply of the route. */
final class Api extends DaemonPart implements Handler {
    private final Watch watch;
    private final Drafts drafts;
    private final ReadReplies reads;
    private final ChangeReplies changing;

    /** Reads nothing and starts nothing; {@code now} is the uptime in milliseconds at which the daemon started. */
    Api(Watch watch, long now) {
        super(watch);
        this.watch = watch;
        drafts = new Drafts(this);
        reads = new ReadReplies(watch, now);
        changing = new ChangeReplies(watch, drafts);
    }

    @Override
    public Reply answer(Route route, Request request, boolean withToken) {
        watch.requested |= withToken;
        // readings come before the work, because they can't be given up
        if (route == Route.DIFF) { watch.compareNow(); }
        Box now = route == Route.EXPOSURE ? box.live() : route.needs(Route.Need.LOCK) ? box.box() : null;
        // one packet's walk through rules that are compiled already isn't heavy
        boolean heavy = route.needs(Route.Need.LOCK) && !(route == Route.EXPLAIN && drafts.candidate != null);
        Reply busy = heavy ? work.begin(request, false) : null;
        try {
            if (busy != null) { return busy; }
            if (!route.needs(Route.Need.CANDIDATE)) { return reply(route, request, withToken); }
            Candidate about = drafts.queried();
            return query(route, request.query, about, drafts.kindOf(about), now);
        } catch (BoxException e) {
            log.event(request.method + " " + request.path + ": " + e.getMessage());
            return Reply.problem("box-failed", e.getMessage());
        } finally {
            work.end(request);
        }
    }

    /** Answers explain, exposure and diff about a candidate; null means that there are no rules. */
    static Reply query(Route route, Map<String, String> query, Candidate about, String kind, Box now) {
        if (about == null) { return Reply.problem("no-rules"); }
        if (about.compiled == null) { return Reply.problem(about.findings, "rules-with-errors"); }
        if (route == Route.EXPOSURE) { return of(about.exposure(now).json(), kind); }
        if (route == Route.DIFF) {
            Ruleset live = now.live();
            return live == null
                    ? Reply.problem("live-rules-unknown") : of(
                            DiffJson.of(Difference.of(live, about.loaded(live), BoxNetwork.of(now.facts)),
                                    "the live rules", kind.equals("draft") ? "the candidate" : "the saved rules"),
                            kind);
        }
        try {
            return of(ExplainJson.of(about.explain(query, now.facts), System.currentTimeMillis()), kind);
        } catch (IllegalArgumentException e) {
            return Reply.problem("bad-packet", e.getMessage());
        }
    }

    /** Adds the kind of rules that a JSON object is about. */
    private static Reply of(String json, String kind) {
        return Reply.json(200, json.substring(0, json.length() - 1) + ",\"of\":\"" + kind + "\"}");
    }

    /** GET /findings: those of the box, and all of the draft; the draft's advice is heavy work. */
    private Reply findings(Request request) {
        Candidate draft = drafts.candidate;
        Reply busy = draft == null || draft.isAdvised() ? null : work.begin(request, true);
        if (busy != null) { return busy; }
        List<Finding> about = draft == null ? null : draft.all(box.box());
        work.end(request);
        return Reply.json(200, JsonText.of("findings", reads.findings(watch.readOutcome()), "draft",
                draft == null ? null : JsonText.of("etag", draft.etag, "findings", about)));
    }

    private Reply reply(Route route, Request request, boolean withToken) throws BoxException {
        switch (route) {
            case PAGE :
                return reads.page(request);
            case STATUS :
                return reads.status(withToken);
            case FACTS :
                return Reply.json(200, FactsJson.text(box.box().facts));
            case FINDINGS :
                return findings(request);
            case COUNTERS :
                return reads.counters("1".equals(request.query("samples")));
            case LOG :
                return reads.log(request);
            case METRICS :
                return reads.metrics();
            case RULES :
                return drafts.get(request);
            case PUT_RULES :
                return drafts.put(request, request.body);
            case DISCARD :
                return drafts.discard(request);
            case PRESETS :
                return Reply.json(200, PresetsJson.of(presets().all()));
            case DEVICES :
                return reads.devices();
            case APPLY :
                return changing.apply(request);
            case CONFIRM :
                return changing.confirm(request, route.id(request));
            case REVERT :
                return changing.revert(request, route.id(request));
            case HISTORY :
                watch.readOutcome();
                return history.get();
            case RESTORE :
                return drafts.restore(request, route.id(request));
            case IMPORT :
                return Reply.json(200,
                        new ImportReport(Imported.read("import", request.body, null), BoxNetwork.unknown()).text());
            case RECORD :
                return changing.record(request);
            case PA :
                return changing.acceleration(request);
            case PRINTK :
                return changing.printk(request);
            default :
                throw new IllegalStateException(request.path);
        }
    }
}
