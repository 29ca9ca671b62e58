package boxwall.optimize;

import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A list of rules in parts that no packet matches rules of two of, and before them what is in none. Each part keeps its
 * order.
 */
final class TreeParts {
    /** What a list of rules can be parted by, the best first. */
    enum Key {
        SOURCE, DESTINATION, IN, OUT, PROTOCOL;

        boolean isAddress() { return this == SOURCE || this == DESTINATION; }

        /**
         * Whether the rule names one value of it. IPv6's protocol stands behind headers that may be broken: a jump must
         * not look for it.
         */
        boolean reads(Rule rule, Family family) {
            return isAddress() ? RuleOrder.hasPrefix(network(rule)) : this != PROTOCOL ? RuleOrder.isName(name(rule))
                    : family == Family.IPV4 && RuleOrder.isProtocol(rule.protocol);
        }

        private Negatable<Network> network(Rule rule) { return this == SOURCE ? rule.source : rule.destination; }

        private Negatable<String> name(Rule rule) {
            return this == IN ? rule.in : this == OUT ? rule.out : rule.protocol;
        }
    }

    /** Rules that belong to no part; they may stand before all parts. */
    final List<Rule> before = new ArrayList<>();
    final List<List<Rule>> parts = new ArrayList<>();

    /** How many rules a packet is compared with if nothing is parted further. */
    int cost() {
        int largest = 0;
        for (List<Rule> part : parts) {
            largest = Math.max(largest, part.size());
        }
        return before.size() + parts.size() + largest;
    }

    /** By interface or protocol; null when that parts nothing. */
    static TreeParts byName(List<Rule> run, Key by, Family family) {
        TreeParts found = new TreeParts();
        List<Rule> inside = new ArrayList<>();
        Map<Negatable<String>, List<Rule>> parts = new LinkedHashMap<>();
        for (Rule rule : run) {
            if (!by.reads(rule, family)) {
                if (!mayLead(rule, inside)) { return null; }
                found.before.add(rule);
                continue;
            }
            if (!parts.containsKey(by.name(rule))) { parts.put(by.name(rule), new ArrayList<Rule>()); }
            parts.get(by.name(rule)).add(rule);
            inside.add(rule);
        }
        found.parts.addAll(parts.values());
        return parts.size() < 2 ? null : found;
    }

    /**
     * By the bits that follow those that all addresses have in common; null when a rule has no address, or nothing is
     * parted.
     *
     * @param most parts
     * @param enough rules of a part that needs no parting
     */
    static TreeParts byAddress(List<Rule> run, Key by, int most, int enough) {
        int common = commonBits(run, by);
        if (common < 0) { return null; }
        TreeParts found = new TreeParts();
        List<Rule> inside = new ArrayList<>();
        for (Rule rule : run) {
            boolean whole = by.network(rule).value.prefix == common;
            if (whole && !mayLead(rule, inside)) { return null; }
            (whole ? found.before : inside).add(rule);
        }
        found.parts.add(inside);
        while (found.parts.size() < most) {
            int largest = found.largest(by);
            if (largest < 0 || found.parts.get(largest).size() <= enough) { break; }
            found.parts.addAll(largest, halves(found.parts.remove(largest), by));
        }
        return found.parts.size() < 2 ? null : found;
    }

    private static boolean mayLead(Rule rule, List<Rule> earlier) {
        for (Rule each : earlier) {
            if (!RuleOrder.commute(each, rule)) { return false; }
        }
        return true;
    }

    /** The largest part that a bit parts in two; -1 when there is none. */
    private int largest(Key by) {
        int found = -1;
        for (int i = 0; i < parts.size(); i++) {
            List<Rule> part = parts.get(i);
            if (part.size() > (found < 0 ? 1 : parts.get(found).size()) && halves(part, by) != null) { found = i; }
        }
        return found;
    }

    /** The rules with 0 and with 1 behind the common bits; null when one of them has no bit there. */
    private static List<List<Rule>> halves(List<Rule> part, Key by) {
        int common = commonBits(part, by);
        List<List<Rule>> halves = new ArrayList<>();
        halves.add(new ArrayList<Rule>());
        halves.add(new ArrayList<Rule>());
        for (Rule rule : part) {
            Network network = by.network(rule).value;
            if (network.prefix == common) { return null; }
            halves.get(Prefixes.bit(network.address(), common) ? 1 : 0).add(rule);
        }
        return halves.get(0).isEmpty() || halves.get(1).isEmpty() ? null : halves;
    }

    /** How many leading bits the addresses of all rules have in common; -1 when a rule names none. */
    private static int commonBits(List<Rule> rules, Key by) {
        int bits = -1;
        for (Rule rule : rules) {
            Negatable<Network> network = by.network(rule);
            if (!RuleOrder.hasPrefix(network)) { return -1; }
            bits = bits < 0 ? network.value.prefix
                    : Math.min(bits, Prefixes.common(by.network(rules.get(0)).value, network.value));
        }
        return bits;
    }

    /**
     * A rule without target that asks what all of them ask before any -m; null when that is nothing. Its origin is the
     * first one's file.
     */
    static Rule common(List<Rule> rules, Family family) {
        Rule first = rules.get(0);
        Rule.Builder all = new Rule.Builder(new Origin(first.origin.file, 0));
        all.source(network(rules, Key.SOURCE)).destination(network(rules, Key.DESTINATION))
                .in(name(rules, Key.IN, family)).out(name(rules, Key.OUT, family))
                .protocol(name(rules, Key.PROTOCOL, family));
        Rule common = all.build();
        return common.equals(new Rule.Builder(first.origin).build()) ? null : common;
    }

    private static Negatable<Network> network(List<Rule> rules, Key by) {
        int bits = commonBits(rules, by);
        Network first = bits <= 0 ? null : by.network(rules.get(0)).value;
        return first == null ? null : Negatable.is(Network.ofPrefix(first.family, first.address(), bits));
    }

    private static Negatable<String> name(List<Rule> rules, Key by, Family family) {
        Negatable<String> name = by.reads(rules.get(0), family) ? by.name(rules.get(0)) : null;
        for (Rule rule : rules) {
            if (name != null && !name.equals(by.name(rule))) { return null; }
        }
        return name;
    }
}
