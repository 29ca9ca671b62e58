package boxwall.box;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The modules in the kernel now: {@code ip_tables 11575 1 iptable_filter, Live 0xc001b000 (P)} in /proc/modules, else lsmod's
 * table, whose head line starts with {@code Module}.
 */
final class LoadedModules {
    private final Map<String, String> lines = new LinkedHashMap<String, String>();
    private final boolean known;

    LoadedModules(Readings readings) {
        boolean proc = readings.file("/proc/modules") != null;
        boolean lsmod = !proc && readings.command("lsmod") != null;
        List<String> all = proc ? readings.lines("/proc/modules") : readings.commandLines("lsmod");
        boolean sane = true;
        for (String line : all) {
            String[] words = line.trim().split("\\s+");
            if (lsmod && words[0].equals("Module")) {
                continue;
            }
            if (words.length < 3 || !isNumber(words[1])) {
                sane &= line.trim().length() == 0;
                continue;
            }
            lines.put(normal(words[0]), Evidence.line(proc ? "/proc/modules" : "lsmod", line));
        }
        // an empty /proc/modules is a kernel with nothing loaded; one full of something else says nothing
        known = (proc || lsmod) && (sane || !lines.isEmpty());
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** The kernel's spelling: it has no dashes in module names, files and users have. */
    static String normal(String module) {
        return module.replace('-', '_');
    }

    /** Whether what is loaded was read at all. */
    boolean isKnown() {
        return known;
    }

    boolean contains(String module) {
        return lines.containsKey(normal(module));
    }

    /** The line as evidence, or null. */
    String line(String module) {
        return lines.get(normal(module));
    }

    Set<String> names() {
        return java.util.Collections.unmodifiableSet(lines.keySet());
    }
}
