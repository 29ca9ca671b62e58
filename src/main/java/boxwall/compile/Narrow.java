package boxwall.compile;

import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;

/** A rule narrowed by the addresses, interfaces and the protocol that another rule asks for: what fits both. */
final class Narrow {
    private boolean fits = true;

    private Narrow() {
    }

    /** The rule with the other's conditions too, matches aside; null when no packet fits both, or one rule can't ask for both. */
    static Rule by(Rule rule, Rule other) {
        Narrow narrow = new Narrow();
        Rule narrowed = rule.copy().source(narrow.networks(rule.source(), other.source()))
                .destination(narrow.networks(rule.destination(), other.destination())).in(narrow.words(rule.in(), other.in()))
                .out(narrow.words(rule.out(), other.out())).protocol(narrow.words(rule.protocol(), other.protocol())).build();
        boolean fragments = other.fragment() != null && !other.fragment().equals(rule.fragment());
        return narrow.fits && !fragments ? narrowed : null;
    }

    private Negatable<Network> networks(Negatable<Network> a, Negatable<Network> b) {
        if (a == null || b == null || a.equals(b)) {
            return a == null ? b : a;
        }
        if (!a.negated() && !b.negated()) {
            fits &= a.value().containsAll(b.value()) || b.value().containsAll(a.value());
            return a.value().containsAll(b.value()) ? b : a;
        }
        Negatable<Network> positive = a.negated() ? b : a;
        Negatable<Network> negative = a.negated() ? a : b;
        // an address out of a network that isn't wholly on one side of the exception would need two conditions
        fits &= !positive.negated() && !negative.value().containsAll(positive.value())
                && !positive.value().containsAll(negative.value());
        return positive;
    }

    private Negatable<String> words(Negatable<String> a, Negatable<String> b) {
        if (a == null || b == null || a.equals(b)) {
            return a == null ? b : a;
        }
        boolean open = a.value().endsWith("+") || b.value().endsWith("+");
        fits &= !open && a.negated() != b.negated() && !a.value().equals(b.value());
        return a.negated() ? b : a;
    }
}
