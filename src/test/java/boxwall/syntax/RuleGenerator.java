package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Table;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Generates random rules from the table of extensions, so a match that is added there is tested automatically. Most
 * rules are valid; {@code wildness} is the percentage of invalid values, options and places.
 */
final class RuleGenerator {
    private final Random random;
    private final int wildness;
    private final Set<String> excluded;
    private final Values values;
    private int serial;

    /** {@code excluded}: extensions, as {@code -m x} or {@code -j X}, and options that are not generated. */
    RuleGenerator(long seed, int wildness, Set<String> excluded) {
        this.random = new Random(seed);
        this.wildness = wildness;
        this.excluded = excluded;
        this.values = new Values(random, wildness);
    }

    private boolean wild() { return random.nextInt(100) < wildness; }

    private boolean chance(int percent) { return random.nextInt(100) < percent; }

    private <T> T pick(List<T> list) { return list.get(random.nextInt(list.size())); }

    Generated next() {
        serial++;
        Family family = chance(50) ? Family.IPV4 : Family.IPV6;
        Extensions all = Extensions.get();
        Extension target = chance(50) ? null : pickFrom(all, true, family);
        List<Extension> matches = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            Extension match = pickFrom(all, false, family);
            if (!matches.contains(match)) { matches.add(match); }
        }
        Table table = table(target, matches);
        String chain = chain(table, target, matches);
        List<String> words = new ArrayList<>();
        String protocol = protocol(target, matches);
        addresses(words, family);
        interfaces(words, chain);
        if (protocol != null) {
            words.addAll(chance(10) && wild() ? List.of("!", "-p", protocol)
                    : List.of(chance(50) ? "-p" : "--protocol", protocol));
        }
        for (Extension match : matches) {
            // without /etc/protocols iptables finds no name and therefore no match for a number
            if (match.implicit == null || List.of("33", "108").contains(match.implicit)
                    || !match.implicit.equals(NumberReader.protocol(protocol == null ? "all" : protocol))
                    || chance(50)) {
                words.addAll(List.of("-m", match.name));
            }
            options(words, match, family);
        }
        if (target != null) {
            words.addAll(List.of("-j", target.name));
            options(words, target, family);
        } else if (chance(70)) { words.addAll(List.of("-j", pick(List.of("ACCEPT", "RETURN")))); }
        return new Generated(family, table, chain, words);
    }

    private Extension pickFrom(Extensions all, boolean target, Family family) {
        while (true) {
            String name = pick(all.names(target, family));
            if (!excluded.contains((target ? "-j " : "-m ") + name)) {
                return target ? all.target(name, family) : all.match(name, family);
            }
        }
    }

    private Table table(Extension target, List<Extension> matches) {
        List<Table> fit = new ArrayList<>(List.of(Table.values()));
        if (target != null) { fit.retainAll(target.tables); }
        matches.forEach(m -> fit.retainAll(m.tables));
        return fit.isEmpty() || wild() ? pick(List.of(Table.values()))
                : fit.contains(Table.FILTER) && chance(60) ? Table.FILTER : pick(fit);
    }

    private String chain(Table table, Extension target, List<Extension> matches) {
        List<Hook> fit = new ArrayList<>(table.hooks);
        if (target != null) { fit.retainAll(target.hooks); }
        matches.forEach(m -> fit.retainAll(m.hooks));
        return (fit.isEmpty() || wild() ? pick(table.hooks) : pick(fit)).name();
    }

    private String protocol(Extension target, List<Extension> matches) {
        List<String> wanted = new ArrayList<>();
        if (target != null) { wanted.addAll(target.protocols); }
        for (Extension match : matches) {
            if (!match.protocols.isEmpty()) {
                if (wanted.isEmpty()) {
                    wanted.addAll(match.protocols);
                } else {
                    wanted.retainAll(match.protocols);
                }
            }
        }
        if (!wanted.isEmpty() && !wild()) { return pick(wanted); }
        return chance(50) ? null : pick(List.of("tcp", "udp", "icmp", "47", "esp", "ipv6-icmp", "sctp", "TCP", "132"));
    }

    private void addresses(List<String> words, Family family) {
        for (String option : List.of(chance(50) ? "-s" : "--source", chance(50) ? "-d" : "--dst")) {
            if (chance(25)) {
                if (chance(20)) { words.add("!"); }
                words.add(option);
                words.add(values.network(family));
            }
        }
    }

    private void interfaces(List<String> words, String chain) {
        boolean in = !chain.equals("OUTPUT") && !chain.equals("POSTROUTING");
        boolean out = !chain.equals("INPUT") && !chain.equals("PREROUTING");
        if (chance(20) && (in || wild())) {
            words.addAll(List.of("-i", pick(List.of("lan", "dsl", "eth+", "guest", "wlan0.1"))));
        }
        if (chance(20) && (out || wild())) {
            if (chance(20)) { words.add("!"); }
            words.addAll(List.of("-o", pick(List.of("lan", "dsl", "ppp+"))));
        }
    }

    private void options(List<String> words, Extension extension, Family family) {
        List<OptionSpec> chosen = choose(extension);
        for (OptionSpec spec : chosen) {
            if (chance(20) && (spec.negatable || wild())) { words.add("!"); }
            String name = pick(spec.names);
            words.add(name);
            for (String kind : spec.kinds) {
                if (!kind.startsWith("const:")) {
                    words.add(values.value(extension.name, spec.names.get(0), kind, family, serial));
                }
            }
        }
    }

    /** Options that satisfy the conditions of the table, in its order; sometimes some that do not. */
    private List<OptionSpec> choose(Extension e) {
        List<OptionSpec> chosen = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (OptionSpec spec : e.options) {
            boolean needed = e.need.stream().anyMatch(group -> group != e.any && group.contains(spec.canonical)
                    && group.stream().noneMatch(names::contains));
            boolean unsuitable = names.contains(spec.canonical)
                    || e.exclusive.stream().anyMatch(
                            group -> group.contains(spec.canonical) && group.stream().anyMatch(names::contains))
                    || spec.is("with") && !names.contains(spec.get("with"));
            if (excluded.contains(e.name + " " + spec.names.get(0))) { continue; }
            if (wild() ? chance(50) : !unsuitable && (needed && chance(70) || chance(35))) {
                chosen.add(spec);
                names.add(spec.canonical);
            }
        }
        for (List<String> group : e.need) {
            if (!wild() && names.stream().noneMatch(n -> group == e.any || group.contains(n))) {
                String wanted = group == e.any ? e.options.get(0).canonical : group.get(group.size() - 1);
                OptionSpec spec = e.printed(wanted);
                chosen.add(spec);
                names.add(spec.canonical);
            }
        }
        return chosen;
    }
}
