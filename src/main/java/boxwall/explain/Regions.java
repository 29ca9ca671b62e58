package boxwall.explain;

import boxwall.netfilter.Hook;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Describes a set as regions, largest first. One packet of the set is taken and its fields are let go one by one, each
 * as far as the set reaches; what remains uncovered gives the next region. Fields that matter least to people are let
 * go first, so that they drop out of the words where they can. Regions don't overlap; together they are the set.
 */
final class Regions {
    private static final Field[] LET_GO = {Field.MARK, Field.MAC, Field.SPORT, Field.FLAGS, Field.ICMP, Field.FRAGMENT,
            Field.STATE, Field.DST, Field.SRC, Field.DPORT, Field.PROTOCOL, Field.IN, Field.OUT};

    private final Sets sets;
    private final Hook hook;
    private final int care;
    /** Every value of each field. */
    private final int[] all = new int[LET_GO.length];
    private boolean complete = true;

    /** Describes for people who care about some packets only; the others are not distinguished. */
    Regions(Sets sets, Hook hook, int care) {
        this.sets = sets;
        this.hook = hook;
        this.care = care;
        for (int i = 0; i < all.length; i++) {
            all[i] = sets.project(sets.everything(), LET_GO[i]);
        }
    }

    /** Whether the last description named the whole set. */
    boolean isComplete() { return complete; }

    /** At most {@code most} regions. */
    List<Region> of(int set, int most) {
        Bdd bdd = sets.bdd;
        List<Region> regions = new ArrayList<>();
        int left = bdd.and(set, care);
        while (left != Bdd.NONE && regions.size() < most) {
            int[] box = grow(sets.packet(left), left);
            int[] behind = behind(box);
            int before = Bdd.ALL;
            Map<Field, String> values = new TreeMap<>();
            for (int i = 0; i < box.length; i++) {
                if (box[i] != all[i]) {
                    values.put(LET_GO[i], words(LET_GO[i], box[i], bdd.and(before, behind[i]), left));
                }
                before = bdd.and(before, box[i]);
            }
            regions.add(new Region(sets.family, hook, values, bdd.share(bdd.and(before, care)), before));
            left = bdd.minus(left, before);
        }
        complete = left == Bdd.NONE;
        Collections.sort(regions);
        return regions;
    }

    /** For each field all those behind it together. */
    private int[] behind(int[] box) {
        int[] behind = new int[box.length];
        int together = Bdd.ALL;
        for (int i = box.length - 1; i >= 0; i--) {
            behind[i] = together;
            together = sets.bdd.and(box[i], together);
        }
        return behind;
    }

    /** The values to name: those that occur; and those that would occur, but for which the set has no packet. */
    private String words(Field field, int inside, int others, int left) {
        Bdd bdd = sets.bdd;
        int occurring = bdd.and(inside, sets.project(bdd.and(others, left), field));
        int other = bdd.minus(sets.project(bdd.and(others, care), field), inside);
        return new FieldValues(sets, field, occurring, other).toString();
    }

    /** What each field may be: the packet's own value, let go as far as the set reaches. */
    private int[] grow(Packet packet, int set) {
        Bdd bdd = sets.bdd;
        int[] box = new int[LET_GO.length];
        for (int i = 0; i < box.length; i++) {
            box[i] = sets.having(LET_GO[i], packet.value(LET_GO[i]));
        }
        int[] behind = behind(box);
        int before = care;
        for (int i = 0; i < box.length; i++) {
            int outside = sets.project(bdd.minus(bdd.and(before, behind[i]), set), LET_GO[i]);
            box[i] = bdd.minus(all[i], outside);
            if (LET_GO[i] == Field.PROTOCOL) { box[i] = bdd.and(box[i], meant(box, packet)); }
            before = bdd.and(before, box[i]);
        }
        return box;
    }

    /** Protocols that have what the box says already: ports, or TCP's flags. */
    private int meant(int[] box, Packet packet) {
        int own = packet.protocol().intValue();
        boolean alone = isGiven(box, Field.FLAGS) || isGiven(box, Field.ICMP);
        if (!alone && !isGiven(box, Field.SPORT) && !isGiven(box, Field.DPORT)) { return Bdd.ALL; }
        return alone || own != 6 && own != 17 ? sets.protocol(own) : sets.bdd.or(sets.protocol(6), sets.protocol(17));
    }

    private boolean isGiven(int[] box, Field field) {
        int i = Arrays.asList(LET_GO).indexOf(field);
        return box[i] != all[i];
    }
}
