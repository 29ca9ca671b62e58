package boxwall.modules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * The modules that one generation needs for one feature, as generations.txt writes them:
 * {@code xt_conntrack|xt_state+%ct}, {@code iptable_nat&nf_nat}, {@code @core}, {@code (xt_u32)}, {@code -}. Immutable.
 */
public final class ModuleSpec {
    /** For a generation that the row doesn't cover, or a name that no row has. */
    static final ModuleSpec UNLISTED = new ModuleSpec("?");

    final String text;
    /** The feature's own module, best first; empty for core, none and unlisted. */
    public final List<String> alternatives = new ArrayList<>(1);
    /** Modules that must be loaded as well: no symbol links to them, so modules.dep doesn't list them. */
    final List<String> companions = new ArrayList<>(0);
    /** Modules whose symbols it uses; modules.dep lists them if it exists. */
    final List<String> needed = new ArrayList<>(0);
    /** Whether Freetz' menu offers the module. */
    public final boolean offered;
    /** Whether using it loads connection tracking. */
    public final boolean pullsConntrack;

    ModuleSpec(String text) {
        this.text = text;
        boolean modules = !isNone() && !isUnlisted() && !isCore();
        offered = modules && !text.startsWith("(");
        String list = modules && !offered ? text.substring(1, text.length() - 1) : text;
        for (String part : modules ? Words.split(list, '+') : new String[0]) {
            if (part.equals("%ct")) { continue; }
            String[] linked = Words.split(part, '&');
            (alternatives.isEmpty() ? alternatives : companions).addAll(Arrays.asList(Words.split(linked[0], '|')));
            needed.addAll(Arrays.asList(linked).subList(1, linked.length));
        }
        pullsConntrack = Words.find(text, "%ct", 0) >= 0;
    }

    /** All modules to load for it. */
    List<String> modules() {
        List<String> all = new ArrayList<>(alternatives);
        all.addAll(companions);
        return all;
    }

    /** Whether it is part of ip_tables or ip6_tables itself. */
    boolean isCore() { return text.equals("@core"); }

    /** Whether this generation has no such feature. */
    public boolean isNone() { return text.equals("-"); }

    public boolean isUnlisted() { return text.equals("?"); }
}
