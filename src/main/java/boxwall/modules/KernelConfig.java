package boxwall.modules;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.modules.Capability.State;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;

/**
 * The kernel's own configuration, /proc/config.gz (IKCONFIG_PROC, newer firmware only): {@code CONFIG_X=y}, {@code =m},
 * {@code # CONFIG_X is not set}. Kept as read, gzip in a string of bytes (ISO-8859-1), or unpacked as /proc/config.
 */
final class KernelConfig {
    /** Modules whose symbols follow no rule. */
    private static final String[][] SYMBOLS = {{"x_tables", "NETFILTER_XTABLES"}, {"xt_tcpudp", "NETFILTER_XTABLES"},
            {"ip_tables", "IP_NF_IPTABLES"}, {"ip6_tables", "IP6_NF_IPTABLES"}};
    /** The start of a module's name, and the start of its symbol. */
    private static final String[][] PREFIXES = {{"iptable_", "IP_NF_"}, {"ip6table_", "IP6_NF_"},
            {"xt_", "NETFILTER_XT_"}, {"ipt_", "IP_NF_"}, {"ip6t_", "IP6_NF_"}};
    /** A configuration is about 100 KiB; more than this is not one. */
    private static final int MAX_BYTES = 1 << 20;

    /** Shared by all readings of a box: its configuration never changes, and 4000 lines take half a megabyte. */
    private static KernelConfig last = new KernelConfig("", "");

    /** The text as it was read, packed or not. */
    private final String read;
    private final Map<String, String> lines = new HashMap<>();

    /** The configuration in these readings; the same object again for the same text. */
    static synchronized KernelConfig of(Readings readings) {
        String plain = readings.text("/proc/config");
        String packed = plain == null ? readings.text("/proc/config.gz") : null;
        String text = plain != null ? plain : packed != null ? packed : "";
        if (!text.equals(last.read)) { last = new KernelConfig(text, packed == null ? text : unpack(packed)); }
        return last;
    }

    private KernelConfig(String read, String text) {
        this.read = read;
        for (String line : Words.lines(text, "CONFIG_")) {
            String trimmed = line.trim();
            if (trimmed.startsWith("CONFIG_") && trimmed.indexOf('=') > 0) {
                lines.put(trimmed.substring(7, trimmed.indexOf('=')), trimmed);
            } else if (trimmed.startsWith("# CONFIG_") && trimmed.endsWith(" is not set")) {
                lines.put(trimmed.substring(9, trimmed.length() - 11), trimmed);
            }
        }
    }

    private static String unpack(String packed) {
        try {
            return Words.text(ResourceRows.bytes(new GZIPInputStream(new ByteArrayInputStream(Words.bytesOf(packed))),
                    MAX_BYTES));
        } catch (IOException | IllegalStateException e) {
            // not gzip, or cut off: every symbol is unknown
            return "";
        }
    }

    /** BUILTIN (=y), LOADABLE (=m) or MISSING (not set), with the line as evidence; else UNKNOWN. */
    Capability of(String module) {
        String line = lines.get(symbol(module));
        State state = line == null ? State.UNKNOWN : line.startsWith("#") ? State.MISSING
                : line.endsWith("=y") ? State.BUILTIN : line.endsWith("=m") ? State.LOADABLE : State.UNKNOWN;
        return Capability.of(state, line == null ? "" : ReadingLine.evidence("/proc/config.gz", line));
    }

    /**
     * The configuration symbol of a module, as in Kconfig of the kernel's net/netfilter, net/ipv4/netfilter and
     * net/ipv6/netfilter. xt_tcpudp has no symbol: x_tables' symbol builds it too.
     */
    private static String symbol(String module) {
        for (String[] row : SYMBOLS) {
            if (module.equals(row[0])) { return row[1]; }
        }
        for (String[] row : PREFIXES) {
            if (module.startsWith(row[0])) {
                String name = module.substring(row[0].length());
                String upper = name.toUpperCase(Locale.ROOT);
                return row[1] + (row[0].endsWith("table_") ? "" : name.equals(upper) ? "TARGET_" : "MATCH_") + upper;
            }
        }
        return module.toUpperCase(Locale.ROOT);
    }
}
