package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.State;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The outcome of one {@code expect} line: a statement about all the packets that its keys mean, proved or refuted.
 *
 * <p>
 * What is left out means every value, but for two things: without state= it is about new connections
 * ({@link Sets#first}), without fragment= not about later fragments. Without family= it is about each family of which
 * the ruleset owns a table. Where the packets go: in= alone to the box and through it, out= alone from the box (or
 * through it, for a src= that isn't the box's own), both through it, none everywhere; chain= decides otherwise. They
 * leave where routing would send them; but what must be dropped on its way to an out= is asked for every address.
 */
public final class Expectation {
    private static final Expectation HELD = new Expectation(true, null, null, null);

    /** Whether the statement holds; false too when it was skipped, and when it couldn't be decided. */
    public final boolean held;
    /** Why it wasn't checked (an interface that the box lacks), or null. */
    public final String skippedBecause;
    /** What was found instead, in words; null when it holds or was skipped. */
    public final String reason;
    /** The walk of a packet that shows that it doesn't hold; null when it does, and when there is none to show. */
    public final Answer counterexample;

    private Expectation(boolean held, String skippedBecause, String reason, Answer counterexample) {
        this.held = held;
        this.skippedBecause = skippedBecause;
        this.reason = reason;
        this.counterexample = counterexample;
    }

    /**
     * Checks a statement.
     *
     * @param verdict ACCEPT, REJECT, or DROP, which includes REJECT
     * @param keys as {@link Keys}
     * @param leftOut the families whose rules this box doesn't get: what is about them is skipped
     * @throws IllegalArgumentException for a word or key that isn't understood, with what was expected
     */
    public static Expectation check(String verdict, final Map<String, String> keys, final Verdicts verdicts,
            Set<Family> leftOut) {
        final Verdict wanted = Verdict.valueOf(verdict);
        Family given = Keys.family(keys);
        boolean any = false;
        for (Family family : given == null ? Difference.families(verdicts.ruleset) : Collections.singletonList(given)) {
            if (leftOut.contains(family)) {
                return new Expectation(false, "the rules for " + family.word() + " are left out on this box", null,
                        null);
            }
            final List<Criterion> asked = Keys.criteria(keys, family, verdicts.site);
            String lacking = lacking(asked, verdicts.site);
            if (lacking != null) {
                return new Expectation(false, "the box has no interface '" + lacking + "'", null, null);
            }
            try {
                List<Expectation> found = new Verdicts.Question<Expectation>() {
                    @Override
                    void ask(FamilyVerdicts of) { check(wanted, keys, asked, of, found); }
                }.of(verdicts, family, asked, true);
                Expectation last = found.isEmpty() ? HELD : found.get(found.size() - 1);
                if (!last.held) { return last; }
                any |= !found.isEmpty();
            } catch (TooComplex e) {
                return new Expectation(false, null, "can't be proved, " + e.getMessage(), null);
            }
        }
        return any ? HELD : new Expectation(false, null,
                "matches no packet: the keys contradict each other or the routing", null);
    }

    /** The first interface that is asked for but isn't there, or null. */
    private static String lacking(List<Criterion> asked, Site site) {
        for (Criterion criterion : asked) {
            if (criterion.field == Field.IN || criterion.field == Field.OUT) {
                for (Span span : criterion.spans) {
                    if (!site.has(Numbers.text(span.first))) { return Numbers.text(span.first); }
                }
            }
        }
        return null;
    }

    /** What is so at each hook that such packets come to, up to the first where it doesn't hold. */
    private static void check(Verdict wanted, Map<String, String> keys, List<Criterion> asked, FamilyVerdicts of,
            List<Expectation> found) {
        Bdd bdd = of.sets.bdd;
        int all = start(of.sets, keys, asked);
        for (Hook way : FamilyVerdicts.WAYS) {
            int packets = bdd.and(all, to(way, keys, of.sets, wanted));
            if (packets == Bdd.NONE) { continue; }
            FamilyVerdicts.Walked walked = of.at(way, packets);
            int wrong = bdd.and(packets, wanted != Verdict.DROP ? walked.otherThan(wanted) : walked.passing());
            if (wrong != Bdd.NONE) {
                Answer answer = of.example(way, wrong);
                found.add(new Expectation(false, null,
                        "expected " + wanted + ", found " + answer + " for " + answer.packet, answer));
                return;
            }
            found.add(HELD);
        }
    }

    private static int start(Sets sets, Map<String, String> keys, List<Criterion> asked) {
        int all = sets.bdd.and(sets.everything(), sets.matches(asked));
        if (!keys.containsKey("fragment")) { all = sets.bdd.and(all, sets.whole()); }
        if (keys.containsKey("state")) { return all; }
        // flags, type or fragment, where given, say themselves which packets are meant
        boolean described = keys.containsKey("flags") || keys.containsKey("type") || keys.containsKey("fragment");
        return sets.bdd.and(all, described ? sets.state(State.NEW) : sets.first());
    }

    /** The packets that go to that hook, as far as keys and addresses say. */
    private static int to(Hook way, Map<String, String> keys, Sets sets, Verdict wanted) {
        Bdd bdd = sets.bdd;
        Hook forced = Keys.hook(keys);
        boolean in = keys.containsKey("in");
        boolean out = keys.containsKey("out");
        if (forced == null ? way == Hook.INPUT && out || way == Hook.OUTPUT && in : forced != way) { return Bdd.NONE; }
        boolean anyRoute = way == Hook.INPUT || out && wanted != Verdict.ACCEPT;
        int routed = bdd.and(way == Hook.OUTPUT ? Bdd.ALL : sets.arriving(), anyRoute ? Bdd.ALL : sets.routed());
        routed = way == Hook.FORWARD ? bdd.and(routed, sets.crossing()) : routed;
        if (forced != null || !sets.site.knows(sets.family)) {
            // without addresses nobody can say what out= alone sends through the box
            return forced == null && way == Hook.FORWARD && !in && out ? Bdd.NONE : routed;
        }
        int set = way == Hook.INPUT ? bdd.and(routed, sets.local()) : bdd.minus(routed, sets.local());
        boolean src = keys.containsKey("src");
        if (way == Hook.OUTPUT) { return src ? bdd.and(set, sets.own(Field.SRC, true)) : set; }
        return way == Hook.INPUT || in || !out ? set : src ? bdd.minus(set, sets.own(Field.SRC, true)) : Bdd.NONE;
    }
}
