package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import boxwall.netfilter.Words;

/**
 * The raw texts read from a box: files by absolute path, outputs of commands by their line with spaces as {@code _} and
 * slashes as {@code %2F} ({@code iptables_--version}). What is missing is unknown, not absent. Immutable.
 */
public final class Readings {
    private static final List<String> MODULES = Arrays.asList("/proc/modules", "/proc/net/dev", "/proc/net/ip",
            "/proc/net/nf_", "/proc/sys/net/", "/proc/kdsld/");

    private final Map<String, String> files;
    private final Map<String, String> commands;

    /** Makes readings; keys as described, values never null. */
    public Readings(Map<String, String> files, Map<String, String> commands) {
        this.files = new TreeMap<>(files);
        this.commands = new TreeMap<>(commands);
    }

    /** Empty readings. */
    public static Readings none() {
        return new Readings(Collections.<String, String>emptyMap(), Collections.<String, String>emptyMap());
    }

    /** These readings with the outputs of some commands replaced. */
    public Readings withCommands(Collection<String> old, Map<String, String> now) {
        Map<String, String> all = new TreeMap<>(commands);
        all.keySet().removeAll(old);
        all.putAll(now);
        return new Readings(files, all);
    }

    /** The text of a file, or null. */
    public String file(String path) { return files.get(path); }

    /** The lines of a file. */
    public List<String> lines(String path) { return Words.lines(files.get(path)); }

    /** The output of a command, or null. */
    public String command(String name) { return commands.get(name); }

    /** The lines of a command's output. */
    public List<String> commandLines(String name) {
        return Words.lines(commands.get(name));
    }

    /** Paths of the files, sorted. */
    public List<String> paths() { return new ArrayList<>(files.keySet()); }

    /** Names of the commands. */
    public List<String> commandNames() { return new ArrayList<>(commands.keySet()); }

    /** The names in a directory from which a file was recorded; empty for none. */
    public List<String> names(String directory) {
        String prefix = directory + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String path : files.keySet()) {
            if (path.startsWith(prefix)) {
                int slash = path.indexOf('/', prefix.length());
                names.add(slash < 0 ? path.substring(prefix.length()) : path.substring(prefix.length(), slash));
            }
        }
        return new ArrayList<>(names);
    }

    /** The readings that show which modules are loaded, and what they registered. */
    public Readings ofModules() {
        return only(MODULES, "ls");
    }

    /** The files whose paths begin with one of these, and the commands whose names begin so. */
    public Readings only(List<String> paths, String command) {
        Readings some = none();
        for (Map.Entry<String, String> file : files.entrySet()) {
            for (String path : paths) {
                if (file.getKey().startsWith(path)) { some.files.put(file.getKey(), file.getValue()); }
            }
        }
        for (Map.Entry<String, String> output : commands.entrySet()) {
            if (output.getKey().startsWith(command)) { some.commands.put(output.getKey(), output.getValue()); }
        }
        return some;
    }

    /** These readings with a file added or replaced. */
    public Readings withFile(String path, String text) {
        Readings copy = new Readings(files, commands);
        copy.files.put(path, text);
        return copy;
    }

    /** These readings with a command's output added or replaced. */
    public Readings withCommand(String name, String text) {
        Readings copy = new Readings(files, commands);
        copy.commands.put(name, text);
        return copy;
    }

    /**
     * The same box after its start: without netfilter's modules in /proc/modules and without the features that they
     * registered, but with those that are built in. A plan's module list is for the next boot, when nothing is loaded
     * yet. Returns these readings themselves if no such module is loaded.
     */
    public Readings asBooted() {
        if (file("/proc/modules") == null) { return this; }
        StringBuilder kept = new StringBuilder();
        boolean core = false;
        for (String line : lines("/proc/modules")) {
            String name = Words.before(line, ' ');
            core |= name.equals("ip_tables") || name.equals("ip6_tables");
            if (!isNetfilter(name)) { kept.append(line).append('\n'); }
        }
        if (kept.length() >= file("/proc/modules").length()) { return this; }
        Readings copy = withFile("/proc/modules", kept.toString());
        for (String path : core ? copy.paths() : Collections.<String>emptyList()) {
            if (path.startsWith("/proc/net/ip_tables_") || path.startsWith("/proc/net/ip6_tables_")) {
                copy.files.remove(path);
            }
        }
        return copy;
    }

    private static boolean isNetfilter(String module) {
        String[] prefixes = {"x_tables", "ip_tables", "ip6_tables", "iptable_", "ip6table_", "xt_", "ipt_", "ip6t_",
                "nf_", "ip_conntrack", "ip_nat"};
        for (String prefix : prefixes) {
            if (module.startsWith(prefix)) { return true; }
        }
        return false;
    }

    /**
     * The lines of files by path, and of commands as they are typed ({@code uname -r}), in the order of the sources.
     */
    public List<Line> all(String... sources) { return holding("", sources); }

    /** The lines of these sources that contain a word. */
    List<Line> holding(String word, String... sources) {
        List<Line> all = new ArrayList<>();
        for (String source : sources) {
            String text = source.startsWith("/") ? files.get(source) : commands.get(source.replace(' ', '_'));
            for (String line : Words.lines(text, word)) {
                all.add(new Line(source, line, line));
            }
        }
        return all;
    }

    /** The kernel releases with a directory in /lib/modules. */
    List<String> moduleReleases() {
        TreeSet<String> releases = new TreeSet<>(names("/lib/modules"));
        for (String name : listed("/lib/modules")) {
            if (Versions.isRelease(name)) { releases.add(name); }
        }
        return new ArrayList<>(releases);
    }

    /**
     * The output of {@code ls DIRECTORY}, with or without options, in one column or more, possibly only of some names;
     * null when it wasn't read, or the directory doesn't exist.
     */
    private String listing(String directory) {
        String end = "_" + Words.replace(directory, "/", "%2F");
        String text = commands.get("ls" + end);
        for (String name : text == null ? commands.keySet() : Collections.<String>emptySet()) {
            boolean lists = name.startsWith("ls_-") && name.indexOf("_-d") < 0 && name.endsWith(end)
                    || name.startsWith("ls_") && name.indexOf("_-d") < 0 && name.endsWith(end + "%2F");
            text = text == null && lists ? commands.get(name) : text;
        }
        return text == null || Words.find(text, ": No such file", 0) >= 0 ? null : text;
    }

    /** Whether the directory was listed. */
    public boolean isListed(String directory) {
        return listing(directory) != null;
    }

    /** The listed names; of a long listing also its other words. */
    public List<String> listed(String directory) {
        String text = listing(directory);
        return text == null ? Collections.<String>emptyList() : Arrays.asList(Words.of(text));
    }
}
