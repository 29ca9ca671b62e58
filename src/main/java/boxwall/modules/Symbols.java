package boxwall.modules;

import java.util.HashMap;
import java.util.Map;

import boxwall.box.ReadingLine;
import boxwall.box.Readings;

/**
 * The owner of each kernel symbol in /proc/kallsyms: {@code c001d2c8 t nf_conntrack_find_get<TAB>[nf_conntrack]};
 * without brackets it is the kernel itself. Data symbols are listed only with KALLSYMS_ALL, so callers query functions;
 * exported functions may be listed as {@code t}. A recorded file may contain only lines about netfilter and AVM. The
 * last line of a symbol counts.
 */
final class Symbols {
    private final Map<String, String> lines = new HashMap<>();
    /** Whether the kernel's own functions are listed, so that a function without a line isn't in the kernel. */
    final boolean listsKernel;

    Symbols(Readings readings) {
        for (String raw : readings.lines("/proc/kallsyms")) {
            String line = raw.trim();
            int type = line.length() < 300 ? line.indexOf(' ') + 1 : 0;
            if (type > 0 && line.startsWith(" ", type + 1)) {
                int end = type + 2;
                while (end < line.length() && line.charAt(end) > ' ') {
                    end++;
                }
                lines.put(line.substring(type + 2, end), line);
            }
        }
        // built in wherever netfilter is
        listsKernel = "kernel".equals(owner("nf_hook_slow"));
    }

    /** {@code kernel}, a module's name, or null if the symbol isn't listed. */
    String owner(String symbol) {
        String line = lines.get(symbol);
        if (line == null) { return null; }
        int open = line.lastIndexOf('[');
        return open > 0 && line.charAt(open - 1) <= ' ' && line.endsWith("]")
                ? line.substring(open + 1, line.length() - 1) : "kernel";
    }

    /** The line as evidence; only for a symbol that is listed. */
    String line(String symbol) {
        return ReadingLine.evidence("/proc/kallsyms", lines.get(symbol));
    }
}
