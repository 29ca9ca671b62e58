package boxwall.modules;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

import boxwall.box.Line;
import boxwall.box.Readings;

/**
 * The kernel's own configuration, /proc/config.gz (IKCONFIG_PROC, newer firmware only): {@code CONFIG_X=y}, {@code =m},
 * {@code # CONFIG_X is not set}. Kept as read, gzip in a string of bytes (ISO-8859-1), or unpacked as /proc/config.
 */
final class KernelConfig {
    /** A configuration is about 100 KiB; more than this is not one. */
    private static final int MAX_BYTES = 1 << 20;

    /**
     * The last one: a kernel keeps its configuration as long as it runs, and its 4000 lines are half a megabyte for
     * each reading of a box.
     */
    private static KernelConfig last = new KernelConfig("");

    /** As it was read, packed or not. */
    private final String read;
    private final Map<String, String> lines = new HashMap<>();

    private KernelConfig(String read) { this.read = read; }

    /** The configuration that these readings hold; the same object again for the same text. */
    static synchronized KernelConfig of(Readings readings) {
        String plain = readings.file("/proc/config");
        String packed = plain == null ? readings.file("/proc/config.gz") : null;
        String text = plain != null ? plain : packed != null ? packed : "";
        if (!text.equals(last.read)) {
            KernelConfig next = new KernelConfig(text);
            next.parse(packed == null ? text : unpack(packed));
            last = next;
        }
        return last;
    }

    private void parse(String text) {
        int next = 0;
        for (int start = 0; start < text.length(); start = next) {
            int end = text.indexOf('\n', start);
            next = end < 0 ? text.length() : end + 1;
            String trimmed = text.substring(start, end < 0 ? text.length() : end).trim();
            if (trimmed.startsWith("CONFIG_") && trimmed.indexOf('=') > 0) {
                lines.put(trimmed.substring(7, trimmed.indexOf('=')), trimmed);
            } else if (trimmed.startsWith("# CONFIG_") && trimmed.endsWith(" is not set")) {
                lines.put(trimmed.substring(9, trimmed.length() - 11), trimmed);
            }
        }
    }

    private static String unpack(String packed) {
        try {
            InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.getBytes("ISO-8859-1")));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[4096];
            int n = in.read(buffer);
            while (n >= 0 && out.size() < MAX_BYTES) {
                out.write(buffer, 0, n);
                n = in.read(buffer);
            }
            return out.toString("ISO-8859-1");
        } catch (IOException e) {
            // not gzip, or cut off: it says nothing, and that is what unknown means
            return "";
        }
    }

    boolean isBuiltin(String module) {
        String line = lines.get(symbol(module));
        return line != null && line.endsWith("=y");
    }

    boolean isModule(String module) {
        String line = lines.get(symbol(module));
        return line != null && line.endsWith("=m");
    }

    boolean isOff(String module) {
        String line = lines.get(symbol(module));
        return line != null && line.startsWith("#");
    }

    /** The line as evidence; only for a module of which one was found. */
    String line(String module) {
        return Line.evidence("/proc/config.gz", lines.get(symbol(module)));
    }

    /**
     * The configuration symbol that makes a module: kernel's net/netfilter, net/ipv4/netfilter and net/ipv6/netfilter
     * Kconfig.
     */
    private static String symbol(String module) {
        if (module.equals("x_tables")) {
            return "NETFILTER_XTABLES";
        } else if (module.equals("xt_tcpudp")) {
            // no symbol of its own: comes with x_tables
            return "NETFILTER_XTABLES";
        } else if (module.equals("ip_tables")) {
            return "IP_NF_IPTABLES";
        } else if (module.equals("ip6_tables")) {
            return "IP6_NF_IPTABLES";
        } else if (module.startsWith("iptable_")) {
            return "IP_NF_" + module.substring(8).toUpperCase(Locale.ROOT);
        } else if (module.startsWith("ip6table_")) {
            return "IP6_NF_" + module.substring(9).toUpperCase(Locale.ROOT);
        } else if (module.startsWith("xt_") || module.startsWith("ipt_") || module.startsWith("ip6t_")) {
            int underscore = module.indexOf('_');
            String prefix =
                    module.startsWith("xt_") ? "NETFILTER_XT_" : module.startsWith("ipt_") ? "IP_NF_" : "IP6_NF_";
            String name = module.substring(underscore + 1);
            boolean target = name.equals(name.toUpperCase(Locale.ROOT));
            return prefix + (target ? "TARGET_" : "MATCH_") + name.toUpperCase(Locale.ROOT);
        }
        return module.toUpperCase(Locale.ROOT);
    }
}
