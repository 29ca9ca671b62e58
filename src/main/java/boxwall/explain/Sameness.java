package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import java.util.Arrays;
import java.util.Collections;

/**
 * Whether two rulesets decide alike on every packet whatsoever: those too that no network could send, and REJECT is not
 * DROP here. {@link Difference} tells people what differs; this only proves that nothing does.
 */
public final class Sameness {
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};

    private Sameness() {}

    /** Null when it is proved that both decide alike; else why it isn't, with a packet where they differ. */
    public static String unproved(Ruleset before, Ruleset after, Site site) {
        return unproved(before, after, site, affordable());
    }

    /** As many nodes as this JVM's heap has room for. */
    public static int affordable() { return Bdd.affordable(); }

    /** The same with another limit to what the proof may take: nodes of {@link Bdd}, 32 bytes each. */
    public static String unproved(Ruleset before, Ruleset after, Site site, int nodes) {
        for (Family family : Example.families(before, after)) {
            for (Hook way : WAYS) {
                try {
                    Sets sets = new Sets(family, new Universe(Arrays.asList(before, after), site, family,
                            Collections.<Criterion>emptyList()), nodes);
                    String found = compare(before, after, site, sets, way);
                    if (found != null) { return found; }
                } catch (TooComplex e) {
                    return family.word() + " " + way + " could not be compared, " + e.getMessage();
                }
            }
        }
        return null;
    }

    private static String compare(Ruleset before, Ruleset after, Site site, Sets sets, Hook way) {
        Bdd bdd = sets.bdd;
        int packets = sets.everything();
        HookWalk old = new HookWalk(before, sets, site, null);
        old.walk(way, packets);
        HookWalk now = new HookWalk(after, sets, site, null);
        now.walk(way, packets);
        for (Verdict verdict : Verdict.values()) {
            int a = old.possible(verdict);
            int b = now.possible(verdict);
            if (a != b) {
                Packet example = sets.packet(bdd.or(bdd.minus(a, b), bdd.minus(b, a)));
                return verdict + " at " + way + " for other packets than before, such as " + example;
            }
        }
        return null;
    }

    /**
     * Whether all that a rule asks lies in the packet and is understood: no limit, no counter, no extension not known
     * here.
     */
    public static boolean foresees(Rule rule, Family family) { return Criteria.of(rule, family).opaque.isEmpty(); }
}
