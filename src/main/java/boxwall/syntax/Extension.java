package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A match or a target: its options in the order in which iptables-save prints them, and where it may stand. */
final class Extension {
    private static final Set<Table> ALL_TABLES =
            Collections.unmodifiableSet(new TreeSet<Table>(Arrays.asList(Table.values())));
    private static final Set<Hook> ALL_HOOKS =
            Collections.unmodifiableSet(new TreeSet<Hook>(Arrays.asList(Hook.values())));

    final boolean target;
    final String name;
    final boolean ipv4;
    final boolean ipv6;
    /** Other names that iptables takes for it. */
    final List<String> aliases = new ArrayList<>();
    /** Protocols one of which -p must name, empty for any. */
    final List<String> protocols = new ArrayList<>();
    /** The protocol that brings this match without -m, or null. */
    String implicit;
    Set<Table> tables = ALL_TABLES;
    Set<Hook> hooks = ALL_HOOKS;
    final List<OptionSpec> options = new ArrayList<>();
    /** Of each group (canonical names, or any option for an empty group) at least one is needed. */
    final List<List<String>> need = new ArrayList<>();
    /** Of each group at most one may be given. */
    final List<List<String>> exclusive = new ArrayList<>();

    Extension(boolean target, String name, boolean ipv4, boolean ipv6) {
        this.target = target;
        this.name = name;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /** What to do with the options when all are read, see {@link ExtensionCheck}; null for nothing. */
    String finish;
    String since;
    String since6;

    /** The hooks of a list with commas; null means all. */
    static Set<Hook> hooks(String list) {
        if (list == null) { return ALL_HOOKS; }
        Set<Hook> hooks = new TreeSet<>();
        for (String hook : Words.split(list, ',')) {
            hooks.add(Hook.valueOf(hook));
        }
        return hooks;
    }

    /** The first release that has it, by family; null when 1.4.11.1 does. */
    String since(Family family) {
        return family == Family.IPV6 && since6 != null ? since6 : since;
    }

    boolean in(Family family) { return family == Family.IPV4 ? ipv4 : ipv6; }

    /** Where the canonical option stands in the printed order; those not listed come last. */
    int order(String canonical) {
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).canonical().equals(canonical)) { return i; }
        }
        return options.size();
    }

    /** The option printed under that name, or null. */
    OptionSpec printed(String canonical) {
        int at = order(canonical);
        return at < options.size() ? options.get(at) : null;
    }
}
