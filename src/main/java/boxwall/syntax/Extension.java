package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A match or a target: its options in the order in which iptables-save prints them, and where it may stand. */
final class Extension extends TableRow {
    final boolean target;
    final String name;
    /** The digits of its families. */
    private final String families;
    /** Protocols one of which -p must name, empty for any. */
    final List<String> protocols = new ArrayList<>();
    /** The protocol that brings this match without -m, or null. */
    final String implicit;
    final Set<Table> tables = new TreeSet<>();
    final Set<Hook> hooks;
    final List<OptionSpec> options = new ArrayList<>();
    /** The names of the options, which {@code need=any} means. */
    final List<String> any = new ArrayList<>();
    /** Of each group of canonical names at least one is needed. */
    final List<List<String>> need;
    /** Of each group at most one may be given. */
    final List<List<String>> exclusive;

    /** From the words of a line, of which the second has the name. */
    Extension(String name, String[] words) {
        super(words, 3);
        this.target = words[0].equals("target");
        this.name = name;
        this.families = words[2];
        for (String protocol : list("p")) {
            protocols.add(Numbers.protocol(protocol));
        }
        implicit = is("implicit") ? Numbers.protocol(get("implicit")) : null;
        for (String table : list("t")) {
            tables.add(Table.of(table));
        }
        if (tables.isEmpty()) { tables.addAll(Arrays.asList(Table.values())); }
        hooks = hooks("h", ALL_HOOKS);
        need = groups("need");
        exclusive = groups("one");
    }

    private List<List<String>> groups(String attribute) {
        List<List<String>> groups = new ArrayList<>();
        for (String group : Words.of(is(attribute) ? get(attribute) : "")) {
            groups.add(group.equals("any") ? any : Arrays.asList(Words.split(group, ',')));
        }
        return groups;
    }

    /** The first release that has it, by family; null when 1.4.11.1 does. */
    String since(Family family) {
        return get(family == Family.IPV6 && is("since6") ? "since6" : "since");
    }

    /** Whether it is a target, or else a match, of a family. */
    boolean is(boolean ofTargets, Family family) {
        return target == ofTargets && (families.length() == 2 || families.equals(family.digit()));
    }

    /** The option printed under that name, or null. */
    OptionSpec printed(String canonical) {
        for (OptionSpec spec : options) {
            if (spec.canonical.equals(canonical)) { return spec; }
        }
        return null;
    }

    /** The option of exactly that name, or null. */
    OptionSpec spelled(String option) {
        for (OptionSpec spec : options) {
            if (spec.names.contains(option)) { return spec; }
        }
        return null;
    }
}
