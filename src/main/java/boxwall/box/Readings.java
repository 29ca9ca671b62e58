package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import boxwall.netfilter.Versions;
import boxwall.netfilter.Words;

/**
 * The raw texts read from a box: files by absolute path, outputs of commands by their line with spaces as {@code _} and
 * slashes as {@code %2F} ({@code iptables_--version}). What is missing is unknown, not absent. Immutable.
 */
public final class Readings {
    private static final String[] MODULES =
            {"/proc/modules", "/proc/net/dev", "/proc/net/ip", "/proc/net/nf_", "/proc/sys/net/", "/proc/kdsld/", "ls"};

    private final Map<String, String> texts;

    /** Makes readings; keys as described, values never null. */
    public Readings(Map<String, String> texts) {
        this.texts = new TreeMap<>(texts);
    }

    /** Empty readings. */
    public static Readings none() { return new Readings(Collections.<String, String>emptyMap()); }

    /** These readings with a file or a command's output added or replaced. */
    public Readings with(String source, String text) {
        return with(Collections.<String>emptyList(), Collections.singletonMap(source, text));
    }

    /** These readings with some replaced. */
    public Readings with(Collection<String> old, Map<String, String> now) {
        Readings copy = new Readings(texts);
        copy.texts.keySet().removeAll(old);
        copy.texts.putAll(now);
        return copy;
    }

    /** The text of a file, or the output of a command, also as it is typed ({@code uname -r}); or null. */
    public String text(String source) {
        String text = texts.get(source);
        return text != null || source.startsWith("/") ? text : texts.get(source.replace(' ', '_'));
    }

    /** The lines of that text. */
    public List<String> lines(String source) { return Words.lines(text(source)); }

    /** Paths of the files, sorted. */
    public List<String> paths() { return sources("/"); }

    /** Names of the commands. */
    public List<String> commandNames() {
        List<String> names = new ArrayList<>();
        for (String source : texts.keySet()) {
            if (!source.startsWith("/")) { names.add(source); }
        }
        return names;
    }

    /** The paths and names that begin so, sorted. */
    private List<String> sources(String start) {
        List<String> sources = new ArrayList<>();
        for (String source : texts.keySet()) {
            if (source.startsWith(start)) { sources.add(source); }
        }
        return sources;
    }

    /** The names in a directory from which a file was recorded; empty for none. */
    public List<String> names(String directory) {
        TreeSet<String> names = new TreeSet<>();
        for (String path : sources(directory + "/")) {
            names.add(Words.before(path.substring(directory.length() + 1), '/'));
        }
        return new ArrayList<>(names);
    }

    /** The readings that show which modules are loaded, and what they registered. */
    public Readings ofModules() {
        return only(MODULES);
    }

    /** The files and commands whose paths and names begin with one of these. */
    public Readings only(String... starts) {
        Readings some = none();
        for (String start : starts) {
            for (String source : sources(start)) {
                some.texts.put(source, texts.get(source));
            }
        }
        return some;
    }

    /**
     * The same box after its start: without netfilter's modules in /proc/modules and without the features that they
     * registered, but with those that are built in. A plan's module list is for the next boot, when nothing is loaded
     * yet. Returns these readings themselves if no such module is loaded.
     */
    public Readings asBooted() {
        if (text("/proc/modules") == null) { return this; }
        StringBuilder kept = new StringBuilder();
        boolean core = false;
        for (String line : lines("/proc/modules")) {
            String name = Words.before(line, ' ');
            core |= name.equals("ip_tables") || name.equals("ip6_tables");
            if (!isNetfilter(name)) { kept.append(line).append('\n'); }
        }
        if (kept.length() >= text("/proc/modules").length()) { return this; }
        Readings registered = core ? only("/proc/net/ip_tables_", "/proc/net/ip6_tables_") : none();
        return with(registered.paths(), Collections.singletonMap("/proc/modules", kept.toString()));
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
    public List<ReadingLine> all(String... sources) { return holding("", sources); }

    /** The lines of these sources that contain a word. */
    List<ReadingLine> holding(String word, String... sources) {
        List<ReadingLine> all = new ArrayList<>();
        for (String source : sources) {
            for (String line : Words.lines(text(source), word)) {
                all.add(new ReadingLine(source, line, line));
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
        String text = texts.get("ls" + end);
        for (String name : text == null ? sources("ls_") : Collections.<String>emptyList()) {
            boolean lists = name.indexOf("_-d") < 0
                    && (name.startsWith("ls_-") && name.endsWith(end) || name.endsWith(end + "%2F"));
            text = text == null && lists ? texts.get(name) : text;
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
