package boxwall.syntax;

import boxwall.netfilter.Family;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The matches and targets that a box's iptables has beyond those that the language knows: files as
 * {@code libxt_layer7.so} in /usr/lib/xtables. A rule passes them on word by word, with a note; explain answers UNKNOWN
 * where they would decide. A static build has no such files, and then unknown names stay errors.
 */
public final class Foreign {
    private final Set<String> names;

    private Foreign(Set<String> names) { this.names = names; }

    /** Nothing beyond what the language knows. */
    public static Foreign none() {
        return new Foreign(new HashSet<String>());
    }

    /** From the names of a directory's files; those of other programs (libebt_, libarpt_) don't count. */
    public static Foreign of(Collection<String> files) {
        Set<String> names = new HashSet<>();
        for (String file : files) {
            int end = file.length() - ".so".length();
            int underscore = file.indexOf('_');
            String family = underscore < 0 ? "" : file.substring(0, underscore);
            if (!file.endsWith(".so") || end <= underscore) { continue; }
            String name = file.substring(underscore + 1, end);
            if (family.equals("libxt") || family.equals("libipt")) { names.add("4" + name); }
            if (family.equals("libxt") || family.equals("libip6t")) { names.add("6" + name); }
        }
        return new Foreign(names);
    }

    /** Whether rules may name it; by the custom of iptables a match is written small and a target in capitals. */
    boolean has(boolean target, String name, Family family) {
        boolean capital = name.length() > 0 && name.charAt(0) >= 'A' && name.charAt(0) <= 'Z';
        return target == capital && names.contains(family.digit() + name);
    }
}
