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
 * ({@link NewConnections}), without fragment= not about later fragments. Without family= it is about each family of
 * which the ruleset owns a table. Where the packets go: in= alone to the box and through it, out= alone from the box
 * (or through it, for a src= that isn't the box's own), both through it, none everywhere; chain= decides otherwise.
 * They leave where routing would send them; but what must be dropped on its way to an out= is asked for every address.
 */
public final class Expectation {
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};

    /** Whether the statement holds; false too when it was skipped, and when it couldn't be decided. */
    public final boolean held;
    /** Why it wasn't checked (an interface that the box lacks), or null. */
    public final String skippedBecause;
    /** What holds or what was found instead, in words; null when skipped. */
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
    public static Expectation check(final String verdict, final Map<String, String> keys, final Verdicts verdicts,
            Set<Family> leftOut) {
        if (!verdict.equals("ACCEPT") && !verdict.equals("DROP") && !verdict.equals("REJECT")) {
            throw new IllegalArgumentException("verdict: found '" + verdict + "', expected ACCEPT, DROP or REJECT");
        }
        Family given = Keys.family(keys);
        boolean any = false;
        for (Family family : given == null ? Example.families(verdicts.ruleset) : Collections.singletonList(given)) {
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
                Expectation found = new Verdicts.Question<Expectation>() {
                    @Override
                    Expectation ask(FamilyVerdicts of) {
                        return check(Verdict.valueOf(verdict), keys, asked, of, verdicts);
                    }
                }.of(verdicts, family, asked, true);
                if (found != null && !found.held) { return found; }
                any |= found != null;
            } catch (TooComplex e) {
                return new Expectation(false, null, "can't be proved, " + e.getMessage(), null);
            }
        }
        return any ? new Expectation(true, null, verdict + " holds", null) : new Expectation(false, null,
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

    /** Null when there is no such packet. */
    private static Expectation check(Verdict wanted, Map<String, String> keys, List<Criterion> asked, FamilyVerdicts of,
            Verdicts verdicts) {
        Sets sets = of.sets;
        int all = start(sets, keys, asked);
        Expectation found = null;
        for (Hook way : WAYS) {
            int packets = sets.bdd.and(all, to(way, keys, sets, of.site, wanted));
            if (packets == Bdd.NONE) { continue; }
            found = new Expectation(true, null, wanted + " holds", null);
            FamilyVerdicts.Walked walked = of.at(way, packets);
            int wrong = sets.bdd.and(packets, wanted != Verdict.DROP ? walked.otherThan(wanted)
                    : sets.bdd.or(walked.possible(Verdict.ACCEPT), walked.possible(Verdict.UNKNOWN)));
            if (wrong != Bdd.NONE) {
                Packet example = Example.of(sets, of.site, way, wrong);
                Answer answer = verdicts.walk().packet(example, way);
                return new Expectation(false, null, "expected " + wanted + ", found " + answer + " for " + example,
                        answer);
            }
        }
        return found;
    }

    private static int start(Sets sets, Map<String, String> keys, List<Criterion> asked) {
        Bdd bdd = sets.bdd;
        int all = sets.everything();
        for (Criterion criterion : asked) {
            all = bdd.and(all, sets.matches(criterion));
        }
        if (!keys.containsKey("fragment")) { all = bdd.and(all, NewConnections.whole(sets)); }
        if (keys.containsKey("state")) { return all; }
        // flags, type or fragment, where given, say themselves which packets are meant
        boolean described = keys.containsKey("flags") || keys.containsKey("type") || keys.containsKey("fragment");
        return bdd.and(all, described ? NewConnections.state(sets, State.NEW) : NewConnections.first(sets));
    }

    /** The packets that go to that hook, as far as keys and addresses say. */
    private static int to(Hook way, Map<String, String> keys, Sets sets, Site site, Verdict wanted) {
        Bdd bdd = sets.bdd;
        Hook forced = Keys.hook(keys);
        boolean in = keys.containsKey("in");
        boolean out = keys.containsKey("out");
        int arriving = way == Hook.OUTPUT ? Bdd.ALL : NewConnections.arriving(sets);
        boolean anyRoute = way == Hook.INPUT || out && wanted != Verdict.ACCEPT;
        int routed = anyRoute ? Bdd.ALL : HookWalk.routed(sets, site);
        if (forced != null) {
            return forced != way ? Bdd.NONE
                    : bdd.and(arriving, way == Hook.FORWARD ? bdd.and(routed, LinkScope.crossing(sets)) : routed);
        }
        if (way == Hook.INPUT && out || way == Hook.OUTPUT && in) { return Bdd.NONE; }
        boolean known = site.knows(sets.family);
        int local = known ? HookWalk.local(sets, site) : Bdd.ALL;
        int set = bdd.and(arriving, way == Hook.INPUT || !known ? local : bdd.not(local));
        if (way == Hook.INPUT) { return set; }
        int own = known ? HookWalk.own(sets, site) : Bdd.ALL;
        if (way == Hook.OUTPUT && keys.containsKey("src")) { set = bdd.and(set, own); }
        if (way == Hook.FORWARD && !in && out) {
            set = !keys.containsKey("src") || !known ? Bdd.NONE : bdd.minus(set, own);
        }
        return bdd.and(set, way == Hook.FORWARD ? bdd.and(routed, LinkScope.crossing(sets)) : routed);
    }

    @Override
    public String toString() { return skippedBecause != null ? "skipped: " + skippedBecause : reason; }
}
