package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** One option of a match or target in canonical form: its name, whether it is negated, and its values. */
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

    /** Makes an option that isn't negated. */
    public static Option of(String name, String... values) {
        return new Option(name, false, Arrays.asList(values));
    }

    /** The first of some options that has a name, or null. */
    public static Option find(List<Option> options, String name) {
        for (Option option : options) {
            if (option.name.equals(name)) { return option; }
        }
        return null;
    }

    /** The first value, or null for a flag. */
    public String value() { return values.isEmpty() ? null : values.get(0); }

    /** The name that it is, as written; or null. */
    public String word() { return value(); }

    private String text() { return values.isEmpty() ? "" : values.get(0); }

    /** The value as ports, read once; null when it isn't any. */
    public Ports ports() {
        Object ports = read;
        if (!(ports instanceof Ports)) {
            ports = Ports.parse(text());
            read = ports;
        }
        return (Ports) ports;
    }

    /** Both values as TCP flags; null when they aren't any. */
    public TcpFlags flags() {
        return values.size() == 2 ? TcpFlags.parse(values.get(0), values.get(1)) : null;
    }

    /** The value as states of a packet, read once; null when one is none (SNAT and DNAT of --ctstate). */
    @SuppressWarnings("unchecked")
    public Set<State> states() {
        Object states = read;
        if (!(states instanceof Set)) {
            states = State.set(text());
            read = states;
        }
        return (Set<State>) states;
    }

    /** First and last of the ICMP types and codes, see {@link IcmpNames#range}; null when it isn't that. */
    public int[] icmp(Family family) {
        return IcmpNames.range(text(), family);
    }

    /** Both ends of a range of addresses; null when it isn't one of that family. */
    public byte[][] addresses(Family family) {
        return Addresses.range(text(), family);
    }

    /** The six bytes of a hardware address, or null. */
    public byte[] mac() { return Addresses.mac(text()); }

    /** Value and mask of a mark, both in 32 bits, the mask all ones when it is left out; null when it isn't one. */
    public long[] masked() {
        int slash = text().indexOf('/');
        long value = Words.number(slash < 0 ? text() : text().substring(0, slash), 0xffffffffL);
        long mask = slash < 0 ? 0xffffffffL : Words.number(text().substring(slash + 1), 0xffffffffL);
        return value < 0 || mask < 0 ? null : new long[] {value, mask};
    }

    /** Whether the time of day, {@code hh:mm:ss}, is later than the other option's. */
    public boolean isAfter(Option other) {
        return text().compareTo(other.text()) > 0;
    }

    /** What a NAT target writes, {@code addresses:ports} or {@code [addresses]:ports}: without the ports. */
    public byte[][] natAddresses(Family family) {
        int end = portsAt(family);
        String text = end < 0 ? text() : text().substring(0, end);
        boolean brackets = text.length() > 1 && text.charAt(0) == '[' && text.endsWith("]");
        return Addresses.range(brackets ? text.substring(1, text.length() - 1) : text, family);
    }

    /** The ports that a NAT target writes, also those of --to-ports; null when there are none. */
    public Ports natPorts(Family family) {
        int at = name.equals("--to-ports") ? 0 : portsAt(family) + 1;
        return at == 0 && !name.equals("--to-ports") ? null : Ports.parse(text().substring(at).replace('-', ':'));
    }

    /** Where the colon before a NAT target's ports is, or -1. */
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
