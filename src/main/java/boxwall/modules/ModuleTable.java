package boxwall.modules;

import boxwall.netfilter.Rows;
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

/** generations.txt, read: which module carries what on which kernel. The file's own head explains its format. */
public final class ModuleTable {
    private static final ModuleTable TABLE = new ModuleTable();

    private final List<String[]> generations = new ArrayList<>();
    /**
     * "match 4" to the names of that kind, each with the words of its row: a box asks for one generation, so rows are
     * read when asked.
     */
    private final Map<String, TreeMap<String, String[]>> rows = new HashMap<>();
    private final Map<String, ModuleSpec> specs = new HashMap<>();
    /** What rows say of {@link #asked}, the generation asked for last: a box has one. */
    private final Map<String[], ModuleSpec> found = new IdentityHashMap<>();
    private int asked = -1;
    /** A range to the first and the last generation that it covers. */
    private final Map<String, int[]> ranges = new HashMap<>();
    private final List<String[]> symbols = new ArrayList<>();
    private final List<String[]> renames = new ArrayList<>();
    /** "match state", "module xt_state" … */
    private final Set<String> tracking = new HashSet<>();

    private ModuleTable() {
        for (String[] row : Rows.of("/boxwall/modules/generations.txt")) {
            add(row);
        }
    }

    public static ModuleTable get() { return TABLE; }

    private void add(String[] words) {
        if (words[0].equals("generation")) {
            generations.add(words);
        } else if (words[0].equals("rename")) {
            renames.add(words);
        } else if (words[0].equals("symbol")) {
            symbols.add(words);
        } else if (words[0].equals("tracks")) {
            for (int i = 2; i < words.length; i++) {
                tracking.add(words[1] + " " + words[i]);
            }
        } else {
            for (char digit : words[2].toCharArray()) {
                String key = words[0] + " " + digit;
                if (!rows.containsKey(key)) { rows.put(key, new TreeMap<String, String[]>()); }
                rows.get(key).put(words[1], words);
            }
        }
    }

    /** Whether {@code 2.6.19-3.12}, {@code 4.1+}, {@code 2.6.13} or {@code all} covers the generation of that index. */
    private synchronized boolean covers(String range, int index) {
        int[] ends = ranges.get(range);
        if (ends == null) {
            int dash = range.indexOf('-');
            String from = dash < 0 ? range : range.substring(0, dash);
            ends = range.equals("all") ? new int[] {0, size()}
                    : range.endsWith("+") ? new int[] {indexOf(range.substring(0, range.length() - 1)), size()}
                    : new int[] {indexOf(from), indexOf(range.substring(dash + 1))};
            ranges.put(range, ends);
        }
        return index >= ends[0] && index <= ends[1];
    }

    private int indexOf(String name) {
        for (int i = 0; i < generations.size(); i++) {
            if (generations.get(i)[1].equals(name)) { return i; }
        }
        throw new IllegalStateException("generations.txt names a generation that it doesn't list: " + name);
    }

    public int size() { return generations.size(); }

    /** The words of a generation's line: {@code generation NAME POLICY USERLAND}. */
    public String[] generation(int index) {
        return generations.get(index);
    }

    /**
     * What the generation needs for a feature; UNLISTED when no row says. {@code kind} is core, conntrack, table, match
     * or target.
     */
    public synchronized ModuleSpec spec(String kind, String name, Family family, int generation) {
        TreeMap<String, String[]> ofKind = rows.get(kind + " " + family.digit());
        String[] words = ofKind == null ? null : ofKind.get(name);
        return words == null ? ModuleSpec.UNLISTED : spec(words, generation);
    }

    private ModuleSpec spec(String[] words, int generation) {
        if (asked != generation) { found.clear(); }
        asked = generation;
        ModuleSpec spec = found.get(words);
        if (spec == null) {
            spec = read(words, generation);
            found.put(words, spec);
        }
        return spec;
    }

    private ModuleSpec read(String[] words, int generation) {
        for (int i = 3; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (covers(words[i].substring(0, equals), generation)) { return parsed(words[i].substring(equals + 1)); }
        }
        return ModuleSpec.UNLISTED;
    }

    private ModuleSpec parsed(String text) {
        ModuleSpec spec = specs.get(text);
        if (spec == null) {
            spec = ModuleSpec.parse(text);
            specs.put(text, spec);
        }
        return spec;
    }

    /** What the rows of a generation say that a module is linked to. */
    List<String> linked(String module, int generation) {
        List<String> linked = new ArrayList<>();
        for (Map.Entry<String, TreeMap<String, String[]>> kind : rows.entrySet()) {
            Family family = kind.getKey().endsWith("6") ? Family.IPV6 : Family.IPV4;
            for (String name : kind.getValue().keySet()) {
                ModuleSpec spec =
                        spec(kind.getKey().substring(0, kind.getKey().length() - 2), name, family, generation);
                if (spec.alternatives.contains(module)
                        || spec.along.contains(module) && spec.alternatives.size() + spec.along.size() > 1) {
                    linked.addAll(spec.needed);
                }
            }
        }
        return linked;
    }

    /** Whether a table, match or target pulls connection tracking in, whatever the kernel. */
    public boolean tracks(Kind kind, String name) {
        return tracking.contains(kind.word + " " + name);
    }

    /** Whether loading a module of that name loads, or is, connection tracking; the old names too. */
    public boolean tracks(String module) {
        String name = LoadedModules.normal(module).toLowerCase(Locale.ROOT);
        return name.contains("conntrack") || name.startsWith("nf_nat") || name.startsWith("ip_nat")
                || name.startsWith("xt_conn") || name.startsWith("ipt_conn") || tracking.contains("module " + name);
    }

    /** Whether any generation has that name in a family. */
    public boolean knows(Kind kind, String name, Family family) {
        return rows.get(kind.word + " " + family.digit()).containsKey(name);
    }

    /** The names of that kind that any generation has in a family, sorted. */
    Set<String> names(Kind kind, Family family) {
        return Collections.unmodifiableSet(rows.get(kind.word + " " + family.digit()).keySet());
    }

    /** Those of them that a generation has or may have. */
    synchronized List<String> names(Kind kind, Family family, int generation) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, String[]> row : rows.get(kind.word + " " + family.digit()).entrySet()) {
            if (!spec(row.getValue(), generation).isNone()) { names.add(row.getKey()); }
        }
        return names;
    }

    /** The module that has a symbol in a generation, {@code @core} for the kernel itself; null when no line says. */
    String owner(String symbol, int generation) {
        for (String[] line : symbols) {
            boolean beginning = line[1].endsWith("*");
            boolean fits =
                    beginning ? symbol.startsWith(line[1].substring(0, line[1].length() - 1)) : symbol.equals(line[1]);
            if (fits && covers(line[3], generation)) { return line[2]; }
        }
        return null;
    }

    /** What a module is called in a generation, likeliest first; the name itself when no rename concerns it. */
    List<String> names(String module, int generation) {
        List<String> names = new ArrayList<>();
        String current = module;
        // a name may have changed twice (ipt_CONNMARK, xt_CONNMARK, xt_connmark)
        for (String[] rename : renames) {
            if (rename[1].equals(current) && covers(rename[3], generation)) { current = rename[2]; }
        }
        for (String[] rename : renames) {
            if (rename[2].equals(module) && current.equals(module) && !covers(rename[3], generation)
                    && !rename[3].contains("-")) {
                names.add(rename[1]);
            }
        }
        return names.isEmpty() ? Collections.singletonList(current) : names;
    }
}
