package boxwall.explain;

import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of one {@code expect} line: a statement about all packets that its keys describe, proved or refuted.
 *
 * <p>
 * A missing key means every value, with two exceptions: without state= the statement is about new connections
 * ({@link PacketSets#first}), without fragment= not about later fragments. Without family= it is about each family of
 * which the ruleset has a table. The keys select the hooks: in= alone INPUT and FORWARD, out= alone OUTPUT (or FORWARD,
 * for a src= that isn't the box's own), both FORWARD, none all hooks; chain= overrides this. Packets leave as routing
 * sends them; but for DROP and REJECT an out= selects every address, routed there or not.
 */
public final class Expectation {
    private static final Expectation HELD = new Expectation(true, null, null, null);

    /** Whether the statement holds; false too when it was skipped or couldn't be decided. */
    public final boolean held;
    /** Why it wasn't checked (an interface that the box lacks), or null. */
    public final String skippedBecause;
    /** Why it doesn't hold, in words; null when it holds or was skipped. */
    public final String reason;
    /** The walk of a packet that refutes it; null when it holds, and when there is none to show. */
    public final Answer counterexample;

    private Expectation(boolean held, String skippedBecause, String reason, Answer counterexample) {
        this.held = held;
        this.skippedBecause = skippedBecause;
        this.reason = reason;
        this.counterexample = counterexample;
    }

    private static Expectation skipped(String reason) { return new Expectation(false, reason, null, null); }

    private static Expectation failed(String reason, Answer counterexample) {
        return new Expectation(false, null, reason, counterexample);
    }

    /**
     * Checks a statement.
     *
     * @param verdict ACCEPT, REJECT, or DROP, which includes REJECT
     * @param keys as {@link Keys}
     * @param leftOut the families whose rules this box doesn't load: statements about them are skipped
     * @throws IllegalArgumentException for a word or key with an error, with what was expected
     */
    public static Expectation check(String verdict, final Map<String, String> keys, final Verdicts verdicts,
            Set<Family> leftOut) {
        final Verdict wanted = Verdict.valueOf(verdict);
        Family given = Keys.family(keys);
        boolean any = false;
        for (Family family : given == null ? Difference.families(verdicts.ruleset) : Collections.singletonList(given)) {
            if (leftOut.contains(family)) {
                return skipped("the rules for " + family.word() + " are left out on this box");
            }
            final List<Criterion> criteria = Keys.criteria(keys, family, verdicts.boxNetwork);
            String lacking = lackingInterface(criteria, verdicts.boxNetwork);
            if (lacking != null) { return skipped("the box has no interface '" + lacking + "'"); }
            try {
                List<Expectation> results = new Verdicts.Query<Expectation>() {
                    @Override
                    void run(FamilyVerdicts of) { check(wanted, keys, criteria, of, results); }
                }.of(verdicts, family, criteria, true);
                Expectation last = results.isEmpty() ? HELD : results.get(results.size() - 1);
                if (!last.held) { return last; }
                any |= !results.isEmpty();
            } catch (TooComplex e) {
                return failed("can't be proved, " + e.getMessage(), null);
            }
        }
        return any ? HELD : failed("matches no packet: the keys contradict each other or the routing", null);
    }

    /** The first interface of the keys that the box lacks, or null. */
    private static String lackingInterface(List<Criterion> criteria, BoxNetwork boxNetwork) {
        for (Criterion criterion : criteria) {
            for (Span span : criterion.spans) {
                String name = criterion.field.isInterface() ? FieldBytes.text(span.first) : null;
                if (name != null && !boxNetwork.has(name)) { return name; }
            }
        }
        return null;
    }

    /** Adds a result for each hook that such packets cross, up to the first hook where the statement fails. */
    private static void check(Verdict wanted, Map<String, String> keys, List<Criterion> criteria, FamilyVerdicts of,
            List<Expectation> results) {
        Bdd bdd = of.sets.bdd;
        int all = described(of.sets, keys, criteria);
        for (Hook hook : HookWalk.HOOKS) {
            int packets = bdd.and(all, crossing(hook, keys, of.sets, wanted));
            if (packets == Bdd.NONE) { continue; }
            FamilyVerdicts.Walked walked = of.at(hook, packets);
            int wrong = bdd.and(packets, wanted != Verdict.DROP ? walked.otherThan(wanted) : walked.passing());
            if (wrong != Bdd.NONE) {
                Answer answer = of.example(hook, wrong);
                results.add(failed("expected " + wanted + ", found " + answer + " for " + answer.packet, answer));
                return;
            }
            results.add(HELD);
        }
    }

    private static int described(PacketSets sets, Map<String, String> keys, List<Criterion> criteria) {
        int all = sets.bdd.and(sets.everything(), sets.matches(criteria));
        if (!keys.containsKey("fragment")) { all = sets.bdd.and(all, sets.whole()); }
        if (keys.containsKey("state")) { return all; }
        // given flags, type or fragment describe the packets themselves
        boolean described = keys.containsKey("flags") || keys.containsKey("type") || keys.containsKey("fragment");
        return sets.bdd.and(all, described ? sets.state(ConnectionState.NEW) : sets.first());
    }

    /** The packets that cross a hook, by the keys and the known addresses. */
    private static int crossing(Hook hook, Map<String, String> keys, PacketSets sets, Verdict wanted) {
        Bdd bdd = sets.bdd;
        Hook given = Keys.hook(keys);
        boolean in = keys.containsKey("in");
        boolean out = keys.containsKey("out");
        if (given == null ? hook == Hook.INPUT && out || hook == Hook.OUTPUT && in : given != hook) { return Bdd.NONE; }
        boolean anyRoute = hook == Hook.INPUT || out && wanted != Verdict.ACCEPT;
        int routed = bdd.and(hook == Hook.OUTPUT ? Bdd.ALL : sets.arriving(), anyRoute ? Bdd.ALL : sets.routed());
        routed = hook == Hook.FORWARD ? bdd.and(routed, sets.crossing()) : routed;
        if (given != null || !sets.boxNetwork.knows(sets.family)) {
            // without known addresses it is unknown which packets with out= alone are forwarded
            return given == null && hook == Hook.FORWARD && !in && out ? Bdd.NONE : routed;
        }
        int set = hook == Hook.INPUT ? bdd.and(routed, sets.local()) : bdd.minus(routed, sets.local());
        boolean src = keys.containsKey("src");
        if (hook == Hook.OUTPUT) { return src ? bdd.and(set, sets.own(Field.SRC, true)) : set; }
        return hook == Hook.INPUT || in || !out ? set : src ? bdd.minus(set, sets.own(Field.SRC, true)) : Bdd.NONE;
    }
}
