package boxwall.modules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * What one generation needs for one feature, as generations.txt writes it: {@code xt_conntrack|xt_state+%ct},
 * {@code iptable_nat&nf_nat}, {@code @core}, {@code (xt_u32)}, {@code -}. Immutable.
 */
public final class ModuleSpec {
    /** Nothing is known: a generation that the row doesn't name, or a name that no row has. */
    static final ModuleSpec UNLISTED = new ModuleSpec("?");

    final String text;
    /** The module itself, best first; empty for core, none and unlisted. */
    public final List<String> alternatives = new ArrayList<>(1);
    /** Modules to ask for as well: nothing links them, so modules.dep doesn't bring them. */
    final List<String> along = new ArrayList<>(0);
    /** Modules whose symbols it needs; modules.dep brings them where there is one. */
    final List<String> needed = new ArrayList<>(0);
    /** Whether Freetz' menu offers the module. */
    public final boolean offered;
    /** Whether using it loads connection tracking. */
    final boolean pullsConntrack;

    ModuleSpec(String text) {
        this.text = text;
        boolean modules = !isNone() && !isUnlisted() && !isCore();
        offered = modules && !text.startsWith("(");
        String[] parts =
                !modules ? new String[0] : Words.split(offered ? text : text.substring(1, text.length() - 1), '+');
        boolean conntrack = false;
        for (String part : parts) {
            String[] linked = Words.split(part, '&');
            if (part.equals("%ct")) {
                conntrack = true;
            } else {
                (alternatives.isEmpty() ? alternatives : along).addAll(Arrays.asList(Words.split(linked[0], '|')));
                needed.addAll(Arrays.asList(linked).subList(1, linked.length));
            }
        }
        pullsConntrack = conntrack;
    }

    /** All that it has to be asked for. */
    List<String> modules() {
        List<String> all = new ArrayList<>(alternatives);
        all.addAll(along);
        return all;
    }

    /** Whether it is part of ip_tables or ip6_tables itself. */
    boolean isCore() { return text.equals("@core"); }

    /** Whether this generation has no such thing at all. */
    public boolean isNone() { return text.equals("-"); }

    public boolean isUnlisted() { return text.equals("?"); }
}
