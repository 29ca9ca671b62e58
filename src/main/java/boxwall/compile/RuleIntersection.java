package boxwall.compile;

import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;

/** The packets that two rules both match, by addresses, interfaces, protocol and fragment; matches are not compared. */
final class RuleIntersection {
    /** The first rule with the other's conditions too; null if no packet meets both, or it takes two rules. */
    final Rule rule;
    /** Whether packets may meet both, but one rule can't express both conditions. */
    final boolean needsTwoRules;
    private boolean empty;
    private boolean inexpressible;

    RuleIntersection(Rule a, Rule b) {
        empty = b.fragment != null && a.fragment != null && !b.fragment.equals(a.fragment);
        Rule both = a.copy().source(networks(a.source, b.source)).destination(networks(a.destination, b.destination))
                .in(names(a.in, b.in)).out(names(a.out, b.out)).protocol(names(a.protocol, b.protocol))
                .fragment(a.fragment != null ? a.fragment : b.fragment).build();
        rule = empty || inexpressible ? null : both;
        needsTwoRules = inexpressible && !empty;
    }

    private Negatable<Network> networks(Negatable<Network> a, Negatable<Network> b) {
        if (a == null || b == null) { return a == null ? b : a; }
        boolean prefixes = a.value.prefix >= 0 && b.value.prefix >= 0;
        return both(a, b, a.value.containsAll(b.value), b.value.containsAll(a.value), prefixes);
    }

    /** Protocols, or interfaces, also by prefix ({@code eth+}). */
    private Negatable<String> names(Negatable<String> a, Negatable<String> b) {
        if (a == null || b == null) { return a == null ? b : a; }
        return both(a, b, contains(a.value, b.value), contains(b.value, a.value), true);
    }

    /** {@code nested}: of two values that overlap, one contains the other. */
    private <T> Negatable<T> both(Negatable<T> a, Negatable<T> b, boolean aHasB, boolean bHasA, boolean nested) {
        if (a.equals(b)) { return a; }
        if (a.negated == b.negated) {
            // of two exceptions the wider one is enough
            empty |= !a.negated && !aHasB && !bHasA && nested;
            inexpressible |= !aHasB && !bHasA && (a.negated || !nested);
            return aHasB == a.negated ? a : b;
        }
        boolean exceptionHasAll = a.negated ? aHasB : bHasA;
        boolean exceptionWithin = a.negated ? bHasA : aHasB;
        empty |= exceptionHasAll;
        // values on both sides of the exception would need two conditions
        inexpressible |= !exceptionHasAll && (exceptionWithin || !nested);
        return a.negated ? b : a;
    }

    private static boolean contains(String prefix, String name) {
        return prefix.endsWith("+") ? name.startsWith(prefix.substring(0, prefix.length() - 1)) : prefix.equals(name);
    }
}
