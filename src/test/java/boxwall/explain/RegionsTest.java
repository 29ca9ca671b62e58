package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Regions describe a set completely, without anything else and without overlap. */
class RegionsTest {
    private static final String[] ADDRESSES = {"192.168.178.1", "192.168.178.20", "192.168.179.5", "203.0.113.2"};

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void regionsCoverExactlyTheSet(@ForAll long seed) {
        List<String> lines = new RandomRules(new Random(seed), Family.IPV4, ADDRESSES, new String[] {"lan", "guest"},
                EnumSet.of(RandomRules.Feature.STATE, RandomRules.Feature.MARK)).lines();
        Ruleset ruleset = Rules.v4(lines.toArray(new String[0]));
        PacketSets sets =
                new PacketSets(new RuleValues(List.of(ruleset), Rules.box(), Family.IPV4, List.of()), 1 << 20);
        Bdd bdd = sets.bdd;
        int care = sets.possible();
        WalkOutcome walk = HookWalk.walk(ruleset, sets, Hook.FORWARD, care);
        int set = walk.possible(Verdict.DROP);
        Regions regions = new Regions(sets, Hook.FORWARD, care);
        int union = Bdd.NONE;
        double last = 1;
        for (Region region : regions.of(set, 200)) {
            int one = bdd.and(region.set, care);
            assertEquals(Bdd.NONE, bdd.and(one, union), "overlaps: " + region);
            assertEquals(Bdd.NONE, bdd.minus(one, set), "not in the set: " + region);
            assertTrue(region.share <= last, "not largest first: " + region);
            last = region.share;
            union = bdd.or(union, one);
        }
        assertEquals(regions.isComplete(), union == bdd.and(set, care));
    }
}
