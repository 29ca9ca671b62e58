package boxwall.modules;

import java.util.ArrayList;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * What one generation needs for one feature, as generations.txt writes it: {@code xt_conntrack|xt_state+%ct},
 * {@code iptable_nat&nf_nat}, {@code @core}, {@code (xt_u32)}, {@code -}. Immutable.
 */
public final class ModuleSpec {
    /** Nothing is known: a generation that the row doesn't name, or a name that no row has. */
    static final ModuleSpec UNLISTED = new ModuleSpec("?");

    private final String text;
    /** The module itself, best first; empty for core, none and unlisted. */
    public final List<String> alternatives = new ArrayList<>();
    /** Modules to ask for as well: nothing links them, so modules.dep doesn't bring them. */
    final List<String> along = new ArrayList<>();
    /** Modules whose symbols it needs; modules.dep brings them where there is one. */
    final List<String> needed = new ArrayList<>();
    /** Whether Freetz' menu offers the module. */
    public final boolean offered;
    private boolean conntrack;

    private ModuleSpec(String text) {
        this.text = text;
        offered = !text.startsWith("(") && isModules();
        if (!isModules()) { return; }
        String[] parts = Words.split(text.startsWith("(") ? text.substring(1, text.length() - 1) : text, '+');
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].equals("%ct")) {
                conntrack = true;
                continue;
            }
            String[] linked = Words.split(parts[i], '&');
            for (int k = 1; k < linked.length; k++) {
                needed.add(linked[k]);
            }
            for (String name : Words.split(linked[0], '|')) {
                (i == 0 ? alternatives : along).add(name);
            }
        }
    }

    static ModuleSpec parse(String text) { return new ModuleSpec(text); }

    private boolean isModules() { return !text.equals("-") && !text.equals("?") && !text.equals("@core"); }

    /** Whether it is part of ip_tables or ip6_tables itself. */
    boolean isCore() { return text.equals("@core"); }

    /** Whether this generation has no such thing at all. */
    public boolean isNone() { return text.equals("-"); }

    public boolean isUnlisted() { return text.equals("?"); }

    /** Whether using it loads connection tracking. */
    boolean pullsConntrack() { return conntrack; }

    @Override
    public String toString() { return text; }
}
