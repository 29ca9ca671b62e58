package boxwall.daemon;

import boxwall.http.Reply;
import boxwall.netfilter.Ruleset;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.report.Problem;

import java.util.Map;

/** The answers of GET /explain, /exposure and /diff, about one candidate. */
final class QuestionReplies {
    private final Candidate about;
    private final Questions questions;

    /** {@code about} may be null: then there are no rules. */
    QuestionReplies(Candidate about, Box box) {
        this.about = about;
        this.questions = new Questions(box);
    }

    static Reply noRules() {
        return Reply.problem(new Problem(404, "no rules yet", "there is no ruleset on this box; PUT one to /rules"));
    }

    /** The refusal when there is nothing to ask about, or null. */
    private Reply refusal() {
        return about == null ? noRules() : about.compiled() != null ? null : Reply.problem(new Problem(422, "rules with errors",
                "correct them and PUT them to /rules", about.findings()));
    }

    Reply explain(Map<String, String> keys) {
        try {
            Reply refusal = refusal();
            return refusal != null ? refusal : Reply.json(200, ExplainJson.of(questions.explain(about, keys)));
        } catch (IllegalArgumentException e) {
            return Reply.problem(new Problem(400, "bad packet", e.getMessage()));
        }
    }

    Reply exposure() {
        Reply refusal = refusal();
        return refusal != null ? refusal : Reply.json(200, questions.exposure(about).json());
    }

    /** {@code name} says what the candidate is. */
    Reply diff(String name) {
        Reply refusal = refusal();
        Ruleset live = questions.live();
        if (refusal != null || live != null) {
            return refusal != null ? refusal : Reply.json(200, DiffJson.of(questions.difference(live, Questions.loaded(live, about)),
                    "the live rules", name));
        }
        return Reply.problem(new Problem(409, "live rules not known", "iptables-save could not be read on this box, or holds something not"
                + " understood; see GET /facts"));
    }
}
