package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One rule of a chain: what every rule can ask (addresses, interfaces, protocol, fragment), the matches in their order,
 * and the target. Immutable; made by {@link Builder}. The origin is not part of equality: two rules that do the same
 * are equal.
 */
public final class Rule {
    /** -s, or null. */
    public final Negatable<Network> source;
    /** -d, or null. */
    public final Negatable<Network> destination;
    /** -i, or null; a name that ends in {@code +} means every name that starts so. */
    public final Negatable<String> in;
    /** -o, or null; as {@link #in}. */
    public final Negatable<String> out;
    /** -p as iptables-save prints it ({@code tcp}, {@code ipv6-icmp}, {@code 99}), or null for every protocol. */
    public final Negatable<String> protocol;
    /** -f (IPv4: second and later fragments only), or null. */
    public final Negatable<Boolean> fragment;
    private final List<Match> matches;
    /** The target, or null for a rule that only counts. */
    public final Target target;
    /** Where the user wrote it; never null. */
    public final Origin origin;

    private Rule(Builder b) {
        source = b.source;
        destination = b.destination;
        in = b.in;
        out = b.out;
        protocol = b.protocol;
        fragment = b.fragment;
        matches = Collections.unmodifiableList(new ArrayList<Match>(b.matches));
        target = b.target;
        origin = b.origin;
    }

    /** In their order, with what -p implies. */
    public List<Match> matches() { return matches; }

    /** The match of that name, or null. */
    public Match match(String name) {
        for (Match match : matches) {
            if (match.name.equals(name)) { return match; }
        }
        return null;
    }

    /** A builder that starts with everything of this rule. */
    public Builder copy() {
        Builder b = new Builder(origin);
        b.source = source;
        b.destination = destination;
        b.in = in;
        b.out = out;
        b.protocol = protocol;
        b.fragment = fragment;
        b.matches.addAll(matches);
        b.target = target;
        return b;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Rule)) { return false; }
        Rule r = (Rule) other;
        return same(source, r.source) && same(destination, r.destination) && same(in, r.in) && same(out, r.out)
                && same(protocol, r.protocol) && same(fragment, r.fragment) && same(target, r.target)
                && matches.equals(r.matches);
    }

    private static boolean same(Object a, Object b) { return a == null ? b == null : a.equals(b); }

    @Override
    public int hashCode() {
        int hash = matches.hashCode();
        Object[] parts = {source, destination, in, out, protocol, fragment, target};
        for (Object part : parts) {
            hash = hash * 31 + (part == null ? 0 : part.hashCode());
        }
        return hash;
    }

    /** Collects the parts of a rule; one builder makes one rule. */
    public static final class Builder {
        private final Origin origin;
        private final List<Match> matches = new ArrayList<>();
        private Negatable<Network> source;
        private Negatable<Network> destination;
        private Negatable<String> in;
        private Negatable<String> out;
        private Negatable<String> protocol;
        private Negatable<Boolean> fragment;
        private Target target;

        /** Starts a rule for every packet. */
        public Builder(Origin origin) { this.origin = origin; }

        public Builder source(Negatable<Network> value) {
            source = value;
            return this;
        }

        public Builder destination(Negatable<Network> value) {
            destination = value;
            return this;
        }

        public Builder in(Negatable<String> value) {
            in = value;
            return this;
        }

        public Builder out(Negatable<String> value) {
            out = value;
            return this;
        }

        public Builder protocol(Negatable<String> value) {
            protocol = value;
            return this;
        }

        public Builder fragment(Negatable<Boolean> value) {
            fragment = value;
            return this;
        }

        /** Adds a match after those already there. */
        public Builder match(Match match) {
            matches.add(match);
            return this;
        }

        /** Replaces all matches. */
        public Builder matches(List<Match> all) {
            List<Match> copy = new ArrayList<>(all);
            matches.clear();
            matches.addAll(copy);
            return this;
        }

        public Builder target(Target value) {
            target = value;
            return this;
        }

        public Rule build() { return new Rule(this); }
    }
}
