package boxwall.optimize;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns long lists into trees of chains: jumps by the first bits of the address, by interface or by protocol lead a
 * packet to the few rules that it may match. <pre>
 * -A INPUT -s 10.1.2.3/32 -j DROP               -A INPUT -s 8.0.0.0/5 -j bw_INPUT_1
 * -A INPUT -s 10.9.9.9/32 -j DROP         -&gt;    -A bw_INPUT_1 -s 10.1.2.3/32 -j DROP
 * … a hundred more that begin with 8 to 15      … and so on, in further chains
 * </pre> Rules stay unchanged, and those that one packet may match stay in their order: the packet passes the same ones
 * in sequence, so their counters stay right. A jump has only options that all rules of its chain have, and no line: its
 * origin is the file.
 */
final class Trees {
    /** Minimum length of a list: a shorter one is no slower than jumps. */
    static final int LIST_MIN = 16;
    /** Maximum rules of a chain that isn't split. Each chain takes some 480 bytes in the kernel. */
    private static final int LEAF_MAX = 8;
    /** Maximum jumps of one chain by address: half as many levels as with two, and hardly more jumps. */
    private static final int JUMPS_MAX = 4;
    /** XT_EXTENSION_MAXNAMELEN less the closing zero, as iptables before 1.4.18 counts it. */
    private static final int NAME_MAX = 28;

    /** The options by which a list is split, the best first. */
    private enum Key {
        SOURCE, DESTINATION, IN, OUT, PROTOCOL;

        boolean isAddress() { return this == SOURCE || this == DESTINATION; }

        /** Whether the rule has a single value. A jump must not match IPv6's protocol: headers may be malformed. */
        boolean isIn(Rule rule, Family family) {
            return isAddress() ? RuleOrder.hasPrefix(network(rule)) : this != PROTOCOL ? RuleOrder.isName(name(rule))
                    : family == Family.IPV4 && RuleOrder.isProtocol(rule.protocol);
        }

        private Negatable<Network> network(Rule rule) { return this == SOURCE ? rule.source : rule.destination; }

        private Negatable<String> name(Rule rule) {
            return this == IN ? rule.in : this == OUT ? rule.out : rule.protocol;
        }
    }

    /** A split list: a packet can match rules of at most one part, besides the rules before all parts. */
    private static final class Parts {
        /** The rules of no part; they may be moved before all parts. */
        final List<Rule> before = new ArrayList<>();
        final List<List<Rule>> parts = new ArrayList<>();

        /** Maximum number of rules with which a packet is compared if the parts aren't split. */
        int cost() {
            int largest = 0;
            for (List<Rule> part : parts) {
                largest = Math.max(largest, part.size());
            }
            return before.size() + parts.size() + largest;
        }

        /**
         * Splits by interface or protocol, or by the bits after the common prefix of all addresses; null when a rule
         * has no address, when the other rules can't be moved before the parts, or when there are fewer than two parts.
         */
        static Parts of(List<Rule> run, Key by, Family family) {
            int common = by.isAddress() ? commonBits(run, by) : 0;
            if (common < 0) { return null; }
            Parts found = new Parts();
            List<Rule> inside = new ArrayList<>();
            for (Rule rule : run) {
                boolean isPart = by.isAddress() ? by.network(rule).value.prefix > common : by.isIn(rule, family);
                if (!isPart && !mayLead(rule, inside)) { return null; }
                (isPart ? inside : found.before).add(rule);
            }
            found.parts.addAll(by.isAddress() ? byAddress(inside, by) : byName(inside, by));
            return found.parts.size() < 2 ? null : found;
        }

        private static Collection<List<Rule>> byName(List<Rule> rules, Key by) {
            Map<Negatable<String>, List<Rule>> parts = new LinkedHashMap<>();
            for (Rule rule : rules) {
                if (!parts.containsKey(by.name(rule))) { parts.put(by.name(rule), new ArrayList<Rule>()); }
                parts.get(by.name(rule)).add(rule);
            }
            return parts.values();
        }

        private static List<List<Rule>> byAddress(List<Rule> rules, Key by) {
            List<List<Rule>> parts = new ArrayList<>(Collections.singletonList(rules));
            while (parts.size() < JUMPS_MAX) {
                int largest = largest(parts, by);
                if (largest < 0 || parts.get(largest).size() <= LEAF_MAX) { break; }
                parts.addAll(largest, halves(parts.remove(largest), by));
            }
            return parts;
        }

        private static boolean mayLead(Rule rule, List<Rule> earlier) {
            for (Rule other : earlier) {
                if (!RuleOrder.commute(other, rule)) { return false; }
            }
            return true;
        }

        /** The index of the largest part that a bit splits; -1 when there is none. */
        private static int largest(List<List<Rule>> parts, Key by) {
            int found = -1;
            for (int i = 0; i < parts.size(); i++) {
                List<Rule> part = parts.get(i);
                if (part.size() > (found < 0 ? 1 : parts.get(found).size()) && halves(part, by) != null) { found = i; }
            }
            return found;
        }

        /** The rules with 0 and with 1 after the common bits; null when a rule's prefix ends there. */
        private static List<List<Rule>> halves(List<Rule> part, Key by) {
            int common = commonBits(part, by);
            List<List<Rule>> halves = new ArrayList<>();
            halves.add(new ArrayList<Rule>());
            halves.add(new ArrayList<Rule>());
            for (Rule rule : part) {
                Network network = by.network(rule).value;
                if (network.prefix == common) { return null; }
                halves.get(network.bit(common) ? 1 : 0).add(rule);
            }
            return halves.get(0).isEmpty() || halves.get(1).isEmpty() ? null : halves;
        }

