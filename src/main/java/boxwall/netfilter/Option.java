package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** An option of a match or target in canonical form: its name, whether it is negated, and its values. */
public final class Option {
    public final String name;
    public final boolean negated;
    public final List<String> values;
    /** The values as last interpreted; several threads read and replace it. */
    private volatile Object read;

    /** The name with its dashes, as iptables-save prints it; values unquoted, none for a flag. */
    public Option(String name, boolean negated, List<String> values) {
        this.name = name;
        this.negated = negated;
        this.values = Collections.unmodifiableList(new ArrayList<String>(values));
    }

    public static Option of(String name, String... values) { return new Option(name, false, Arrays.asList(values)); }

    /** The first option with that name, or null. */
    public static Option find(List<Option> options, String name) {
        for (Option option : options) {
            if (option.name.equals(name)) { return option; }
        }
        return null;
    }

    /** The first value, or null for a flag. */
    public String value() { return values.isEmpty() ? null : values.get(0); }

    /** The first value as the name of a set, list or the like; null for a flag. */
    public String word() {
        return value();
    }

    private String text() { return values.isEmpty() ? "" : values.get(0); }

    /** The value as ports; null when it isn't a list of ports. */
    public Ports ports() {
        Object ports = read;
        if (!(ports instanceof Ports)) {
            ports = Ports.parse(text());
            read = ports;
        }
        return (Ports) ports;
    }

    /** Both values as TCP flags, or null. */
    public TcpFlags flags() {
        return values.size() == 2 ? TcpFlags.parse(values.get(0), values.get(1)) : null;
    }

    /** The value as states of a packet; null when it has other words (SNAT and DNAT of --ctstate). */
    @SuppressWarnings("unchecked")
    public Set<ConnectionState> states() {
        Object states = read;
        if (!(states instanceof Set)) {
            states = ConnectionState.set(text());
            read = states;
        }
        return (Set<ConnectionState>) states;
    }

    /** See {@link IcmpNames#range}. */
    public int[] icmp(Family family) { return IcmpNames.range(text(), family); }

    /** See {@link Addresses#range}. */
    public byte[][] addresses(Family family) {
        return Addresses.range(text(), family);
    }

    /** See {@link Addresses#mac}. */
    public byte[] mac() { return Addresses.mac(text()); }

    /** Value and mask of a mark, 32 bits each; the mask is all ones when there is none. Null for another text. */
    public long[] masked() {
        String after = Words.after(text(), '/');
        long value = Words.number(Words.before(text(), '/'), 0xffffffffL);
        long mask = after == null ? 0xffffffffL : Words.number(after, 0xffffffffL);
        return value < 0 || mask < 0 ? null : new long[] {value, mask};
    }

    /** Whether the time of day, {@code hh:mm:ss}, is later than the other option's. */
    public boolean isAfter(Option other) {
        return text().compareTo(other.text()) > 0;
    }

    /** The addresses of {@code addresses:ports} or {@code [addresses]:ports} of a NAT target; null without any. */
    public byte[][] natAddresses(Family family) {
        int end = portsAt(family);
        String text = end < 0 ? text() : text().substring(0, end);
        boolean brackets = text.length() > 1 && text.charAt(0) == '[' && text.endsWith("]");
        return Addresses.range(brackets ? text.substring(1, text.length() - 1) : text, family);
    }

    /** The ports of a NAT target, those of --to-ports too; null without any. */
    public Ports natPorts(Family family) {
        int colon = portsAt(family);
        return colon < 0 && !name.equals("--to-ports") ? null
                : Ports.parse(text().substring(colon + 1).replace('-', ':'));
    }

    /** The index of the colon before the ports of a NAT target, or -1. */
    private int portsAt(Family family) {
        int colon = text().lastIndexOf(':');
        return family == Family.IPV4 || colon == 0 || colon > 0 && text().charAt(colon - 1) == ']' ? colon : -1;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Option)) { return false; }
        Option o = (Option) other;
        return o.name.equals(name) && o.negated == negated && o.values.equals(values);
    }

    @Override
    public int hashCode() { return name.hashCode() * 31 + values.hashCode(); }

    @Override
    public String toString() {
        return (negated ? "! " : "") + name + (values.isEmpty() ? "" : " " + Words.join(values, " "));
    }
}
