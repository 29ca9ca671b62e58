package boxwall.optimize;

import boxwall.netfilter.Abandoned;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules alike but for one port become one with multiport, rules alike but for one network become one with the network
 * that holds both. All of them stand in a row of plain rules with one target, where order means nothing; the merged
 * rule stands in the place of the first and has its line. <pre>
 * -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT        -A INPUT -p tcp -m tcp -m multiport --dports 22,80 -j ACCEPT
 * -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT   -&gt;
 * -A INPUT -s 10.0.0.0/25 -j DROP                    -A INPUT -s 10.0.0.0/24 -j DROP
 * -A INPUT -s 10.0.0.128/25 -j DROP
 * </pre> {@code -m tcp} stays: it drops a cut-off header, which multiport alone does otherwise.
 */
final class Merging {
    /** Ports that one multiport holds; a range takes two places (XT_MULTI_PORTS of xt_multiport.h). */
    private static final int PORTS_MAX = 15;
    private static final int LINES_NAMED = 8;

    private final Family family;
    private final List<Note> notes;

    Merging(Family family, List<Note> notes) {
        this.family = family;
        this.notes = notes;
    }

    /** A chain's rules with what can be merged merged. */
    List<Rule> of(List<Rule> rules, boolean multiport) {
        List<Rule> all = new ArrayList<>();
        int at = 0;
        while (at < rules.size()) {
            int end = at + 1;
            if (RuleOrder.is(rules.get(at), family)) {
                while (end < rules.size() && RuleOrder.is(rules.get(end), family)
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
        for (boolean source : new boolean[] {true, false}) {
            rules = networks(rules, source);
        }
        for (String side : multiport ? new String[] {"--dport", "--sport"} : new String[0]) {
            rules = ports(rules, side);
        }
        return rules;
    }

    /** The rules of a run that are alike but for one thing, each with its place in the run. */
    private static final class Group {
        private final List<Integer> places = new ArrayList<>();
        private final List<Rule> rules = new ArrayList<>();

        void add(int place, Rule rule) {
            places.add(Integer.valueOf(place));
            rules.add(rule);
        }
    }

    // ---- networks

    private List<Rule> networks(List<Rule> run, boolean source) {
        Rule[] result = run.toArray(new Rule[0]);
        Map<Rule, Group> groups = new LinkedHashMap<>();
        Rule last = null;
        for (int i = 0; i < run.size(); i++) {
            Abandoned.check();
            Rule rule = run.get(i);
            Rule key = RuleOrder.hasPrefix(source ? rule.source : rule.destination) ? with(rule, source, null) : null;
            // rules that read a header keep their order among others: only neighbours are merged
            Group group = key == null || RuleOrder.readsHeader(key) && !key.equals(last) ? null : groups.get(key);
            if (key != null && group == null) {
                finish(groups.remove(key), source, result);
                group = new Group();
                groups.put(key, group);
            }
            if (key != null) { group.add(i, rule); }
            last = key;
        }
        for (Group group : groups.values()) {
            finish(group, source, result);
        }
        return left(result);
    }

    private static Rule with(Rule rule, boolean source, Network network) {
        Negatable<Network> value = network == null ? null : Negatable.is(network);
        return (source ? rule.copy().source(value) : rule.copy().destination(value)).build();
    }

    private void finish(Group group, boolean source, Rule[] result) {
        if (group == null || group.rules.size() < 2) { return; }
        List<Network> all = new ArrayList<>();
        for (Rule rule : group.rules) {
            all.add((source ? rule.source : rule.destination).value);
        }
        for (Prefixes.Sum sum : Prefixes.sums(all)) {
            List<Rule> parts = new ArrayList<>();
            for (Integer each : sum.members) {
                int member = each.intValue();
                parts.add(group.rules.get(member));
                result[group.places.get(member).intValue()] = null;
            }
            Rule first = parts.get(0);
            boolean alone = parts.size() == 1;
            result[group.places.get(sum.members.get(0).intValue()).intValue()] =
                    alone ? first : with(first, source, sum.network);
            if (!alone) { note(parts, "as " + sum.network); }
        }
    }

    // ---- ports

    private List<Rule> ports(List<Rule> run, String side) {
        Rule[] result = run.toArray(new Rule[0]);
        Map<Rule, Group> groups = new LinkedHashMap<>();
        for (int i = 0; i < run.size(); i++) {
            Rule key = portless(run.get(i), side);
            if (key != null) {
                if (!groups.containsKey(key)) { groups.put(key, new Group()); }
                groups.get(key).add(i, run.get(i));
            }
        }
        for (Map.Entry<Rule, Group> each : groups.entrySet()) {
            finish(each.getKey(), each.getValue(), side, result);
        }
        return left(result);
    }

    /**
     * The rule without its ports of that side; null when it names none, or names them in another way than by
     * {@code -m tcp} or {@code udp}.
     */
    private static Rule portless(Rule rule, String side) {
        Match match = reader(rule);
        if (match == null || rule.match("multiport") != null || match.option(side) == null
                || match.option(side).negated) {
            return null;
        }
        List<Option> others = new ArrayList<>(match.options);
        others.remove(match.option(side));
        List<Match> matches = new ArrayList<>(rule.matches());
        matches.set(matches.indexOf(match), new Match(match.name, others));
        return rule.copy().matches(matches).build();
    }

    private static Match reader(Rule rule) {
        boolean one = rule.protocol != null && !rule.protocol.negated;
        return !one || !rule.protocol.value.equals("tcp") && !rule.protocol.value.equals("udp") ? null
                : rule.match(rule.protocol.value);
    }

    private void finish(Rule key, Group group, String side, Rule[] result) {
        Set<String> ports = new LinkedHashSet<>();
        List<Integer> members = new ArrayList<>();
        int weight = 0;
        for (int i = 0; i <= group.rules.size(); i++) {
            Ports asked = i == group.rules.size() ? null : reader(group.rules.get(i)).option(side).ports();
            String port = asked == null ? null : asked.toString();
            int more = port == null ? PORTS_MAX + 1 : ports.contains(port) ? 0 : asked.count() == 1 ? 1 : 2;
            if (weight + more > PORTS_MAX) {
                put(key, group, members, ports, side, result);
                ports.clear();
                members.clear();
                weight = 0;
            }
            ports.add(port);
            members.add(Integer.valueOf(i));
            weight += more;
        }
    }

    private void put(Rule key, Group group, List<Integer> members, Set<String> ports, String side, Rule[] result) {
        if (members.size() < 2) { return; }
        List<Rule> parts = new ArrayList<>();
        for (Integer member : members) {
            parts.add(group.rules.get(member.intValue()));
            result[group.places.get(member.intValue()).intValue()] = null;
        }
        List<Match> matches = new ArrayList<>(key.matches());
        Match asked = Match.of("multiport", Option.of(side + "s", Words.join(ports, ",")));
        matches.add(matches.indexOf(reader(key)) + 1, asked);
        // a copy of the first, for its line
        Rule merged = ports.size() == 1 ? parts.get(0) : parts.get(0).copy().matches(matches).build();
        result[group.places.get(members.get(0).intValue()).intValue()] = merged;
        note(parts, "as " + side + "s " + Words.join(ports, ","));
    }

    private static List<Rule> left(Rule[] rules) {
        List<Rule> left = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule != null) { left.add(rule); }
        }
        return left;
    }

    private void note(List<Rule> parts, String how) {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i < parts.size() && i <= LINES_NAMED; i++) {
            lines.append(i == 1 ? "" : ", ").append(parts.get(i).origin);
        }
        if (parts.size() - 1 > LINES_NAMED) {
            lines.append(" and ").append(parts.size() - 1 - LINES_NAMED).append(" more");
        }
        notes.add(new Note(parts.get(0).origin, "stands for " + lines + " as well, " + how));
    }
}
