package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * One option of a match or target, in canonical form: {@code ! --dports 80,443} is name {@code --dports}, negated, one
 * value.
 */
public final class Option {
    public final String name;
    public final boolean negated;
    public final List<String> values;
    private Ports ports;
    private TcpFlags flags;
    private Set<State> states;

    /**
     * Makes an option.
     *
     * @param name with its dashes, as iptables-save prints it
     * @param values unquoted; empty for a flag
     */
    public Option(String name, boolean negated, List<String> values) {
        this.name = name;
        this.negated = negated;
        this.values = Collections.unmodifiableList(new ArrayList<String>(values));
    }

    /** Makes an option that isn't negated. */
    public static Option of(String name, String... values) {
        return new Option(name, false, Arrays.asList(values));
    }

    /** The first value, or null for a flag. */
    public String value() { return values.isEmpty() ? null : values.get(0); }

    /** The value as ports, read once; null when it isn't any. */
    public Ports ports() {
        ports = ports == null && !values.isEmpty() ? Ports.parse(value()) : ports;
        return ports;
    }

    /** Both values as TCP flags, read once; null when they aren't any. */
    public TcpFlags flags() {
        flags = flags == null && values.size() == 2 ? TcpFlags.parse(values.get(0), values.get(1)) : flags;
        return flags;
    }

    /** The value as states of a packet, read once; null when one is none (SNAT and DNAT of --ctstate). */
    public Set<State> states() {
        states = states == null && !values.isEmpty() ? State.set(value()) : states;
        return states;
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
        StringBuilder out = new StringBuilder(negated ? "! " : "").append(name);
        for (String value : values) {
            out.append(' ').append(value);
        }
        return out.toString();
    }
}
