package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads rules in iptables-save's canonical form for tests: {@code *filter}, {@code :INPUT DROP}, {@code -A INPUT …}.
 */
final class Rules {
    private Rules() {}

    /**
     * A ruleset of one family; without a {@code *table} line it is the filter table. The origin is {@code rules:LINE}.
     */
    static Ruleset of(Family family, String... lines) { return add(Ruleset.empty(), family, lines); }

    static Ruleset v4(String... lines) { return of(Family.IPV4, lines); }

    static Ruleset add(Ruleset ruleset, Family family, String... lines) {
        Map<Table, Map<String, List<Rule>>> rules = new EnumMap<>(Table.class);
        Map<String, Policy> policies = new LinkedHashMap<>();
        Table table = Table.FILTER;
        int number = 0;
        for (String line : String.join("\n", lines).split("\n")) {
            number++;
            String[] words = line.trim().split("\\s+");
            if (line.startsWith("*")) {
                table = Table.of(line.substring(1).trim());
            } else if (line.startsWith(":")) {
                String chain = words[0].substring(1);
                rules(rules, table, chain);
                if (!words[1].equals("-")) { policies.put(table + chain, Policy.valueOf(words[1])); }
            } else if (line.startsWith("-A")) { rules(rules, table, words[1]).add(rule(family, words, number)); }
        }
        Ruleset result = ruleset;
        for (Table t : rules.keySet()) {
            List<Chain> chains = new ArrayList<>();
            rules.get(t).forEach((name, list) -> chains.add(
                    new Chain(name, t.isBuiltin(name) ? policies.getOrDefault(t + name, Policy.ACCEPT) : null, list)));
            result = result.with(family, t, chains);
        }
        return result;
    }

    private static List<Rule> rules(Map<Table, Map<String, List<Rule>>> rules, Table table, String chain) {
        return rules.computeIfAbsent(table, t -> new LinkedHashMap<>()).computeIfAbsent(chain, c -> new ArrayList<>());
    }

    private static Rule rule(Family family, String[] w, int line) {
        Rule.Builder rule = new Rule.Builder(new Origin("rules", line));
        int i = 2;
        while (i < w.length) {
            boolean not = w[i].equals("!");
            i += not ? 1 : 0;
            String option = w[i++];
            switch (option) {
                case "-s" -> rule.source(new Negatable<>(not, network(family, w[i++])));
                case "-d" -> rule.destination(new Negatable<>(not, network(family, w[i++])));
                case "-i" -> rule.in(new Negatable<>(not, w[i++]));
                case "-o" -> rule.out(new Negatable<>(not, w[i++]));
                case "-p" -> rule.protocol(new Negatable<>(not, w[i++]));
                case "-f" -> rule.fragment(new Negatable<>(not, Boolean.TRUE));
                default -> {
                    List<Option> options = new ArrayList<>();
                    String name = w[i++];
                    while (i < w.length && !w[w[i].equals("!") ? i + 1 : i].matches("-[a-z]")) {
                        boolean no = w[i].equals("!");
                        i += no ? 1 : 0;
                        String key = w[i++];
                        List<String> values = new ArrayList<>();
                        while (i < w.length && !w[i].startsWith("-") && !w[i].equals("!")) {
                            values.add(w[i++]);
                        }
                        options.add(new Option(key, no, values));
                    }
                    if (option.equals("-m")) {
                        rule.match(new Match(name, options));
                    } else {
                        rule.target(new Target(name, option.equals("-g"), options));
                    }
                }
            }
        }
        return rule.build();
    }

    static Network network(Family family, String text) {
        String[] parts = text.split("/");
        byte[] address = Addresses.parse(parts[0]);
        if (parts.length == 1) { return Network.ofPrefix(family, address, family.addressBits); }
        return parts[1].matches("\\d+") ? Network.ofPrefix(family, address, Integer.parseInt(parts[1]))
                : new Network(family, address, Addresses.parse(parts[1]));
    }

    /**
     * A FRITZ!Box: lan 192.168.178.1/24, guest 192.168.179.1/24, dsl 203.0.113.2/24 with the default route; IPv6
     * likewise.
     */
    static BoxNetwork box() {
        return new BoxNetwork().add("lo", Addresses.parse("127.0.0.1"), 8)
                .add("lan", Addresses.parse("192.168.178.1"), 24).add("guest", Addresses.parse("192.168.179.1"), 24)
                .add("dsl", Addresses.parse("203.0.113.2"), 24).add("lan", Addresses.parse("fd00:178::1"), 64)
                .add("guest", Addresses.parse("fd00:179::1"), 64).add("dsl", Addresses.parse("2001:db8:d51::2"), 64)
                .route(network(Family.IPV4, "0.0.0.0/0"), "dsl").route(network(Family.IPV6, "::/0"), "dsl")
                .role("wan", "dsl");
    }

    /** {@code in=lan src=…} as a map. */
    static Map<String, String> keys(String words) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String word : words.trim().split("\\s+")) {
            keys.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
        }
        return keys;
    }
}
