package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import java.util.Map;

/** Packets that a line describes: each field has some values, independently of the others. */
public final class Region implements Comparable<Region> {
    private final Family family;
    /** INPUT, FORWARD or OUTPUT. */
    private final Hook hook;
    /** The fields that are restricted, in words: a reference to the diagram would keep it in memory. */
    private final Map<Field, String> words;
    /** The fraction of all packets of the family, 0 to 1, to compare sizes; it says nothing about traffic. */
    public final double share;
    /** The region as a set of the diagram that it was made from. */
    final int set;

    Region(Family family, Hook hook, Map<Field, String> words, double share, int set) {
        this.family = family;
        this.hook = hook;
        this.words = words;
        this.share = share;
        this.set = set;
    }

    /** The largest first. */
    @Override
    public int compareTo(Region other) { return Double.compare(other.share, share); }

    /** The incoming interfaces in words, {@code anywhere} for all of them, {@code the box} for what it sends itself. */
    public String from() {
        return hook == Hook.OUTPUT ? "the box" : words(Field.IN, "anywhere");
    }

    /** The outgoing interfaces in words, {@code anywhere} for all of them, {@code the box} for what ends there. */
    public String to() {
        return hook == Hook.INPUT ? "the box" : words(Field.OUT, "anywhere");
    }

    /** The protocols in words, null for all. */
    public String protocols() { return words.get(Field.PROTOCOL); }

    /** The destination addresses in words, null for all. */
    public String destinations() {
        return words.get(Field.DST);
    }

    /** The destination ports in words, null for all. */
    public String ports() { return words.get(Field.DPORT); }

    private String words(Field field, String otherwise) {
        return words.containsKey(field) ? words.get(field) : otherwise;
    }

    /** {@code tcp from guest (192.168.179.0/24) to lan, port 80,443, state NEW}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(words(Field.PROTOCOL, "everything"));
        out.append(family == Family.IPV6 ? " (IPv6)" : "").append(" from ").append(from());
        add(out, " (", Field.SRC, ")");
        add(out, " port ", Field.SPORT, "");
        out.append(" to ").append(to());
        add(out, " (", Field.DST, ")");
        add(out, ", port ", Field.DPORT, "");
        add(out, ", type ", Field.ICMP, "");
        add(out, ", flags ", Field.FLAGS, "");
        add(out, ", state ", Field.STATE, "");
        add(out, ", ", Field.FRAGMENT, "");
        add(out, ", hardware address ", Field.MAC, "");
        add(out, ", mark ", Field.MARK, "");
        return out.toString();
    }

    private void add(StringBuilder out, String before, Field field, String after) {
        if (words.containsKey(field)) { out.append(before).append(words.get(field)).append(after); }
    }
}
