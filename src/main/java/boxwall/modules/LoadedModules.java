package boxwall.modules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * The loaded modules: {@code ip_tables 11575 1 iptable_filter, Live 0xc001b000 (P)} in /proc/modules, else the output
 * of lsmod, whose first line starts with {@code Module}.
 */
public final class LoadedModules {
    /** Each module's line as evidence. */
    private final Map<String, String> lines = new LinkedHashMap<>();
    /** Whether the list of loaded modules was read. */
    public final boolean known;
    /** {@code /proc/modules} or {@code lsmod}. */
    public final String source;

    /** Reads the list in these readings. */
    public LoadedModules(Readings readings) {
        boolean proc = readings.text("/proc/modules") != null;
        source = proc ? "/proc/modules" : "lsmod";
        // an empty /proc/modules is a kernel without loaded modules; lsmod prints its first line at least
        boolean plausible = proc;
        for (ReadingLine line : readings.all(source)) {
            String[] words = line.words();
            if (!proc && words.length > 1 && words[0].equals("Module") && words[1].equals("Size")) {
                plausible = true;
            } else if (words.length < 3 || !Words.isNumber(words[1])) {
                plausible &= words.length == 0;
            } else {
                lines.put(normal(words[0]), line.evidence());
            }
        }
        known = plausible || !lines.isEmpty();
    }

    /** The kernel's spelling: names of files and users may have dashes, the kernel's have underscores. */
    public static String normal(String module) {
        return module.replace('-', '_');
    }

    public boolean contains(String module) { return lines.containsKey(normal(module)); }

    /** The module's line as evidence, or null. */
    public String line(String module) {
        return lines.get(normal(module));
    }

    public Set<String> names() { return Collections.unmodifiableSet(lines.keySet()); }
}
