package boxwall.compile;

import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;

/** A rule narrowed by the addresses, interfaces and the protocol that another rule asks for: what fits both. */
final class RuleIntersection {
    /** No packet fits both. */
    private boolean apart;
    /** Some may fit both, but one rule can't ask for that. */
    private boolean needsTwo;

    /** The rule with the other's conditions too, matches aside; null when nothing fits both, or it takes two. */
    static Rule by(Rule rule, Rule other) {
        RuleIntersection found = new RuleIntersection();
        Rule narrowed = found.both(rule, other);
        return found.apart || found.needsTwo ? null : narrowed;
    }

    /** Whether some packet may fit both although {@link #by} has no rule for them. */
    static boolean needsTwo(Rule rule, Rule other) {
        RuleIntersection found = new RuleIntersection();
        found.both(rule, other);
        return found.needsTwo && !found.apart;
    }

    private Rule both(Rule rule, Rule other) {
        apart |= other.fragment != null && rule.fragment != null && !other.fragment.equals(rule.fragment);
        return rule.copy().source(networks(rule.source, other.source))
                .destination(networks(rule.destination, other.destination)).in(words(rule.in, other.in))
                .out(words(rule.out, other.out)).protocol(words(rule.protocol, other.protocol))
                .fragment(rule.fragment != null ? rule.fragment : other.fragment).build();
    }

    private Negatable<Network> networks(Negatable<Network> a, Negatable<Network> b) {
        if (a == null || b == null) { return a == null ? b : a; }
        boolean prefixes = a.value.prefix >= 0 && b.value.prefix >= 0;
        return both(a, b, a.value.containsAll(b.value), b.value.containsAll(a.value), prefixes);
    }

    /** Names, of interfaces also their beginnings ({@code eth+}). */
    private Negatable<String> words(Negatable<String> a, Negatable<String> b) {
        return a == null || b == null ? a == null ? b : a
                : both(a, b, has(a.value, b.value), has(b.value, a.value), true);
    }

    /** {@code nested}: of two that have values in common, one has all of the other's. */
    private <T> Negatable<T> both(Negatable<T> a, Negatable<T> b, boolean aHasB, boolean bHasA, boolean nested) {
        if (a.equals(b)) { return a; }
        if (a.negated == b.negated) {
            // of two exceptions the wider one is enough
            apart |= !a.negated && !aHasB && !bHasA && nested;
            needsTwo |= !aHasB && !bHasA && (a.negated || !nested);
            return aHasB == a.negated ? a : b;
        }
        boolean exceptionHasAll = a.negated ? aHasB : bHasA;
        boolean exceptionWithin = a.negated ? bHasA : aHasB;
        apart |= exceptionHasAll;
        // what isn't wholly on one side of the exception would need two conditions
        needsTwo |= !exceptionHasAll && (exceptionWithin || !nested);
        return a.negated ? b : a;
    }

    private static boolean has(String wide, String name) {
        return wide.endsWith("+") ? name.startsWith(wide.substring(0, wide.length() - 1)) : wide.equals(name);
    }
}
