package boxwall.explain;

import boxwall.netfilter.Hook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
    private final Hook way;
    private final int care;
    private boolean complete = true;

    /** Describes for people who care about some packets only; the others are not distinguished. */
    Regions(Sets sets, Hook way, int care) {
        this.sets = sets;
        this.way = way;
        this.care = care;
    }

    /** Whether the last description named the whole set. */
    boolean isComplete() { return complete; }

    /** At most {@code most} regions. */
    List<Region> of(int set, int most) {
        Bdd bdd = sets.bdd;
        List<Region> regions = new ArrayList<>();
        int left = bdd.and(set, care);
        while (left != Bdd.NONE && regions.size() < most) {
            Map<Field, Integer> box = grow(sets.packet(left), left);
            int covered = Bdd.ALL;
            Map<Field, FieldValues> values = new TreeMap<>();
            for (Field field : LET_GO) {
                int one = box.get(field).intValue();
                covered = bdd.and(covered, one);
                if (one != all(field)) { values.put(field, values(field, one, box, left)); }
            }
            regions.add(new Region(sets.family, way, values, bdd.share(bdd.and(covered, care)), covered));
            left = bdd.minus(left, covered);
        }
        complete = left == Bdd.NONE;
        Collections.sort(regions, new Comparator<Region>() {
            @Override
            public int compare(Region a, Region b) { return Double.compare(b.share, a.share); }
        });
        return regions;
    }

    private int all(Field field) { return project(sets.everything(), field); }

    private int project(int set, Field field) {
        return sets.bdd.project(set, sets.start(field), sets.start(field) + sets.bits(field));
    }

    /** The values to name: those that occur; and those that would occur, but for which the set has no packet. */
    private FieldValues values(Field field, int inside, Map<Field, Integer> box, int left) {
        Bdd bdd = sets.bdd;
        int others = Bdd.ALL;
        for (Field other : LET_GO) {
            others = other == field ? others : bdd.and(others, box.get(other).intValue());
        }
        int occurring = bdd.and(inside, project(bdd.and(others, left), field));
        return new FieldValues(sets, field, occurring, bdd.minus(project(bdd.and(others, care), field), inside));
    }

    private Map<Field, Integer> grow(Packet packet, int set) {
        Bdd bdd = sets.bdd;
        Map<Field, Integer> box = new TreeMap<>();
        // the fields behind each one as they are in the packet, which is what the others are let go against
        int[] behind = new int[LET_GO.length];
        int single = Bdd.ALL;
        for (int i = LET_GO.length - 1; i >= 0; i--) {
            behind[i] = single;
            int one = sets.is(LET_GO[i], packet.value(LET_GO[i]));
            box.put(LET_GO[i], one);
            single = bdd.and(one, single);
        }
        int before = care;
        for (int i = 0; i < LET_GO.length; i++) {
            int outside = project(bdd.minus(bdd.and(before, behind[i]), set), LET_GO[i]);
            int inside = bdd.minus(all(LET_GO[i]), outside);
            box.put(LET_GO[i], LET_GO[i] == Field.PROTOCOL ? bdd.and(inside, meant(box, packet)) : inside);
            before = bdd.and(before, box.get(LET_GO[i]));
        }
        return box;
    }

    /**
     * Protocols that have what the box already says: a line about ports names only those with ports, one about flags
     * only TCP.
     */
    private int meant(Map<Field, Integer> box, Packet packet) {
        int own = packet.protocol().intValue();
        boolean alone = box.get(Field.FLAGS).intValue() != all(Field.FLAGS)
                || box.get(Field.ICMP).intValue() != all(Field.ICMP);
        boolean ports = box.get(Field.SPORT).intValue() != all(Field.SPORT)
                || box.get(Field.DPORT).intValue() != all(Field.DPORT);
        if (!alone && !ports) { return Bdd.ALL; }
        boolean usual = own == 6 || own == 17;
        return alone || !usual ? NewConnections.protocol(sets, own)
                : sets.bdd.or(NewConnections.protocol(sets, 6), NewConnections.protocol(sets, 17));
    }
}
