package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The extensions of a box's iptables that the language doesn't know, from files such as {@code libxt_layer7.so} in
 * /usr/lib/xtables. A rule keeps them as written, with a note, and explain answers UNKNOWN if they decide. A static
 * build has no such files; then unknown names are errors.
 */
public final class UnknownExtensions {
    private final Set<String> names = new HashSet<>();

    private UnknownExtensions() {}

    public static UnknownExtensions none() { return new UnknownExtensions(); }

    /** From the names of files; those of ebtables and arptables (libebt_, libarpt_) don't count. */
    public static UnknownExtensions of(Collection<String> files) {
        UnknownExtensions foreign = new UnknownExtensions();
        for (String file : files) {
            String name = file.endsWith(".so") ? Words.after(file.substring(0, file.length() - 3), '_') : null;
            String family = Words.before(file, '_');
            if (name == null) { continue; }
            if (family.equals("libxt") || family.equals("libipt")) { foreign.names.add("4" + name); }
            if (family.equals("libxt") || family.equals("libip6t")) { foreign.names.add("6" + name); }
        }
        return foreign;
    }

    /** Whether the box has that target (or match); by convention targets are upper case and matches lower case. */
    boolean has(boolean target, String name, Family family) {
        boolean capital = name.length() > 0 && name.charAt(0) >= 'A' && name.charAt(0) <= 'Z';
        return target == capital && names.contains(family.digit() + name);
    }
}
