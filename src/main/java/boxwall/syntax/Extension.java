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

/** A match or a target: its options in the order of iptables-save, and where the kernel allows it. */
final class Extension extends ExtensionRow {
    final boolean target;
    final String name;
    /** 4, 6 or 46. */
    private final String families;
    /** Protocols of which -p must name one; empty for any. */
    final List<String> protocols = new ArrayList<>();
    /** The protocol that implies this match without -m, or null. */
    final String implicit;
    final Set<Table> tables = new TreeSet<>();
    final Set<Hook> hooks;
    final List<OptionSpec> options = new ArrayList<>();
    /** The names of all options, for {@code need=any}. */
    final List<String> any = new ArrayList<>();
    /** Groups of canonical names of which at least one is needed. */
    final List<List<String>> need;
    /** Groups of which at most one is allowed. */
    final List<List<String>> exclusive;

    /** From the words of a row; the second contains the name. */
    Extension(String name, String[] words) {
        super(words, 3);
        this.target = words[0].equals("target");
        this.name = name;
        this.families = words[2];
        for (String protocol : list("p")) {
            protocols.add(NumberReader.protocol(protocol));
        }
        implicit = is("implicit") ? NumberReader.protocol(get("implicit")) : null;
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

    /** The first release of iptables that has it for a family; null if 1.4.11.1 does. */
    String since(Family family) {
        return get(family == Family.IPV6 && is("since6") ? "since6" : "since");
    }

    /** Whether it is a target (or a match) of a family. */
    boolean is(boolean ofTargets, Family family) {
        return target == ofTargets && (families.length() == 2 || families.equals(family.digit()));
    }

    /** The option with that canonical name, or null. */
    OptionSpec printed(String canonical) {
        for (OptionSpec spec : options) {
            if (spec.canonical.equals(canonical)) { return spec; }
        }
        return null;
    }

    /** The option with that spelling, or null. */
    OptionSpec spelled(String option) {
        for (OptionSpec spec : options) {
            if (spec.names.contains(option)) { return spec; }
        }
        return null;
    }
}