        /** The length of the common prefix of all rules' addresses; -1 when a rule has no address. */
        private static int commonBits(List<Rule> rules, Key by) {
            int bits = -1;
            for (Rule rule : rules) {
                Negatable<Network> network = by.network(rule);
                if (!RuleOrder.hasPrefix(network)) { return -1; }
                bits = bits < 0 ? network.value.prefix
                        : Math.min(bits, by.network(rules.get(0)).value.common(network.value));
            }
            return bits;
        }
    }

    private final Family family;
    private final Set<String> users = new HashSet<>();
    private final Set<String> taken;
    private final List<Note> notes;
    /** The new chains. */
    final List<Chain> made = new ArrayList<>();
    private String chain;
    private int number;

    /** Makes trees for the chains of one table. */
    Trees(Family family, List<Chain> chains, List<Note> notes) {
        this.family = family;
        for (Chain user : chains) {
            users.add(user.name);
        }
        taken = new HashSet<>(users);
        this.notes = notes;
    }

    /** A chain's rules, with jumps for long lists. */
    List<Rule> of(Chain given) {
        chain = given.name;
        number = 0;
        List<Rule> rules = given.rules;
        for (Key by : Key.values()) {
            List<Rule> next = new ArrayList<>();
            int at = 0;
            while (at < rules.size()) {
                Cancelled.check();
                int end = at;
                while (end < rules.size() && movable(rules.get(end)) && by.isIn(rules.get(end), family)) {
                    end++;
                }
                next.addAll(
                        end - at < LIST_MIN ? rules.subList(at, Math.max(end, at + 1)) : tree(rules.subList(at, end)));
                at = Math.max(end, at + 1);
            }
            rules = next;
        }
        return rules.size() == given.rules.size() ? given.rules : rules;
    }

    /** Whether a rule may be moved to another chain: it decides, or jumps to a chain of the user's. RETURN may not. */
    private boolean movable(Rule rule) {
        Target target = rule.target;
        boolean jumps = target != null && !target.isGoto() && users.contains(target.name);
        return (jumps || RuleOrder.decides(rule)) && RuleOrder.readsPacketOnly(rule, family);
    }

    private List<Rule> tree(List<Rule> run) {
        int before = made.size();
        Rule common = common(run);
        List<Rule> body = common == null ? body(run) : Collections.singletonList(jump(common, run));
        int most = most(body);
        notes.add(new Note(run.get(0).origin,
                "begins a list of " + run.size() + " rules of " + chain + " that became " + (made.size() - before)
                        + " chains bw_*: a packet is compared with at most " + most + " of their rules"));
        return body;
    }

    private List<Rule> body(List<Rule> run) {
        Parts best = null;
        for (Key by : run.size() > LEAF_MAX ? Key.values() : new Key[0]) {
            Parts found = Parts.of(run, by, family);
            best = found != null && (best == null || found.cost() < best.cost()) ? found : best;
        }
        if (best == null || best.cost() >= run.size()) { return run; }
        List<Rule> body = new ArrayList<>(best.before);
        for (List<Rule> part : best.parts) {
            body.addAll(part.size() <= 2 ? part : Collections.singletonList(jump(common(part), part)));
        }
        return body;
    }

    private Rule jump(Rule common, List<Rule> part) {
        String name = name();
        made.add(new Chain(name, null, body(part)));
        return common.copy().target(Target.of(name)).build();
    }

    private String name() {
        String name;
        do {
            String end = "_" + ++number;
            String from = "bw_" + chain;
            name = from.substring(0, Math.min(from.length(), NAME_MAX - end.length())) + end;
        } while (!taken.add(name));
        return name;
    }

    /** Maximum number of rules with which a packet is compared: it enters one part of a body at most. */
    private int most(List<Rule> body) {
        int deepest = 0;
        for (Rule rule : body) {
            for (Chain tree : made) {
                deepest = rule.target.name.equals(tree.name) ? Math.max(deepest, most(tree.rules)) : deepest;
            }
        }
        return body.size() + deepest;
    }

    /** A rule with the options before any -m that all rules have, without target and line; null when there are none. */
    private Rule common(List<Rule> rules) {
        Rule first = rules.get(0);
        Rule.Builder all = new Rule.Builder(new Origin(first.origin.file, 0));
        all.source(network(rules, Key.SOURCE)).destination(network(rules, Key.DESTINATION)).in(name(rules, Key.IN))
                .out(name(rules, Key.OUT)).protocol(name(rules, Key.PROTOCOL));
        Rule common = all.build();
        return common.equals(new Rule.Builder(first.origin).build()) ? null : common;
    }

    private static Negatable<Network> network(List<Rule> rules, Key by) {
        int bits = Parts.commonBits(rules, by);
        Network first = bits <= 0 ? null : by.network(rules.get(0)).value;
        return first == null ? null : Negatable.is(Network.ofPrefix(first.family, first.address(), bits));
    }

    private Negatable<String> name(List<Rule> rules, Key by) {
        Negatable<String> name = by.isIn(rules.get(0), family) ? by.name(rules.get(0)) : null;
        for (Rule rule : rules) {
            if (name != null && !name.equals(by.name(rule))) { return null; }
        }
        return name;
    }
}
