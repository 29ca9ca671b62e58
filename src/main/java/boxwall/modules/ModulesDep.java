package boxwall.modules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * The module files of this kernel: {@code kernel/net/netfilter/xt_state.ko: kernel/net/netfilter/x_tables.ko …} a line
 * in modules.dep (paths relative or absolute, .ko or .ko.xz), and modules.builtin where there is one (Freetz leaves it
 * empty).
 */
public final class ModulesDep {
    /** One lock for all readings, as in {@link Capabilities}. */
    private static final Object ASKING = new Object();

    /** Module to its raw line: most lines are never looked at, so they are taken apart when they are. */
    private final Map<String, String> lines = new HashMap<>();
    private final Map<String, List<String>> needs = new HashMap<>();
    private final Map<String, List<String>> closures = new HashMap<>();
    private final Map<String, String> builtin = new HashMap<>();
    private final String directory;
    /** Whether modules.dep was read and had a module in it. */
    public final boolean known;

    /** Of the kernel with that release; null where it is unknown. */
    public ModulesDep(Readings readings, String release) {
        directory = "/lib/modules/" + (release == null ? "unknown" : release);
        for (String line : readings.lines(directory + "/modules.dep")) {
            String path = line.substring(0, Math.max(0, line.indexOf(':')));
            if (Words.find(path, ".ko", 0) >= 0) { lines.put(name(path), line); }
        }
        // an empty file is what a failed write leaves, not a box without modules
        known = !lines.isEmpty();
        for (String line : readings.lines(directory + "/modules.builtin")) {
            if (line.endsWith(".ko")) { builtin.put(name(line), Line.evidence("modules.builtin", line)); }
        }
    }

    private static String name(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        int end = Words.find(file, ".ko", 0);
        return LoadedModules.normal(end < 0 ? file : file.substring(0, end));
    }

    public boolean contains(String module) { return lines.containsKey(LoadedModules.normal(module)); }

    /** Its line as evidence, or null. */
    String line(String module) {
        String line = lines.get(LoadedModules.normal(module));
        return line == null ? null : Line.evidence("modules.dep", line);
    }

    /** The absolute path of the file of a module that has a line. */
    String path(String module) {
        String line = lines.get(module);
        String path = line.substring(0, line.indexOf(':'));
        return path.startsWith("/") ? path : directory + "/" + path;
    }

    /** The line of modules.builtin as evidence, or null. */
    String builtin(String module) {
        return builtin.get(module);
    }

    /** What a module needs, all levels, in load order, itself last; just itself when nothing is known of it. */
    public List<String> closure(String module) {
        String name = LoadedModules.normal(module);
        synchronized (ASKING) {
            List<String> closure = closures.get(name);
            if (closure == null) {
                closure = new ArrayList<>();
                visit(name, closure, new HashSet<String>());
                closures.put(name, closure);
            }
            return closure;
        }
    }

    /** What is asked first decides nothing, even where a broken build goes round in a circle. */
    private void visit(String module, List<String> order, Set<String> seen) {
        if (!seen.add(module)) { return; }
        List<String> needed = needed(module);
        // depmod writes the nearest first: the last one is loaded first
        for (int i = needed.size() - 1; i >= 0; i--) {
            visit(needed.get(i), order, seen);
        }
        order.add(module);
    }

    /** The modules a line names behind its colon, nearest first; empty when the module is unknown. */
    private List<String> needed(String module) {
        List<String> needed = needs.get(module);
        if (needed == null) {
            needed = new ArrayList<>();
            String line = lines.get(module);
            for (String word : line == null ? new String[0] : Words.of(line.substring(line.indexOf(':') + 1))) {
                needed.add(name(word));
            }
            needs.put(module, needed);
        }
        return needed;
    }

    /** Those that have a line, sorted. */
    Set<String> modules() { return new TreeSet<>(lines.keySet()); }
}
