package boxwall.modules;

import java.util.HashMap;
import java.util.Map;

import boxwall.box.Line;
import boxwall.box.Readings;

/**
 * Who owns a kernel symbol, from /proc/kallsyms: {@code c001d2c8 t nf_conntrack_find_get<TAB>[nf_conntrack]}; no
 * bracket means the kernel itself. Without KALLSYMS_ALL data symbols aren't listed, so only functions are asked for;
 * exported functions may show as {@code t}. A recorded file may be cut to the lines about netfilter and AVM. Of two
 * lines the last counts.
 */
public final class Symbols {
    private final Map<String, String> lines = new HashMap<>();
    /** Whether the kernel's own functions are listed, so that one that isn't there isn't in the kernel. */
    final boolean listsKernel;

    /** As these readings say. */
    public Symbols(Readings readings) {
        for (String each : readings.lines("/proc/kallsyms")) {
            String line = each.trim();
            int letter = line.length() < 300 ? line.indexOf(' ') + 1 : 0;
            if (letter > 0 && line.startsWith(" ", letter + 1)) {
                int end = letter + 2;
                while (end < line.length() && line.charAt(end) > ' ') {
                    end++;
                }
                lines.put(line.substring(letter + 2, end), line);
            }
        }
        // built in wherever netfilter is, so its absence means that the kernel's own functions aren't listed
        listsKernel = "kernel".equals(owner("nf_hook_slow"));
    }

    /** {@code kernel}, a module's name, or null when the symbol isn't listed. */
    String owner(String symbol) {
        String line = lines.get(symbol);
        if (line == null) { return null; }
        int open = line.lastIndexOf('[');
        return open > 0 && line.charAt(open - 1) <= ' ' && line.endsWith("]")
                ? line.substring(open + 1, line.length() - 1) : "kernel";
    }

    /** The line as evidence, or null. */
    String line(String symbol) {
        String line = lines.get(symbol);
        return line == null ? null : Line.evidence("/proc/kallsyms", line);
    }
}
