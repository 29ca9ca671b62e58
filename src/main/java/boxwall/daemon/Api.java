package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.explain.Site;
import boxwall.http.Handler;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.imports.Imported;
import boxwall.netfilter.Ruleset;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.report.FactsJson;
import boxwall.report.ImportJson;
import boxwall.report.JsonText;
import boxwall.report.Problem;
import boxwall.sys.BoxException;

import java.util.List;
import java.util.Map;

/** The daemon's answers: a case for each route, and for all of them what the table says that they need. */
final class Api extends Replies implements Handler {
    private final Drafts drafts;
    private final ReadReplies reads;
    private final ChangeReplies changing;

    /** Makes the parts of the daemon that answer. Nothing is read and nothing started for it. */
    Api(Replies all, long now) {
        super(all);
        drafts = new Drafts(this);
        reads = new ReadReplies(this, now);
        changing = new ChangeReplies(this, drafts);
    }

    @Override
    public Reply answer(Route route, Request request, boolean withToken) {
        watch.asked |= withToken;
        // read before: reading is no work that may be given up
        Box now = route == Route.EXPOSURE ? box.live() : route.needs(Route.Need.LOCK) ? box.box() : null;
        if (route == Route.DIFF) {
            watch.lookNow();
            now = box.box();
        }
        // one packet's walk through rules that are compiled already is no work either
        boolean work = route.needs(Route.Need.LOCK) && !(route == Route.EXPLAIN && drafts.candidate != null);
        Reply busy = work ? heavy.begin(request, false) : null;
        try {
            return busy != null ? busy : route.needs(Route.Need.CANDIDATE) ? question(route, request.query, now)
                    : answered(route, request, withToken);
        } catch (BoxException e) {
            log.event(request.method + " " + request.path + ": " + e.getMessage());
            return Reply.problem(500, "the box failed to do it", e.getMessage());
        } finally {
            heavy.end(request);
        }
    }

    private Reply question(Route route, Map<String, String> query, Box now) {
        Candidate about = drafts.asked();
        return question(route, query, about, drafts.nameOf(about), now);
    }

    /**
     * An answer about a candidate, which may be null: then there are no rules. {@code of} is its name as in GET /rules.
     */
    static Reply question(Route route, Map<String, String> query, Candidate about, String of, Box now) {
        if (about == null) { return Drafts.noRules(); }
        if (about.compiled == null) {
            return Reply.problem(
                    new Problem(422, "rules with errors", "correct them and PUT them to /rules", about.findings));
        }
        Questions questions = new Questions(now);
        if (route == Route.EXPOSURE) { return of(questions.exposure(about).json(), of); }
        if (route == Route.DIFF) {
            Ruleset live = questions.live();
            return live == null
                    ? Reply.problem(409, "live rules not known",
                            "iptables-save could not be read on this box, or holds something not"
                                    + " understood; see GET /facts")
                    : of(DiffJson.of(questions.difference(live, Questions.loaded(live, about)), "the live rules",
                            of.equals("draft") ? "the candidate" : "the saved rules"), of);
        }
        try {
            return of(ExplainJson.of(questions.explain(about, query), System.currentTimeMillis()), of);
        } catch (IllegalArgumentException e) {
            return Reply.problem(400, "bad packet", e.getMessage());
        }
    }

    /** A JSON object with one key more: which rules it is about. */
    private static Reply of(String json, String of) {
        return Reply.json(200, json.substring(0, json.length() - 1) + ",\"of\":\"" + of + "\"}");
    }

    /** GET /findings: the box's, and all about the draft. What is not known of that yet is work. */
    private Reply findings(Request request) {
        Candidate draft = drafts.candidate;
        Reply busy = draft == null || draft.isAdvised() ? null : heavy.begin(request, true);
        if (busy != null) { return busy; }
        List<Finding> about = draft == null ? null : draft.all(box.box());
        heavy.end(request);
        watch.notice();
        return Reply.json(200, JsonText.of("findings", reads.findings(plane.last()), "draft",
                draft == null ? null : JsonText.of("etag", draft.etag, "findings", about)).toString());
    }

    private Reply answered(Route route, Request request, boolean withToken) throws BoxException {
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
                return drafts.presets();
            case DEVICES :
                return reads.devices();
            case APPLY :
                return changing.apply(request);
            case CONFIRM :
                return changing.confirm(request, route.id(request));
            case REVERT :
                return changing.revert(request, route.id(request));
            case HISTORY :
                watch.notice();
                return history.get();
            case RESTORE :
                return drafts.restore(request, route.id(request));
            case IMPORT :
                return Reply.json(200,
                        new ImportJson(Imported.read("import", request.body, null), Site.unknown()).text());
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
