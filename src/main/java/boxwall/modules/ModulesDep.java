package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * The module files of this kernel: {@code kernel/net/netfilter/xt_state.ko: kernel/net/netfilter/x_tables.ko …} on each
 * line of modules.dep (paths relative or absolute, .ko or .ko.xz), and modules.builtin if it exists (Freetz leaves it
 * empty).
 */
public final class ModulesDep {
    /** One lock for all boxes, as in {@link Capabilities}. */
    private static final Object LOCK = new Object();

    /** Each module's raw line: most are never parsed. */
    private final Map<String, String> lines = new HashMap<>();
    /** The modules that a line names, parsed on demand. */
    private final Map<String, List<String>> needs = new HashMap<>();
    /** The results of {@link #dependencies(String)}. */
    private final Map<String, List<String>> dependencies = new HashMap<>();
    /** The modules whose directory was listed and doesn't contain the file; sorted. */
    private final Set<String> missing = new TreeSet<>();
    private final Map<String, String> builtin = new HashMap<>();
    /** Whether modules.dep was read and names a module. */
    public final boolean known;

    /** Reads the files of the kernel with that release; null where the release is unknown. */
    public ModulesDep(Readings readings, String release) {
        String directory = "/lib/modules/" + (release == null ? "unknown" : release);
        for (String line : readings.lines(directory + "/modules.dep")) {
            String path = path(line);
            if (Words.find(path, ".ko", 0) >= 0) { lines.put(name(path), line); }
        }
        // an empty file results from a failed write; a box without modules has no file
        known = !lines.isEmpty();
        for (String line : readings.lines(directory + "/modules.builtin")) {
            if (line.endsWith(".ko")) { builtin.put(name(line), ReadingLine.evidence("modules.builtin", line)); }
        }
        findMissing(readings, directory);
    }

    private void findMissing(Readings readings, String directory) {
        Map<String, Set<String>> listings = new HashMap<>();
        for (Map.Entry<String, String> module : lines.entrySet()) {
            String written = path(module.getValue());
            String path = written.startsWith("/") ? written : directory + "/" + written;
            int slash = path.lastIndexOf('/');
            String folder = path.substring(0, slash);
            if (!listings.containsKey(folder)) {
                listings.put(folder, readings.isListed(folder) ? new HashSet<>(readings.listed(folder)) : null);
            }
            Set<String> listing = listings.get(folder);
            if (listing != null && !listing.contains(path.substring(slash + 1))) { missing.add(module.getKey()); }
        }
    }

    private static String path(String line) { return line.substring(0, Math.max(0, line.indexOf(':'))); }

    private static String name(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        int end = Words.find(file, ".ko", 0);
        return LoadedModules.normal(end < 0 ? file : file.substring(0, end));
    }

    public boolean contains(String module) { return lines.containsKey(LoadedModules.normal(module)); }

    /** The module's line as evidence, or null. */
    String line(String module) {
        String line = lines.get(LoadedModules.normal(module));
        return line == null ? null : ReadingLine.evidence("modules.dep", line);
    }

    /** The evidence that a module's file doesn't exist; null when it exists or its directory wasn't listed. */
    String missingFile(String module) {
        return missing.contains(module) ? line(module) + ", but the file doesn't exist" : null;
    }

    /** The evidence for every module whose file doesn't exist. */
    public List<String> missingFiles() {
        List<String> evidence = new ArrayList<>();
        for (String module : missing) {
            evidence.add(missingFile(module));
        }
        return evidence;
    }

    /** The line of modules.builtin as evidence, or null. */
    String builtin(String module) {
        return builtin.get(module);
    }

    /** The modules that a module needs, on all levels, in load order; empty for an unknown module. */
    public List<String> dependencies(String module) {
        String name = LoadedModules.normal(module);
        synchronized (LOCK) {
            List<String> order = dependencies.get(name);
            if (order == null) {
                order = new ArrayList<>();
                visit(name, order, new HashSet<String>());
                order.remove(order.size() - 1);
                order = Collections.unmodifiableList(order);
                dependencies.put(name, order);
            }
            return order;
        }
    }

    /**
     * Uses no results for other modules: in a circle of a broken build it would depend on the module that was queried
     * first.
     */
    private void visit(String module, List<String> order, Set<String> seen) {
        if (!seen.add(module)) { return; }
        List<String> needed = needed(module);
        // depmod writes the nearest first: the last one is loaded first
        for (int i = needed.size() - 1; i >= 0; i--) {
            visit(needed.get(i), order, seen);
        }
        order.add(module);
    }

    /** The modules that a line names after its colon, nearest first; empty for an unknown module. */
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
}
