package boxwall.box;

import java.util.HashMap;
import java.util.Map;

/**
 * Who owns a kernel symbol, from /proc/kallsyms: {@code c001d2c8 t nf_conntrack_find_get<TAB>[nf_conntrack]}; no bracket means
 * the kernel itself. Without KALLSYMS_ALL data symbols aren't listed, so only functions are asked for; exported functions may
 * show as {@code t}. A recorded file may be cut to the lines about netfilter and AVM.
 */
final class Symbols {
    /** Built in wherever netfilter is, so its absence means that the file doesn't list the kernel's own functions. */
    private static final String SENTINEL = "nf_hook_slow";

    private final Map<String, String> owners = new HashMap<String, String>();
    private final Map<String, String> lines = new HashMap<String, String>();

    Symbols(Readings readings) {
        for (String line : readings.lines("/proc/kallsyms")) {
            if (line.length() > 300 || line.indexOf("nf_") < 0 && line.indexOf("_ct_") < 0 && line.indexOf("conntrack") < 0
                    && line.indexOf("xt_") < 0 && line.indexOf("_do_table") < 0) {
                continue;
            }
            String[] words = line.trim().split("[ \t]+");
            if (words.length < 3 || words[1].length() != 1 || words[2].startsWith("__ksym") || words[2].startsWith("__kstr")) {
                continue;
            }
            String owner = "kernel";
            if (words.length > 3 && words[3].startsWith("[") && words[3].endsWith("]")) {
                owner = words[3].substring(1, words[3].length() - 1);
            }
            owners.put(words[2], owner);
            lines.put(words[2], Evidence.line("/proc/kallsyms", line));
        }
    }

    /** Whether the kernel's own functions are listed, so that one that isn't there isn't in the kernel. */
    boolean listsKernel() {
        return "kernel".equals(owners.get(SENTINEL));
    }

    /** {@code kernel}, a module's name, or null when the symbol isn't listed. */
    String owner(String symbol) {
        return owners.get(symbol);
    }

    /** The line as evidence, or null. */
    String line(String symbol) {
        return lines.get(symbol);
    }
}
