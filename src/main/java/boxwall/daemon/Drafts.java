package boxwall.daemon;

import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.report.CandidateJson;
import boxwall.report.Problem;
import boxwall.syntax.Source;
import boxwall.sys.Sys;

/** The ruleset that is being worked on: the candidate in memory, else the saved one. */
final class Drafts {
    static final int MAX_RULES = 256 * 1024 + 1;

    private final Sys sys;
    private final Config config;
    private final BoxState box;
    private final EventLog log;
    private final HeavyWork heavy;
    private volatile Candidate candidate;

    Drafts(Sys sys, Config config, BoxState box, HeavyWork heavy, EventLog log) {
        this.sys = sys;
        this.config = config;
        this.box = box;
        this.heavy = heavy;
        this.log = log;
    }

    /** The candidate, or null. */
    Candidate candidate() {
        return candidate;
    }

    /** The saved ruleset's text, or null. */
    String saved() {
        return sys.read(config.get("STATE") + "/rules", MAX_RULES);
    }

    /** Forgets a candidate that is saved now; one that somebody else put meanwhile stays. */
    synchronized void kept(Candidate confirmed) {
        candidate = candidate == confirmed ? null : candidate;
    }

    /** The candidate, else the saved rules, not checked, which is heavy work; null when there are none. */
    Candidate asked() {
        Candidate kept = candidate;
        String saved = kept == null ? saved() : null;
        return kept != null ? kept : saved == null ? null : Candidate.unchecked(new Source("rules", saved),
                new PresetFolder(sys, config.get("PRESETS"), null), box.box(), Wishes.of(config, false).optimized(false));
    }

    /** Heavy work: whoever calls it has begun that. */
    Candidate check(String text, byte[] client) {
        return LeftTables.emptied(Candidate.of(new Source("rules", text), new PresetFolder(sys, config.get("PRESETS"), null), box.box(),
                Wishes.of(config, false), client, config.number("PORT")), sys, config);
    }

    /** GET /rules. */
    Reply get(Request request) {
        Candidate kept = candidate;
        String text = kept != null ? kept.text() : saved();
        if (text == null) {
            return QuestionReplies.noRules();
        }
        String etag = Candidate.etag(text);
        boolean has = names(request.header("if-none-match"), etag);
        return (has ? Reply.unchanged() : Reply.text(200, text)).with("ETag", etag);
    }

    /** PUT /rules and its like: checked, and the candidate from now on. */
    Reply put(Request request, String text) {
        if (text.length() == 0) {
            return Reply.problem(new Problem(422, "empty ruleset", "send the ruleset's text as the body;"
                    + " an empty one would leave every table alone"));
        }
        Reply other = mismatch(request);
        if (other != null) {
            return other;
        }
        // read once before: reading is no work that may be given up
        box.box();
        Reply busy = heavy.begin(request);
        if (busy != null) {
            return busy;
        }
        Candidate next;
        try {
            Problem lacking = Room.lacking(text);
            if (lacking != null) {
                return Reply.problem(lacking);
            }
            next = check(text, request.client().address());
        } finally {
            heavy.end(request);
        }
        return kept(request, next);
    }

    private Reply kept(Request request, Candidate next) {
        if (next.isRefused()) {
            return Reply.problem(new Problem(422, "ruleset refused", "nothing was changed; each finding says where and what to do",
                    next.findings()));
        }
        synchronized (this) {
            // the check took time: somebody else may have been faster
            Reply other = mismatch(request);
            if (other != null) {
                return other;
            }
            candidate = next;
        }
        log.event("candidate " + next.etag() + " from " + request.client().text());
        return Reply.json(200, CandidateJson.of(next.etag(), next.compiled(), next.findings())).with("ETag", next.etag());
    }

    private Reply mismatch(Request request) {
        Candidate kept = candidate;
        String text = kept != null ? kept.text() : saved();
        return mismatch(request, text == null ? null : Candidate.etag(text));
    }

    /** 412 when If-Match names other rules than these; null when it doesn't, or isn't there. */
    static Reply mismatch(Request request, String etag) {
        String wanted = request.header("if-match");
        if (wanted == null || etag != null && names(wanted, etag)) {
            return null;
        }
        return Reply.problem(new Problem(412, "other rules", "If-Match names " + wanted + ", the rules here are " + (etag == null ? "none" : etag)
                + ": somebody changed them; read /rules again"));
    }

    private static boolean names(String header, String etag) {
        for (String word : header == null ? new String[0] : header.split(",")) {
            if (word.trim().equals(etag) || word.trim().equals("*")) {
                return true;
            }
        }
        return false;
    }
}
