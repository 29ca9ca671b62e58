package boxwall.modules;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * The modules in the kernel now: {@code ip_tables 11575 1 iptable_filter, Live 0xc001b000 (P)} in /proc/modules, else
 * lsmod's table, whose head line starts with {@code Module}.
 */
public final class LoadedModules {
    private final Map<String, String> lines = new LinkedHashMap<>();
    /** Whether what is loaded was read at all. */
    public final boolean known;
    /** Where the list is from. */
    public final String source;

    /** As these readings say. */
    public LoadedModules(Readings readings) {
        boolean proc = readings.file("/proc/modules") != null;
        source = proc ? "/proc/modules" : "lsmod";
        boolean lsmod = !proc && readings.command("lsmod") != null;
        boolean sane = proc;
        for (Line line : readings.all(source)) {
            String[] words = line.words();
            if (lsmod && words.length > 1 && words[0].equals("Module") && words[1].equals("Size")) {
                sane = true;
            } else if (words.length < 3 || !Words.isNumber(words[1])) {
                sane &= words.length == 0;
            } else {
                lines.put(normal(words[0]), line.evidence());
            }
        }
        // an empty /proc/modules is a kernel with nothing loaded, lsmod has a head line at least; something else says
        // nothing
        known = (proc || lsmod) && (sane || !lines.isEmpty());
    }

    /** The kernel's spelling: it has no dashes in module names, files and users have. */
    public static String normal(String module) {
        return module.replace('-', '_');
    }

    public boolean contains(String module) { return lines.containsKey(normal(module)); }

    /** The line as evidence, or null. */
    public String line(String module) { return lines.get(normal(module)); }

    public Set<String> names() { return java.util.Collections.unmodifiableSet(lines.keySet()); }
}
