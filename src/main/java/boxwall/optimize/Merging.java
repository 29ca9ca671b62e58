package boxwall.optimize;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Words;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Merges rules that differ only in ports into one with multiport, and rules that differ only in networks into one with
 * the network that contains both. They are in a sequence of plain rules with one target, where the order makes no
 * difference; the merged rule takes the place and the line of the first. <pre>
 * -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT        -A INPUT -p tcp -m tcp -m multiport --dports 22,80 -j ACCEPT
 * -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT   -&gt;
 * -A INPUT -s 10.0.0.0/25 -j DROP                    -A INPUT -s 10.0.0.0/24 -j DROP
 * -A INPUT -s 10.0.0.128/25 -j DROP
 * </pre> {@code -m tcp} stays: it drops truncated headers, which multiport treats differently.
 */
final class Merging {
    /** Limit of ports in one multiport; a range counts twice (XT_MULTI_PORTS of xt_multiport.h). */
    private static final int PORTS_MAX = 15;
    private static final int LINES_NAMED = 8;

    /** The options that are merged, in this order. */
    private enum Side {
        SOURCE(null), DESTINATION(null), DPORT("--dport"), SPORT("--sport");

        private final String option;

        Side(String option) { this.option = option; }

        boolean isPort() { return option != null; }
    }

    /** A network with the rules that it replaces; sorted by address, the wider network first. */
    private static final class Union implements Comparable<Union> {
        final Network network;
        /** The indexes of the rules; sorted before they are merged. */
        final List<Integer> places;

        private Union(Network network, List<Integer> places) {
            this.network = network;
            this.places = places;
        }

        @Override
        public int compareTo(Union other) {
            byte[] a = network.address();
            byte[] b = other.network.address();
            for (int i = 0; i < a.length; i++) {
                if (a[i] != b[i]) { return (a[i] & 255) - (b[i] & 255); }
            }
            return network.prefix - other.network.prefix;
        }
    }

    private final Family family;
    private final List<Note> notes;

    Merging(Family family, List<Note> notes) {
        this.family = family;
        this.notes = notes;
    }

    /** Merges a chain's rules. */
    List<Rule> of(List<Rule> rules, boolean multiport) {
        List<Rule> all = new ArrayList<>();
        int at = 0;
        while (at < rules.size()) {
            int end = at + 1;
            if (RuleOrder.isPlain(rules.get(at), family)) {
                while (end < rules.size() && RuleOrder.isPlain(rules.get(end), family)
                        && rules.get(end).target.equals(rules.get(at).target)) {
                    end++;
                }
            }
            List<Rule> run = rules.subList(at, end);
            all.addAll(end - at == 1 ? run : merged(run, multiport));
            at = end;
        }
        return all;
    }

    private List<Rule> merged(List<Rule> run, boolean multiport) {
        List<Rule> rules = run;
        for (Side side : Side.values()) {
            rules = side.isPort() && !multiport ? rules : merged(rules, side);
        }
        return rules;
    }

    /** Merges rules that differ only in one option. */
    private List<Rule> merged(List<Rule> run, Side side) {
        Rule[] result = run.toArray(new Rule[0]);
        Map<Rule, List<Integer>> groups = new LinkedHashMap<>();
        Rule last = null;
        for (int i = 0; i < run.size(); i++) {
            Cancelled.check();
            Rule key = key(run.get(i), side);
            if (key != null && !side.isPort() && RuleOrder.readsHeader(key) && !key.equals(last)
                    && groups.containsKey(key)) {
                // rules that read a header keep their order: only neighbours are merged
                mergeNetworks(groups.remove(key), side, result);
            }
            if (key != null && !groups.containsKey(key)) { groups.put(key, new ArrayList<Integer>()); }
            if (key != null) { groups.get(key).add(Integer.valueOf(i)); }
            last = key;
        }
        for (Map.Entry<Rule, List<Integer>> group : groups.entrySet()) {
            if (side.isPort()) {
                mergePorts(group.getKey(), group.getValue(), side, result);
            } else {
                mergeNetworks(group.getValue(), side, result);
            }
        }
        List<Rule> left = new ArrayList<>(Arrays.asList(result));
        left.removeAll(Collections.singleton(null));
        return left;
    }

    /** The rule without an option; null when it lacks the option, or has a value that can't be merged. */
    private static Rule key(Rule rule, Side side) {
        if (side.isPort()) { return portless(rule, side.option); }
        return RuleOrder.hasPrefix(network(rule, side)) ? with(rule, side, null) : null;
    }

