package boxwall.explain;

import boxwall.netfilter.Hook;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Describes a set as regions, largest first. A region begins as one packet of the set; its fields are widened one by
 * one, each as far as the set allows; the rest of the set makes the next region. The least interesting fields are
 * widened first, so that the description needs them least. Regions don't overlap; together they are the set.
 */
final class Regions {
    private static final Field[] WIDENED = {Field.MARK, Field.MAC, Field.SPORT, Field.FLAGS, Field.ICMP, Field.FRAGMENT,
            Field.STATE, Field.DST, Field.SRC, Field.DPORT, Field.PROTOCOL, Field.IN, Field.OUT};

    private final PacketSets sets;
    private final Hook hook;
    private final int relevant;
    /** Every value of each field. */
    private final int[] all = new int[WIDENED.length];
    private boolean complete = true;

    /** Describes sets of relevant packets. Others may be inside or outside of a region, whichever makes it simpler. */
    Regions(PacketSets sets, Hook hook, int relevant) {
        this.sets = sets;
        this.hook = hook;
        this.relevant = relevant;
        for (int i = 0; i < all.length; i++) {
            all[i] = sets.project(sets.everything(), WIDENED[i]);
        }
    }

    /** Whether the last description covers the whole set. */
    boolean isComplete() { return complete; }

    /** At most {@code most} regions. */
    List<Region> of(int set, int most) {
        Bdd bdd = sets.bdd;
        List<Region> regions = new ArrayList<>();
        int left = bdd.and(set, relevant);
        while (left != Bdd.NONE && regions.size() < most) {
            int[] values = widened(sets.packet(left), left);
            int[] after = after(values);
            int before = Bdd.ALL;
            Map<Field, String> words = new TreeMap<>();
            for (int i = 0; i < values.length; i++) {
                if (values[i] != all[i]) {
                    words.put(WIDENED[i], words(WIDENED[i], values[i], bdd.and(before, after[i]), left));
                }
                before = bdd.and(before, values[i]);
            }
            regions.add(new Region(sets.family, hook, words, bdd.share(bdd.and(before, relevant)), before));
            left = bdd.minus(left, before);
        }
        complete = left == Bdd.NONE;
        Collections.sort(regions);
        return regions;
    }

    /** For each field the intersection of all fields after it. */
    private int[] after(int[] values) {
        int[] after = new int[values.length];
        int intersection = Bdd.ALL;
        for (int i = values.length - 1; i >= 0; i--) {
            after[i] = intersection;
            intersection = sets.bdd.and(values[i], intersection);
        }
        return after;
    }

    /** Describes the values that occur in the rest of the set, or those that don't. */
    private String words(Field field, int inside, int others, int left) {
        Bdd bdd = sets.bdd;
        int occurring = bdd.and(inside, sets.project(bdd.and(others, left), field));
        int other = bdd.minus(sets.project(bdd.and(others, relevant), field), inside);
        return new FieldValues(sets, field, occurring, other).toString();
    }

    /** The values of each field: the packet's own value, widened as far as the set allows. */
    private int[] widened(Packet packet, int set) {
        Bdd bdd = sets.bdd;
        int[] values = new int[WIDENED.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = sets.having(WIDENED[i], packet.value(WIDENED[i]));
        }
        int[] after = after(values);
        int before = relevant;
        for (int i = 0; i < values.length; i++) {
            int outside = sets.project(bdd.minus(bdd.and(before, after[i]), set), WIDENED[i]);
            values[i] = bdd.minus(all[i], outside);
            if (WIDENED[i] == Field.PROTOCOL) { values[i] = bdd.and(values[i], ofGivenFields(values, packet)); }
            before = bdd.and(before, values[i]);
        }
        return values;
    }

    /** The protocols that have the fields which the region names already: ports, TCP's flags, ICMP's type. */
    private int ofGivenFields(int[] values, Packet packet) {
        int protocol = packet.protocol().intValue();
        boolean single = isGiven(values, Field.FLAGS) || isGiven(values, Field.ICMP);
        if (!single && !isGiven(values, Field.SPORT) && !isGiven(values, Field.DPORT)) { return Bdd.ALL; }
        return single || protocol != 6 && protocol != 17 ? sets.protocol(protocol)
                : sets.bdd.or(sets.protocol(6), sets.protocol(17));
    }

    private boolean isGiven(int[] values, Field field) {
        int i = Arrays.asList(WIDENED).indexOf(field);
        return values[i] != all[i];
    }
}
