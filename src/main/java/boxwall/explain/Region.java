package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import java.util.Map;
import java.util.TreeMap;

/**
 * Packets that can be described in a line: each field has some values, whatever the others have. Made by
 * {@link Regions}.
 */
public final class Region {
    public final Family family;
    /** INPUT, FORWARD or OUTPUT. */
    public final Hook way;
    /** In words already: values would keep their whole diagram from being collected. */
    private final Map<Field, String> values = new TreeMap<>();
    /** The part of all packets of the family that lie here, 0 to 1: good for comparing sizes, not for traffic. */
    public final double share;
    /** The region as a set of the diagram that it was made from. */
    final int set;

    Region(Family family, Hook way, Map<Field, FieldValues> values, double share, int set) {
        this.family = family;
        this.way = way;
        for (Map.Entry<Field, FieldValues> each : values.entrySet()) {
            this.values.put(each.getKey(), each.getValue().toString());
        }
        this.share = share;
        this.set = set;
    }

    /** The incoming interfaces in words, {@code anywhere} for all of them, {@code the box} for what it sends itself. */
    public String from() {
        return way == Hook.OUTPUT ? "the box" : any(Field.IN) ? "anywhere" : words(Field.IN);
    }

    /** The outgoing interfaces in words, {@code anywhere} for all of them, {@code the box} for what ends there. */
    public String to() {
        return way == Hook.INPUT ? "the box" : any(Field.OUT) ? "anywhere" : words(Field.OUT);
    }

    /** The protocols in words, or null for every one. */
    public String protocols() {
        return any(Field.PROTOCOL) ? null : words(Field.PROTOCOL);
    }

    private boolean any(Field field) { return !values.containsKey(field); }

    private String words(Field field) { return values.get(field); }

    /** {@code tcp from guest (192.168.179.0/24) to lan, port 80,443, state NEW}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(protocols() == null ? "everything" : protocols());
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
        boolean unseen = way == Hook.INPUT && field == Field.OUT || way == Hook.OUTPUT && field == Field.IN;
        if (!any(field) && !unseen) { out.append(before).append(words(field)).append(after); }
    }
}
