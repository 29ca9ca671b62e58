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
    private static final Set<Hook> ALL_HOOKS = new TreeSet<>(Arrays.asList(Hook.values()));

    final boolean target;
    final String name;
    /** The digits of its families. */
    private final String families;
    /** Other names that iptables takes for it. */
    List<String> aliases = Collections.emptyList();
    /** Protocols one of which -p must name, empty for any. */
    final List<String> protocols = new ArrayList<>();
    /** The protocol that brings this match without -m, or null. */
    String implicit;
    Set<Table> tables = new TreeSet<>(Arrays.asList(Table.values()));
    Set<Hook> hooks = ALL_HOOKS;
    final List<OptionSpec> options = new ArrayList<>();
    /** Of each group (canonical names, or any option for an empty group) at least one is needed. */
    final List<List<String>> need = new ArrayList<>();
    /** Of each group at most one may be given. */
    final List<List<String>> exclusive = new ArrayList<>();
    private String since;
    private String since6;

    /** From the fields of a line, of which the second names it. */
    Extension(String name, String[] fields) {
        this.target = fields[0].equals("target");
        this.name = name;
        this.families = fields[2];
        for (int i = 3; i < fields.length; i++) {
            int equals = fields[i].indexOf('=');
            attribute(fields[i].substring(0, equals), fields[i].substring(equals + 1));
        }
    }

    private void attribute(String key, String value) {
        List<String> list = Arrays.asList(Words.split(value, ','));
        switch (key) {
            case "p" :
                for (String protocol : list) {
                    protocols.add(NumberNames.protocol(protocol));
                }
                break;
            case "implicit" :
                implicit = NumberNames.protocol(value);
                break;
            case "alias" :
                aliases = list;
                break;
            case "t" :
                tables = new TreeSet<>();
                for (String table : list) {
                    tables.add(Table.of(table));
                }
                break;
            case "h" :
                hooks = hooks(value);
                break;
            case "need" :
                need.add(value.equals("any") ? Collections.<String>emptyList() : list);
                break;
            case "one" :
                exclusive.add(list);
                break;
            case "since" :
                since = value;
                break;
            case "since6" :
                since6 = value;
                break;
            default :
                throw new IllegalStateException("extensions: " + name + ": " + key);
        }
    }

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

    boolean in(Family family) { return families.contains(family.digit()); }

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

    /** The option of exactly that name, or null. */
    OptionSpec spelled(String option) {
        for (OptionSpec spec : options) {
            if (spec.names.contains(option)) { return spec; }
        }
        return null;
    }
}
