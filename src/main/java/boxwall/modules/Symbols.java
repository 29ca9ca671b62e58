package boxwall.modules;

import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * Who owns a kernel symbol, from /proc/kallsyms: {@code c001d2c8 t nf_conntrack_find_get<TAB>[nf_conntrack]}; no
 * bracket means the kernel itself. Without KALLSYMS_ALL data symbols aren't listed, so only functions are asked for;
 * exported functions may show as {@code t}. A recorded file may be cut to the lines about netfilter and AVM. Some ten
 * symbols are asked for, so the text is searched as it is.
 */
public final class Symbols {
    private final String text;
    /** Whether the kernel's own functions are listed, so that one that isn't there isn't in the kernel. */
    final boolean listsKernel;

    /** As these readings say. */
    public Symbols(Readings readings) {
        String read = readings.file("/proc/kallsyms");
        text = read == null ? "" : read;
        // built in wherever netfilter is, so its absence means that the kernel's own functions aren't listed
        listsKernel = "kernel".equals(owner("nf_hook_slow"));
    }

    /** {@code kernel}, a module's name, or null when the symbol isn't listed. */
    String owner(String symbol) {
        String line = raw(symbol);
        if (line == null) { return null; }
        int open = line.lastIndexOf('[');
        return open > 0 && line.charAt(open - 1) <= ' ' && line.endsWith("]")
                ? line.substring(open + 1, line.length() - 1) : "kernel";
    }

    /** The last line whose third word is the symbol, and whose second is one letter. */
    private String raw(String symbol) {
        String found = null;
        for (int at = Words.find(text, symbol, 0); at >= 0; at = Words.find(text, symbol, at + 1)) {
            int end = text.indexOf('\n', at);
            String line = text.substring(text.lastIndexOf('\n', at) + 1, end < 0 ? text.length() : end).trim();
            String[] words = line.length() < 300 ? Words.of(line) : new String[0];
            if (words.length > 2 && words[1].length() == 1 && words[2].equals(symbol)) { found = line; }
        }
        return found;
    }

    /** The line as evidence, or null. */
    String line(String symbol) {
        String line = raw(symbol);
        return line == null ? null : Line.evidence("/proc/kallsyms", line);
    }
}
