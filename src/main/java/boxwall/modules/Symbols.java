package boxwall.modules;

import boxwall.box.Evidence;
import boxwall.box.Readings;

import java.util.HashMap;
import java.util.Map;

/**
 * Who owns a kernel symbol, from /proc/kallsyms: {@code c001d2c8 t nf_conntrack_find_get<TAB>[nf_conntrack]}; no
 * bracket means the kernel itself. Without KALLSYMS_ALL data symbols aren't listed, so only functions are asked for;
 * exported functions may show as {@code t}. A recorded file may be cut to the lines about netfilter and AVM.
 */
public final class Symbols {
    /** Built in wherever netfilter is, so its absence means that the file doesn't list the kernel's own functions. */
    private static final String SENTINEL = "nf_hook_slow";

    private final String text;
    /** Where the line of each symbol begins: the lines stay as they are, most are never asked for. */
    private final Map<String, Integer> lines = new HashMap<>();

    /** As these readings say. */
    public Symbols(Readings readings) {
        text = readings.file("/proc/kallsyms") == null ? "" : readings.file("/proc/kallsyms");
        int next;
        for (int start = 0; start < text.length(); start = next) {
            next = text.indexOf('\n', start) + 1;
            next = next == 0 ? text.length() : next;
            int type = skip(start, next);
            int symbol = skip(type, next);
            int end = word(symbol, next);
            // the second word is one letter
            if (next - start < 300 && end > symbol && word(type, next) == type + 1 && !text.startsWith("__ksym", symbol)
                    && !text.startsWith("__kstr", symbol)) {
                lines.put(text.substring(symbol, end), Integer.valueOf(start));
            }
        }
    }

    /** Where the word that begins here, or after blanks, ends. */
    private int word(int from, int limit) {
        int at = from;
        while (at < limit && text.charAt(at) > ' ') {
            at++;
        }
        return at;
    }

    /** Where the next word begins, behind the one at this index. */
    private int skip(int from, int limit) {
        int at = word(from, limit);
        while (at < limit && text.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }

    /** Whether the kernel's own functions are listed, so that one that isn't there isn't in the kernel. */
    boolean listsKernel() {
        return "kernel".equals(owner(SENTINEL));
    }

    /** {@code kernel}, a module's name, or null when the symbol isn't listed. */
    String owner(String symbol) {
        String line = raw(symbol);
        if (line == null) { return null; }
        int open = line.lastIndexOf('[');
        return open > 0 && line.charAt(open - 1) <= ' ' && line.endsWith("]")
                ? line.substring(open + 1, line.length() - 1) : "kernel";
    }

    private String raw(String symbol) {
        Integer start = lines.get(symbol);
        int end = start == null ? -1 : text.indexOf('\n', start);
        return start == null ? null : text.substring(start, end < 0 ? text.length() : end).trim();
    }

    /** The line as evidence, or null. */
    String line(String symbol) {
        String line = raw(symbol);
        return line == null ? null : Evidence.line("/proc/kallsyms", line);
    }
}