    private static Negatable<Network> network(Rule rule, Side side) {
        return side == Side.SOURCE ? rule.source : rule.destination;
    }

    private static Rule with(Rule rule, Side side, Network network) {
        Negatable<Network> value = network == null ? null : Negatable.is(network);
        return (side == Side.SOURCE ? rule.copy().source(value) : rule.copy().destination(value)).build();
    }

    private void mergeNetworks(List<Integer> places, Side side, Rule[] result) {
        List<Union> single = new ArrayList<>();
        for (Integer place : places) {
            single.add(
                    new Union(network(result[place], side).value, new ArrayList<>(Collections.singletonList(place))));
        }
        for (Union union : unions(single)) {
            if (union.places.size() > 1) {
                Collections.sort(union.places);
                Rule merged = with(result[union.places.get(0)], side, union.network);
                replace(union.places, merged, "as " + union.network, result);
            }
        }
    }

    /** The fewest networks with the same addresses; halves are united, but never to the network of all addresses. */
    private static List<Union> unions(List<Union> single) {
        Collections.sort(single);
        List<Union> united = new ArrayList<>();
        for (Union next : single) {
            Union top = next;
            while (!united.isEmpty()) {
                Union before = united.get(united.size() - 1);
                Network both =
                        before.network.containsAll(top.network) ? before.network : parent(before.network, top.network);
                if (both == null) { break; }
                united.remove(united.size() - 1);
                before.places.addAll(top.places);
                top = new Union(both, before.places);
            }
            united.add(top);
        }
        return united;
    }

    /** The network of which these two are the halves, or null. */
    private static Network parent(Network a, Network b) {
        int prefix = a.prefix;
        boolean halves = prefix > 1 && b.prefix == prefix && a.common(b) == prefix - 1;
        return halves ? Network.ofPrefix(a.family, a.address(), prefix - 1) : null;
    }

    /** The rule without its source or destination ports; null when {@code -m tcp} or {@code udp} names none. */
    private static Rule portless(Rule rule, String side) {
        Match match = reader(rule);
        if (match == null || rule.match("multiport") != null || match.option(side) == null
                || match.option(side).negated) {
            return null;
        }
        List<Option> others = new ArrayList<>(match.options);
        others.remove(match.option(side));
        List<Match> matches = new ArrayList<>(rule.matches);
        matches.set(matches.indexOf(match), new Match(match.name, others));
        return rule.copy().matches(matches).build();
    }

    private static Match reader(Rule rule) {
        boolean named = rule.protocol != null && !rule.protocol.negated;
        return !named || !rule.protocol.value.equals("tcp") && !rule.protocol.value.equals("udp") ? null
                : rule.match(rule.protocol.value);
    }

    private void mergePorts(Rule key, List<Integer> places, Side side, Rule[] result) {
        Set<String> ports = new LinkedHashSet<>();
        List<Integer> parts = new ArrayList<>();
        int weight = 0;
        for (Integer place : places) {
            Ports named = reader(result[place]).option(side.option).ports();
            int more = ports.contains(named.toString()) ? 0 : named.count() == 1 ? 1 : 2;
            if (weight + more > PORTS_MAX) {
                put(key, parts, ports, side, result);
                ports.clear();
                parts.clear();
                weight = 0;
            }
            ports.add(named.toString());
            parts.add(place);
            weight += more;
        }
        put(key, parts, ports, side, result);
    }

    private void put(Rule key, List<Integer> parts, Set<String> ports, Side side, Rule[] result) {
        if (parts.size() < 2) { return; }
        Rule first = result[parts.get(0)];
        List<Match> matches = new ArrayList<>(key.matches);
        Match multiport = Match.of("multiport", Option.of(side.option + "s", Words.join(ports, ",")));
        matches.add(matches.indexOf(reader(key)) + 1, multiport);
        // a copy of the first, for its line
        Rule merged = ports.size() == 1 ? first : first.copy().matches(matches).build();
        replace(parts, merged, "as " + side.option + "s " + Words.join(ports, ","), result);
    }

    /** Replaces several rules by one, at the place of the first; a note has the lines of the others. */
    private void replace(List<Integer> places, Rule merged, String how, Rule[] result) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < places.size(); i++) {
            if (i > 0 && i <= LINES_NAMED) { lines.append(i == 1 ? "" : ", ").append(result[places.get(i)].origin); }
            result[places.get(i)] = i == 0 ? merged : null;
        }
        int more = places.size() - 1 - LINES_NAMED;
        notes.add(new Note(merged.origin,
                "stands for " + lines + (more > 0 ? " and " + more + " more" : "") + " as well, " + how));
    }
}
