package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A rule of a chain: the general matches (addresses, interfaces, protocol, fragment), the matches of extensions in
 * their order, and the target. The origin is not part of equality: two rules that do the same are equal.
 */
public final class Rule {
    private static final String[] GENERAL = {"-s", "-d", "-i", "-o", "-p", "-f"};

    /** -s, or null. */
    public final Negatable<Network> source;
    /** -d, or null. */
    public final Negatable<Network> destination;
    /** -i, or null; a name that ends in {@code +} is a prefix. */
    public final Negatable<String> in;
    /** -o, or null; as {@link #in}. */
    public final Negatable<String> out;
    /** -p as iptables-save prints it ({@code tcp}, {@code ipv6-icmp}, {@code 99}), or null for every protocol. */
    public final Negatable<String> protocol;
    /** -f (IPv4: second and later fragments only), or null. */
    public final Negatable<Boolean> fragment;
    /** In their order, including those that -p implies. */
    public final List<Match> matches;
    /** The target, or null for a rule that only counts. */
    public final Target target;
    /** Never null. */
    public final Origin origin;

    private final Object[] parts;

    @SuppressWarnings("unchecked")
    private Rule(Builder b) {
        parts = b.parts;
        source = (Negatable<Network>) parts[0];
        destination = (Negatable<Network>) parts[1];
        in = (Negatable<String>) parts[2];
        out = (Negatable<String>) parts[3];
        protocol = (Negatable<String>) parts[4];
        fragment = (Negatable<Boolean>) parts[5];
        target = (Target) parts[6];
        matches = Collections.unmodifiableList(new ArrayList<>(b.matches));
        origin = b.origin;
    }

    /** The match of that name, or null. */
    public Match match(String name) {
        for (Match match : matches) {
            if (match.name.equals(name)) { return match; }
        }
        return null;
    }

    /** A builder with all parts of this rule. */
    public Builder copy() {
        return new Builder(origin, parts.clone()).matches(matches);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rule && Arrays.equals(parts, ((Rule) other).parts)
                && matches.equals(((Rule) other).matches);
    }

    @Override
    public int hashCode() { return matches.hashCode() * 31 + Arrays.hashCode(parts); }

    /** Prints the general matches like iptables-save, each after a blank. */
    public void printGeneral(StringBuilder out) {
        for (int i = 0; i < GENERAL.length; i++) {
            Negatable<?> value = (Negatable<?>) parts[i];
            if (value != null) {
                out.append(value.negated ? " ! " : " ").append(GENERAL[i]);
                if (value != fragment) { out.append(' ').append(value.value); }
            }
        }
    }

    /** For people, {@code -s 10.0.0.0/8 -p tcp -j ACCEPT}; not for the kernel, because nothing is quoted. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        printGeneral(out);
        for (Match match : matches) {
            out.append(' ').append(match);
        }
        return out.append(' ').append(target == null ? "(counts only)" : target.toString()).substring(1);
    }

    /** Collects the parts of a single rule. */
    public static final class Builder {
        private final Origin origin;
        private final Object[] parts;
        private final List<Match> matches = new ArrayList<>();

        /** Starts a rule for every packet. */
        public Builder(Origin origin) { this(origin, new Object[7]); }

        private Builder(Origin origin, Object[] parts) {
            this.origin = origin;
            this.parts = parts;
        }

        private Builder set(int part, Object value) {
            parts[part] = value;
            return this;
        }

        public Builder source(Negatable<Network> value) { return set(0, value); }

        public Builder destination(Negatable<Network> value) { return set(1, value); }

        public Builder in(Negatable<String> value) { return set(2, value); }

        public Builder out(Negatable<String> value) { return set(3, value); }

        public Builder protocol(Negatable<String> value) { return set(4, value); }

        public Builder fragment(Negatable<Boolean> value) { return set(5, value); }

        public Builder target(Target value) { return set(6, value); }

        /** Appends a match. */
        public Builder match(Match match) {
            matches.add(match);
            return this;
        }

        /** Replaces all matches. */
        public Builder matches(List<Match> all) {
            matches.clear();
            matches.addAll(all);
            return this;
        }

        public Rule build() { return new Rule(this); }
    }
}
