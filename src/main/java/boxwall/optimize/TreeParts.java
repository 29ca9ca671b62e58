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
    /** Rules that belong to no part; they may stand before all parts. */
    final List<Rule> before;
    final List<List<Rule>> parts;

    private TreeParts(List<Rule> before, List<List<Rule>> parts) {
        this.before = before;
        this.parts = parts;
    }

    /** How many rules a packet is compared with if nothing is parted further. */
    int cost() {
        int largest = 0;
        for (List<Rule> part : parts) {
            largest = Math.max(largest, part.size());
        }
        return before.size() + parts.size() + largest;
    }

    /** By interface or protocol; null when that parts nothing. */
    static TreeParts byName(List<Rule> run, TreeKey by, Family family) {
        List<Rule> before = new ArrayList<>();
        List<Rule> inside = new ArrayList<>();
        Map<Negatable<String>, List<Rule>> parts = new LinkedHashMap<>();
        for (Rule rule : run) {
            if (!by.reads(rule, family)) {
                if (!mayLead(rule, inside)) { return null; }
                before.add(rule);
                continue;
            }
            if (!parts.containsKey(by.name(rule))) { parts.put(by.name(rule), new ArrayList<Rule>()); }
            parts.get(by.name(rule)).add(rule);
            inside.add(rule);
        }
        return parts.size() < 2 ? null : new TreeParts(before, new ArrayList<List<Rule>>(parts.values()));
    }

    /**
     * By the bits that follow those that all addresses have in common; null when a rule has no address, or nothing is
     * parted.
     *
     * @param most parts
     * @param enough rules of a part that needs no parting
     */
    static TreeParts byAddress(List<Rule> run, TreeKey by, int most, int enough) {
        Network common = common(run, by);
        if (common == null && !allRead(run, by)) { return null; }
        int prefix = common == null ? 0 : common.prefix;
        List<Rule> before = new ArrayList<>();
        List<Rule> inside = new ArrayList<>();
        for (Rule rule : run) {
            boolean whole = by.network(rule).value.prefix == prefix;
            if (whole && !mayLead(rule, inside)) { return null; }
            (whole ? before : inside).add(rule);
        }
        List<List<Rule>> parts = new ArrayList<>();
        parts.add(inside);
        while (parts.size() < most) {
            int largest = largest(parts, by);
            if (largest < 0 || parts.get(largest).size() <= enough) { break; }
            List<List<Rule>> halves = halves(parts.remove(largest), by);
            parts.addAll(largest, halves);
        }
        return parts.size() < 2 ? null : new TreeParts(before, parts);
    }

    private static boolean mayLead(Rule rule, List<Rule> earlier) {
        for (Rule each : earlier) {
            if (!RuleOrder.commute(each, rule)) { return false; }
        }
        return true;
    }

    private static boolean allRead(List<Rule> run, TreeKey by) {
        for (Rule rule : run) {
            if (!RuleOrder.hasPrefix(by.network(rule))) { return false; }
        }
        return true;
    }

    /** The largest part that a bit parts in two; -1 when there is none. */
    private static int largest(List<List<Rule>> parts, TreeKey by) {
        int found = -1;
        for (int i = 0; i < parts.size(); i++) {
            List<Rule> part = parts.get(i);
            if (part.size() > (found < 0 ? 1 : parts.get(found).size()) && halves(part, by) != null) { found = i; }
        }
        return found;
    }

    /** The rules with 0 and with 1 behind the common bits; null when one of them has no bit there. */
    private static List<List<Rule>> halves(List<Rule> part, TreeKey by) {
        Network common = common(part, by);
        int prefix = common == null ? 0 : common.prefix;
        List<List<Rule>> halves = new ArrayList<>();
        halves.add(new ArrayList<Rule>());
        halves.add(new ArrayList<Rule>());
        for (Rule rule : part) {
            Network network = by.network(rule).value;
            if (network.prefix == prefix) { return null; }
            halves.get(Prefixes.bit(network.address(), prefix) ? 1 : 0).add(rule);
        }
        return halves.get(0).isEmpty() || halves.get(1).isEmpty() ? null : halves;
    }

    /** The smallest network that holds those of all rules; null when a rule has none, or they begin differently. */
    private static Network common(List<Rule> rules, TreeKey by) {
        Network common = null;
        for (Rule rule : rules) {
            Negatable<Network> network = by.network(rule);
            if (!RuleOrder.hasPrefix(network)) { return null; }
            int bits = common == null ? network.value.prefix : Prefixes.common(common, network.value);
            if (bits == 0) { return null; }
            common = Network.ofPrefix(network.value.family, network.value.address(), bits);
        }
        return common;
    }

    /**
     * A rule without target that asks what all of them ask before any -m; null when that is nothing. Its origin is the
     * first one's file.
     */
    static Rule common(List<Rule> rules, Family family) {
        Rule.Builder all = new Rule.Builder(new Origin(rules.get(0).origin.file, 0));
        Network source = common(rules, TreeKey.SOURCE);
        Network destination = common(rules, TreeKey.DESTINATION);
        all.source(source == null ? null : Negatable.is(source))
                .destination(destination == null ? null : Negatable.is(destination));
        boolean asks = source != null || destination != null;
        for (TreeKey by : new TreeKey[] {TreeKey.IN, TreeKey.OUT, TreeKey.PROTOCOL}) {
            Negatable<String> name = by.name(rules.get(0));
            boolean same = by.reads(rules.get(0), family);
            for (Rule rule : rules) {
                same &= name != null && name.equals(by.name(rule));
            }
            if (same) {
                asks = true;
                if (by == TreeKey.IN) {
                    all.in(name);
                } else if (by == TreeKey.OUT) {
                    all.out(name);
                } else {
                    all.protocol(name);
                }
            }
        }
        return asks ? all.build() : null;
    }
}
