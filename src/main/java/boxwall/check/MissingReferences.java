package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.TrailEntry;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Interfaces and ipset's sets that rules refer to and the box lacks. */
final class MissingReferences extends CheckPart {
    /** Prefixes of the names of interfaces that appear with a connection, possibly after the rules are loaded. */
    private static final List<String> LATER = Arrays.asList("ppp", "tun", "tap", "wg", "wwan", "gre", "ip6gre", "sit",
            "ip6tnl", "tunl", "ipsec", "vti", "ip_vti", "ip6_vti", "l2tp", "pptp", "zt", "tailscale", "nebula", "ifb",
            "imq", "usb", "bnep", "6rd");

    private final Map<String, Interface> known = new LinkedHashMap<>();
    /** The rules by the missing name. */
    private final RuleGroups missing = new RuleGroups();
    private final RuleGroups later = new RuleGroups();
    private final RuleGroups sets = new RuleGroups();
    private final Set<String> setTables = new LinkedHashSet<>();

    MissingReferences(CheckedRuleset rules, List<Finding> out) {
        super(rules, out);
        boolean complete = false;
        for (Interface one : facts.interfaces) {
            complete |= one.role == Interface.Role.LOOPBACK;
            known.put(one.name, one);
        }
        // every box has lo: a list without it is an incomplete one from the kernel log
        if (!complete) { known.clear(); }
    }

    /** Collects the references of a rule of the compiled ruleset. */
    void collect(Family family, TrailEntry at) {
        device(at.rule.in, at);
        device(at.rule.out, at);
        sets(family, at);
    }

    /** The findings interface-missing and set-needed. */
    void report() {
        interfaces();
        if (!sets.causes().isEmpty()) {
            add("set-needed", sets, Words.join(sets.causes(), ", "), Words.join(setTables, ", "));
        }
    }

    private void device(Negatable<String> option, TrailEntry at) {
        if (option == null || known.isEmpty()) { return; }
        String name = option.value;
        boolean prefix = name.endsWith("+");
        String start = prefix ? name.substring(0, name.length() - 1) : name;
        for (Interface one : known.values()) {
            boolean matches = prefix ? one.name.startsWith(start) : one.name.equals(name);
            if (matches && !isPort(one)) { return; }
        }
        (!known.containsKey(name) && appearsLater(start) ? later : missing).add(name, at);
    }

    /** A port has no address, and netfilter sees its bridge instead. */
    private static boolean isPort(Interface one) {
        return one.role == Interface.Role.PORT && one.ip == null;
    }

    private static boolean appearsLater(String name) {
        for (String start : LATER) {
            if (name.startsWith(start) || name.length() > 0 && start.startsWith(name)) { return true; }
        }
        return false;
    }

    private void interfaces() {
        if (!missing.causes().isEmpty()) {
            List<String> absent = new ArrayList<>();
            List<String> ports = new ArrayList<>();
            for (String name : missing.causes()) {
                Interface port = known.containsKey(name) ? known.get(name) : Interface.byName(name);
                if (port.role == Interface.Role.PORT) {
                    ports.add(name + " is " + port.reason);
                } else {
                    absent.add(name);
                }
            }
            List<String> reasons = new ArrayList<>();
            if (!absent.isEmpty()) { reasons.add("this box has no interface " + Words.join(absent, ", ")); }
            if (!ports.isEmpty()) {
                reasons.add(Words.join(ports, "; ") + ": netfilter sees the bridge, never its ports");
            }
            add("interface-missing", missing, Words.join(reasons, "; "), roles(), names());
        }
        if (!later.causes().isEmpty()) { add("interface-missing.later", later, Words.join(later.causes(), ", ")); }
    }

    private String roles() {
        List<String> roles = new ArrayList<>();
        for (String name : Arrays.asList("LAN_IF", "WAN_IF", "GUEST_IF")) {
            if (facts.names.get(name) != null) { roles.add("$" + name + " (" + facts.names.get(name) + ")"); }
        }
        return roles.isEmpty() ? "an interface of this box" : Words.join(roles, ", ");
    }

    private String names() {
        List<String> names = new ArrayList<>();
        for (Interface one : known.values()) {
            if (!isPort(one) && one.role != Interface.Role.ALIAS) { names.add(one.name); }
        }
        return Words.join(names, ", ");
    }

    private void sets(Family family, TrailEntry at) {
        List<Option> options = new ArrayList<>();
        for (Match match : at.rule.matches) {
            if (match.name.equals("set")) { options.addAll(match.options); }
        }
        if (at.rule.target != null && at.rule.target.name.equals("SET")) { options.addAll(at.rule.target.options); }
        for (Option option : options) {
            boolean names = option.name.equals("--match-set") || option.name.endsWith("-set");
            if (names && option.word() != null) {
                sets.add(option.word(), at);
                setTables.add(family.command + "'s table " + at.table.word());
            }
        }
    }
}
