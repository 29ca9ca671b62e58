package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import boxwall.netfilter.Rows;
import boxwall.box.Versions;
import boxwall.netfilter.Family;

/**
 * The family of kernels that a release belongs to, and what generations.txt says of it: which module carries what. The
 * file's own head explains its format. A release that it doesn't list is treated like the nearest older generation and
 * says so: what is concluded from it alone is never "missing".
 */
public final class KernelGeneration {
    /** What connection tracking does on a generation; generations.txt says why. */
    public enum Policy {
        MEMORY, WORKS, LAYOUT, OWN
    }

    /** The words of each generation's line, oldest first: {@code generation NAME POLICY USERLAND}. */
    static final List<String[]> ALL = new ArrayList<>();
    /**
     * "match 4" to the names of that kind, each with the words of its row: a box asks for one generation, so rows are
     * read when asked.
     */
    private static final Map<String, TreeMap<String, String[]>> ROWS = new HashMap<>();
    private static final List<String[]> SYMBOLS = new ArrayList<>();
    private static final List<String[]> RENAMES = new ArrayList<>();
    /** "match state", "module xt_state" … */
    private static final Set<String> TRACKING = new HashSet<>();
    /** The one asked for last: a box has one kernel. */
    private static KernelGeneration last;

    /** What was read; where it is null, {@link #like} is only the newest. */
    final String release;
    private final int index;
    /** Whether the table has this very generation. */
    public final boolean listed;
    public final Policy policy;
    /** What rows say of this generation. */
    private final Map<String[], ModuleSpec> specs = new IdentityHashMap<>();

    static {
        for (String[] row : Rows.of("/boxwall/modules/generations.txt")) {
            add(row);
        }
        last = new KernelGeneration(null);
    }

    private KernelGeneration(String release) {
        this.release = release;
        int nearest = release == null ? ALL.size() - 1 : 0;
        boolean found = false;
        for (int i = 0; release != null && !found && i < ALL.size(); i++) {
            String name = ALL.get(i)[1];
            found = release.startsWith(name)
                    && (release.length() == name.length() || !Character.isDigit(release.charAt(name.length())));
            nearest = found || Versions.compare(release, name) >= 0 ? i : nearest;
        }
        index = nearest;
        listed = found;
        policy = Policy.valueOf(ALL.get(index)[2].toUpperCase(Locale.ROOT));
    }

    private static void add(String[] words) {
        if (words[0].equals("generation")) {
            ALL.add(words);
        } else if (words[0].equals("rename")) {
            RENAMES.add(words);
        } else if (words[0].equals("symbol")) {
            SYMBOLS.add(words);
        } else if (words[0].equals("tracks")) {
            for (int i = 2; i < words.length; i++) {
                TRACKING.add(words[1] + " " + words[i]);
            }
        } else {
            for (char digit : words[2].toCharArray()) {
                String key = words[0] + " " + digit;
                if (!ROWS.containsKey(key)) { ROWS.put(key, new TreeMap<String, String[]>()); }
                ROWS.get(key).put(words[1], words);
            }
        }
    }

    /** The generation of a {@code uname -r}; null for a release that wasn't read. Never null itself. */
    public static KernelGeneration of(String release) {
        synchronized (ROWS) {
            if (release == null ? last.release != null : !release.equals(last.release)) {
                last = new KernelGeneration(release);
            }
            return last;
        }
    }

    /** {@code 2.6.32} …, or {@code unknown}. */
    public String name() { return listed ? like() : "unknown"; }

    /** The generation whose rows are used: this, or the nearest older. */
    public String like() {
        return ALL.get(index)[1];
    }

    /** The iptables version that Freetz builds for it. */
    String freetzUserland() { return ALL.get(index)[3]; }

    public boolean atLeast(String release) { return Versions.compare(like(), release) >= 0; }

    /** Whether {@code 2.6.19-3.12}, {@code 4.1+}, {@code 2.6.13} or {@code all} covers it. */
    private boolean covers(String range) {
        if (range.equals("all")) { return true; }
        boolean open = range.endsWith("+");
        int dash = range.indexOf('-');
        String from = dash < 0 ? range.substring(0, range.length() - (open ? 1 : 0)) : range.substring(0, dash);
        return index >= indexOf(from) && (open || index <= indexOf(range.substring(dash + 1)));
    }

