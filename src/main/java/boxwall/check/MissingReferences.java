package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What rules take for granted of the box around them: interfaces of those names, and ipset's sets. */
final class MissingReferences {
    /** Interfaces that come and go with a connection; a name that begins so may come after the rules. */
    private static final List<String> LATER = Arrays.asList("ppp", "tun", "tap", "wg", "wwan", "gre", "ip6gre", "sit",
            "ip6tnl", "tunl", "ipsec", "vti", "ip_vti", "ip6_vti", "l2tp", "pptp", "zt", "tailscale", "nebula", "ifb",
            "imq", "usb", "bnep", "6rd");

    private final BoxFacts facts;
    private final Map<String, Interface> known = new LinkedHashMap<>();
    /** The rules that name what isn't there, by that name. */
    private final Map<String, List<String>> missing = new LinkedHashMap<>();
    private final Map<String, List<String>> later = new LinkedHashMap<>();
    private final Map<String, List<String>> sets = new LinkedHashMap<>();
    private final Set<String> setTables = new LinkedHashSet<>();

    private MissingReferences(BoxFacts facts) {
        this.facts = facts;
        boolean whole = false;
        for (Interface each : facts.interfaces) {
            whole |= each.role == Interface.Role.LOOPBACK;
            known.put(each.name, each);
        }
        if (!whole) {
            // every box has lo: a list without it is a part, from the kernel log
            known.clear();
        }
    }

    /** The findings interface-missing and set-needed. */
    static List<Finding> of(Ruleset compiled, BoxFacts facts) {
        MissingReferences around = new MissingReferences(facts);
        for (Family family : Family.values()) {
            for (Table table : compiled.tables(family)) {
                for (Chain chain : compiled.chains(family, table)) {
                    for (Rule rule : chain.rules()) {
                        Abandoned.check();
                        around.device(rule.in, chain, rule);
                        around.device(rule.out, chain, rule);
                        around.sets(rule, chain, family, table);
                    }
                }
            }
        }
        List<Finding> findings = new ArrayList<>();
        around.interfaces(findings);
        around.sets(findings);
        return findings;
    }

    private void device(Negatable<String> asked, Chain chain, Rule rule) {
        if (asked == null || known.isEmpty()) { return; }
        String name = asked.value;
        boolean open = name.endsWith("+");
        String start = open ? name.substring(0, name.length() - 1) : name;
        boolean seen = false;
        for (Interface each : known.values()) {
            boolean fits = open ? each.name.startsWith(start) : each.name.equals(name);
            seen |= fits && !isPort(each);
        }
        if (!seen) { add(!known.containsKey(name) && comesLater(start) ? later : missing, name, chain, rule); }
    }

    /** A port has no address of its own, and netfilter sees its bridge instead. */
    private static boolean isPort(Interface one) {
        return one.role == Interface.Role.PORT && one.ip == null;
    }

    private static boolean comesLater(String name) {
        for (String each : LATER) {
            if (name.startsWith(each) || name.length() > 0 && each.startsWith(name)) { return true; }
        }
        return false;
    }

    private static void add(Map<String, List<String>> to, String name, Chain chain, Rule rule) {
        String line = rule.origin + ": " + Writer.rule(chain.name(), rule);
        if (!to.containsKey(name)) { to.put(name, new ArrayList<String>()); }
        if (!to.get(name).contains(line)) { to.get(name).add(line); }
    }

    private void interfaces(List<Finding> findings) {
        if (!missing.isEmpty()) {
            StringBuilder absent = new StringBuilder();
            StringBuilder ports = new StringBuilder();
            for (String name : missing.keySet()) {
                Interface port = known.containsKey(name) ? known.get(name) : Interface.byName(name);
                if (port.role != Interface.Role.PORT) {
                    absent.append(absent.length() == 0 ? "" : ", ").append(name);
                } else {
                    ports.append(ports.length() == 0 ? "" : "; ").append(name).append(" is ").append(port.reason);
                }
            }
            String what = absent.length() == 0 ? "" : "this box has no interface " + absent;
            findings.add(new Finding("interface-missing", Finding.Severity.WARN, places(missing), lines(missing), what
                    + (absent.length() == 0 || ports.length() == 0 ? "" : "; ") + ports
                    + (ports.length() == 0 ? "" : ": netfilter sees the bridge, never its ports")
                    + "; no packet has such an interface, so with -i or -o these rules never match, and with ! always",
                    "write " + roles() + "; the box has " + names()));
        }
        if (!later.isEmpty()) {
            findings.add(new Finding("interface-missing", Finding.Severity.NOTE, places(later), lines(later),
                    "not there now, may appear later: " + words(later),
                    "nothing, if that is intended: the rules apply once it exists"));
        }
    }

    private String roles() {
        StringBuilder text = new StringBuilder();
        String[] words = {"$LAN_IF", "$WAN_IF", "$GUEST_IF"};
        Interface[] roles = {facts.lan, facts.wan, facts.guest};
        for (int i = 0; i < words.length; i++) {
            if (roles[i] != null) {
                text.append(text.length() == 0 ? "" : ", ").append(words[i]).append(" (").append(roles[i].name)
                        .append(')');
            }
        }
        return text.length() == 0 ? "an interface of this box" : text.toString();
    }

    private String names() {
        StringBuilder text = new StringBuilder();
        for (Interface each : known.values()) {
            if (!isPort(each) && each.role != Interface.Role.ALIAS) {
                text.append(text.length() == 0 ? "" : ", ").append(each.name);
            }
        }
        return text.toString();
    }

    private void sets(Rule rule, Chain chain, Family family, Table table) {
        List<Option> options = new ArrayList<>();
        for (Match match : rule.matches()) {
            options.addAll(match.name.equals("set") ? match.options : Collections.<Option>emptyList());
        }
        if (rule.target != null && rule.target.name.equals("SET")) { options.addAll(rule.target.options); }
        for (Option option : options) {
            boolean names = option.name.equals("--match-set") || option.name.endsWith("-set");
            if (names && option.word() != null) {
                add(sets, option.word(), chain, rule);
                setTables.add(family.command() + "'s table " + table.word());
            }
        }
    }

    private void sets(List<Finding> findings) {
        if (!sets.isEmpty()) {
            findings.add(new Finding("set-needed", Finding.Severity.WARN, places(sets), lines(sets), "the set "
                    + words(sets)
                    + " must exist before boxwall loads these rules, also at boot: else iptables reports that it doesn't exist,"
                    + " and nothing of " + Words.join(setTables, ", ") + " is loaded",
                    "create it (ipset create) before rc.boxwall starts; rc.custom runs later. Or write the addresses as rules: compiled with"
                            + " --optimize a long list costs little per packet"));
        }
    }

    private static String words(Map<String, List<String>> by) { return Words.join(by.keySet(), ", "); }

    private static List<String> lines(Map<String, List<String>> by) {
        Set<String> all = new LinkedHashSet<>();
        for (List<String> lines : by.values()) {
            all.addAll(lines);
        }
        return new ArrayList<>(all);
    }

    private static String places(Map<String, List<String>> by) {
        List<String> places = new ArrayList<>();
        for (String line : lines(by)) {
            places.add(line.substring(0, line.indexOf(": -")));
        }
        return Checker.listed(places);
    }
}
