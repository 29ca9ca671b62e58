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

import boxwall.netfilter.Family;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Versions;

/**
 * The generation of a kernel release, with the rows of generations.txt for it: which modules implement which feature.
 * The head of that file explains the format. An unlisted release is treated like the nearest older generation; its
 * table alone then never proves that a feature is missing.
 */
public final class KernelGeneration {
    /** The effect of conntrack on a generation; generations.txt explains each. */
    public enum Policy {
        MEMORY, WORKS, LAYOUT, OWN
    }

    /** The words of each generation's line, oldest first: {@code generation NAME POLICY USERLAND}. */
    static final List<String[]> ALL = new ArrayList<>();
    /** "match 4" to the names of that kind, each with the words of its row, which are parsed on demand. */
    private static final Map<String, TreeMap<String, String[]>> ROWS = new HashMap<>();
    private static final List<String[]> SYMBOLS = new ArrayList<>();
    private static final List<String[]> RENAMES = new ArrayList<>();
    /** "match state", "module xt_state" … */
    private static final Set<String> TRACKING = new HashSet<>();
    /** The latest result of {@link #of}: a box has one kernel. */
    private static KernelGeneration last;

    /** As read; null if unknown: then {@link #like} is the newest generation. */
    final String release;
    private final int index;
    /** Whether the table contains this generation itself. */
    public final boolean listed;
    public final Policy policy;
    /** The parsed rows. */
    private final Map<String[], ModuleSpec> specs = new IdentityHashMap<>();

    static {
        for (String[] row : ResourceRows.of("/boxwall/modules/generations.txt")) {
            if (row[0].equals("generation")) {
                ALL.add(row);
            } else if (row[0].equals("rename")) {
                RENAMES.add(row);
            } else if (row[0].equals("symbol")) {
                SYMBOLS.add(row);
            } else if (row[0].equals("tracks")) {
                for (int i = 2; i < row.length; i++) {
                    TRACKING.add(row[1] + " " + row[i]);
                }
            } else {
                for (char digit : row[2].toCharArray()) {
                    String key = row[0] + " " + digit;
                    if (!ROWS.containsKey(key)) { ROWS.put(key, new TreeMap<String, String[]>()); }
                    ROWS.get(key).put(row[1], row);
                }
            }
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

    /** The generation of a {@code uname -r}, which is null if it wasn't read; never null. */
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

    /** The modules for a table, match or target; UNLISTED if no row has it. */
    public ModuleSpec spec(FeatureKind kind, String name, Family family) {
        return spec(kind.word, name, family);
    }

    ModuleSpec core(Family family) { return spec("core", "-", family); }

    public ModuleSpec conntrack(Family family) { return spec("conntrack", "-", family); }

    private ModuleSpec spec(String kind, String name, Family family) {
        String[] row = rows(kind, family).get(name);
        return row == null ? ModuleSpec.UNLISTED : spec(row);
    }

    private static TreeMap<String, String[]> rows(String kind, Family family) {
        return ROWS.get(kind + " " + family.digit());
    }

    private ModuleSpec spec(String[] row) {
        synchronized (ROWS) {
            ModuleSpec spec = specs.get(row);
            for (int i = 3; spec == null && i < row.length; i++) {
                int equals = row[i].indexOf('=');
                if (covers(row[i].substring(0, equals))) { spec = new ModuleSpec(row[i].substring(equals + 1)); }
            }
            spec = spec == null ? ModuleSpec.UNLISTED : spec;
            specs.put(row, spec);
            return spec;
        }
    }

    /** The modules for each feature in the table, for the core and for connection tracking. */
    List<ModuleSpec> specs() {
        List<ModuleSpec> all = new ArrayList<>();
        for (TreeMap<String, String[]> kind : ROWS.values()) {
            for (String[] row : kind.values()) {
                all.add(spec(row));
            }
        }
        return all;
    }

    /** Whether a table, match or target loads connection tracking on any kernel. */
    public static boolean tracks(FeatureKind kind, String name) {
        return TRACKING.contains(kind.word + " " + name);
    }

    /** Whether a module is connection tracking or loads it, by its name on old and new kernels. */
    public static boolean tracks(String module) {
        String name = LoadedModules.normal(module).toLowerCase(Locale.ROOT);
        return name.contains("conntrack") || name.startsWith("nf_nat") || name.startsWith("ip_nat")
                || name.startsWith("xt_conn") || name.startsWith("ipt_conn") || TRACKING.contains("module " + name);
    }

    /** The names of that kind that any generation has in a family, sorted. */
    public static Set<String> allNames(FeatureKind kind, Family family) {
        return Collections.unmodifiableSet(rows(kind.word, family).keySet());
    }

    /** The names of that kind that this generation has, or may have. */
    List<String> names(FeatureKind kind, Family family) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, String[]> row : rows(kind.word, family).entrySet()) {
            if (!spec(row.getValue()).isNone()) { names.add(row.getKey()); }
        }
        return names;
    }

    /** The module that contains a symbol, {@code @core} for the kernel itself; null if no line has the symbol. */
    public String owner(String symbol) {
        for (String[] line : SYMBOLS) {
            String prefix = line[1].endsWith("*") ? line[1].substring(0, line[1].length() - 1) : null;
            boolean fits = prefix == null ? symbol.equals(line[1]) : symbol.startsWith(prefix);
            if (fits && covers(line[3])) { return line[2]; }
        }
        return null;
    }

    /** The names of a module on this generation, likeliest first; its own name if no rename concerns it. */
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
