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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What rules take for granted of the box around them: interfaces of those names, and ipset's sets. */
final class MissingReferences extends CheckPart {
    /** Interfaces that come and go with a connection; a name that begins so may come after the rules. */
    private static final List<String> LATER = Arrays.asList("ppp", "tun", "tap", "wg", "wwan", "gre", "ip6gre", "sit",
            "ip6tnl", "tunl", "ipsec", "vti", "ip_vti", "ip6_vti", "l2tp", "pptp", "zt", "tailscale", "nebula", "ifb",
            "imq", "usb", "bnep", "6rd");

    private final Map<String, Interface> known = new LinkedHashMap<>();
    /** The rules that name what isn't there, by that name. */
    private final RuleGroups missing = new RuleGroups();
    private final RuleGroups later = new RuleGroups();
    private final RuleGroups sets = new RuleGroups();
    private final Set<String> setTables = new LinkedHashSet<>();

    MissingReferences(CheckedRuleset rules, List<Finding> out) {
        super(rules, out);
        boolean whole = false;
        for (Interface each : facts.interfaces) {
            whole |= each.role == Interface.Role.LOOPBACK;
            known.put(each.name, each);
        }
        // every box has lo: a list without it is a part, from the kernel log
        if (!whole) { known.clear(); }
    }

    /** Notes what a rule of the compiled ruleset names. */
    void look(Family family, TrailEntry at) {
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

    private void device(Negatable<String> asked, TrailEntry at) {
        if (asked == null || known.isEmpty()) { return; }
        String name = asked.value;
        boolean open = name.endsWith("+");
        String start = open ? name.substring(0, name.length() - 1) : name;
        boolean seen = false;
        for (Interface each : known.values()) {
            boolean fits = open ? each.name.startsWith(start) : each.name.equals(name);
            seen |= fits && !isPort(each);
        }
        if (!seen) { (!known.containsKey(name) && comesLater(start) ? later : missing).add(name, at); }
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
        role(roles, "$LAN_IF", facts.lan);
        role(roles, "$WAN_IF", facts.wan);
        role(roles, "$GUEST_IF", facts.guest);
        return roles.isEmpty() ? "an interface of this box" : Words.join(roles, ", ");
    }

    private static void role(List<String> to, String word, Interface one) {
        if (one != null) { to.add(word + " (" + one.name + ")"); }
    }

    private String names() {
        List<String> names = new ArrayList<>();
        for (Interface each : known.values()) {
            if (!isPort(each) && each.role != Interface.Role.ALIAS) { names.add(each.name); }
        }
        return Words.join(names, ", ");
    }

    private void sets(Family family, TrailEntry at) {
        List<Option> options = new ArrayList<>();
        for (Match match : at.rule.matches) {
            options.addAll(match.name.equals("set") ? match.options : Collections.<Option>emptyList());
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
