package boxwall.syntax;

import java.util.List;

/** One option of an extension, as a line of the resource {@code extensions} describes it. */
final class OptionSpec {
    /** All spellings, the first is the one that is printed (unless {@link #as}). */
    final List<String> names;
    /** The option that this one is another way to write, or null. */
    final String as;
    final boolean negatable;
    /** The kind of each value, see {@link Canon}; {@code const:X} takes no word and gives X. */
    final List<String> kinds;
    /** Printed when the option isn't given, or null. */
    final String def;
    /** Not printed when the value is this (and not negated), or null. */
    final String hide;
    /** May stand more than once. */
    final boolean multi;

    OptionSpec(List<String> names, String as, boolean negatable, List<String> kinds, String def, String hide, boolean multi) {
        this.names = names;
        this.as = as;
        this.negatable = negatable;
        this.kinds = kinds;
        this.def = def;
        this.hide = hide;
        this.multi = multi;
    }

    /** The name in iptables-save's output. */
    String canonical() {
        return as != null ? as : names.get(0);
    }

    /** How many words it takes. */
    int words() {
        int count = 0;
        for (String kind : kinds) {
            if (!kind.startsWith("const:")) {
                count++;
            }
        }
        return count;
    }

    /** Whether iptables-save puts the value in quotes when it needs them. */
    boolean isText() {
        return !kinds.isEmpty() && kinds.get(0).startsWith("text");
    }
}