    private static int indexOf(String name) {
        for (int i = 0; i < ALL.size(); i++) {
            if (ALL.get(i)[1].equals(name)) { return i; }
        }
        throw new IllegalStateException("generations.txt names a generation that it doesn't list: " + name);
    }

    /** What it needs for a table, match or target; UNLISTED when no row says. */
    public ModuleSpec spec(Kind kind, String name, Family family) {
        String[] words = rows(kind, family).get(name);
        return words == null ? ModuleSpec.UNLISTED : spec(words);
    }

    ModuleSpec core(Family family) { return spec(ROWS.get("core " + family.digit()).get("-")); }

    public ModuleSpec conntrack(Family family) { return spec(ROWS.get("conntrack " + family.digit()).get("-")); }

    private static TreeMap<String, String[]> rows(Kind kind, Family family) {
        return ROWS.get(kind.word + " " + family.digit());
    }

    private ModuleSpec spec(String[] words) {
        synchronized (ROWS) {
            ModuleSpec spec = specs.get(words);
            for (int i = 3; spec == null && i < words.length; i++) {
                int equals = words[i].indexOf('=');
                if (covers(words[i].substring(0, equals))) { spec = new ModuleSpec(words[i].substring(equals + 1)); }
            }
            spec = spec == null ? ModuleSpec.UNLISTED : spec;
            specs.put(words, spec);
            return spec;
        }
    }

    /** What it needs for each feature that the table has, for the core and for connection tracking. */
    List<ModuleSpec> specs() {
        List<ModuleSpec> all = new ArrayList<>();
        for (TreeMap<String, String[]> kind : ROWS.values()) {
            for (String[] words : kind.values()) {
                all.add(spec(words));
            }
        }
        return all;
    }

    /** Whether a table, match or target pulls connection tracking in, whatever the kernel. */
    public static boolean tracks(Kind kind, String name) {
        return TRACKING.contains(kind.word + " " + name);
    }

    /** Whether loading a module of that name loads, or is, connection tracking; the old names too. */
    public static boolean tracks(String module) {
        String name = LoadedModules.normal(module).toLowerCase(Locale.ROOT);
        return name.contains("conntrack") || name.startsWith("nf_nat") || name.startsWith("ip_nat")
                || name.startsWith("xt_conn") || name.startsWith("ipt_conn") || TRACKING.contains("module " + name);
    }

    /** The names of that kind that any generation has in a family, sorted. */
    public static Set<String> allNames(Kind kind, Family family) {
        return Collections.unmodifiableSet(rows(kind, family).keySet());
    }

    /** Those of them that this one has, or may have. */
    List<String> names(Kind kind, Family family) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, String[]> row : rows(kind, family).entrySet()) {
            if (!spec(row.getValue()).isNone()) { names.add(row.getKey()); }
        }
        return names;
    }

    /** The module that has a symbol here, {@code @core} for the kernel itself; null when no line says. */
    public String owner(String symbol) {
        for (String[] line : SYMBOLS) {
            boolean beginning = line[1].endsWith("*");
            boolean fits =
                    beginning ? symbol.startsWith(line[1].substring(0, line[1].length() - 1)) : symbol.equals(line[1]);
            if (fits && covers(line[3])) { return line[2]; }
        }
        return null;
    }

    /** What a module is called here, likeliest first; the name itself when no rename concerns it. */
    public List<String> namesOf(String module) {
        List<String> names = new ArrayList<>();
        String current = module;
        // a name may have changed twice (ipt_CONNMARK, xt_CONNMARK, xt_connmark)
        for (String[] rename : RENAMES) {
            if (rename[1].equals(current) && covers(rename[3])) { current = rename[2]; }
        }
        for (String[] rename : RENAMES) {
            if (rename[2].equals(module) && current.equals(module) && !covers(rename[3]) && !rename[3].contains("-")) {
                names.add(rename[1]);
            }
        }
        return names.isEmpty() ? Collections.singletonList(current) : names;
    }
}
