package boxwall.modules;

import java.util.List;

import boxwall.box.Versions;
import boxwall.netfilter.Family;

/**
 * The family of kernels that a release belongs to. A release that the table doesn't list is treated like the nearest
 * older generation and says so: what is concluded from it alone is never "missing".
 */
public final class KernelGeneration {
    /** What connection tracking does on a generation; generations.txt says why. */
    public enum Policy {
        MEMORY, WORKS, LAYOUT, OWN
    }

    private final int index;
    /** Whether the table has this very generation. */
    public final boolean listed;
    /** Whether a release was read at all; where not, {@link #like} is only the newest. */
    final boolean read;
    public final Policy policy;

    private KernelGeneration(int index, boolean listed, boolean read) {
        this.read = read;
        this.index = index;
        this.listed = listed;
        policy = Policy.valueOf(ModuleTable.get().generation(index)[2].toUpperCase(java.util.Locale.ROOT));
    }

    /** The generation of a {@code uname -r}; null for a release that wasn't read. Never null itself. */
    public static KernelGeneration of(String release) {
        ModuleTable table = ModuleTable.get();
        int nearest = release == null ? table.size() - 1 : 0;
        for (int i = 0; release != null && i < table.size(); i++) {
            String name = table.generation(i)[1];
            if (release.startsWith(name)
                    && (release.length() == name.length() || !Character.isDigit(release.charAt(name.length())))) {
                return new KernelGeneration(i, true, true);
            }
            if (Versions.compare(release, name) >= 0) { nearest = i; }
        }
        return new KernelGeneration(nearest, false, release != null);
    }

    /** {@code 2.6.32} …, or {@code unknown}. */
    public String name() { return listed ? table(1) : "unknown"; }

    /** The generation whose rows are used: this, or the nearest older. */
    public String like() { return table(1); }

    /** The iptables version that Freetz builds for it. */
    String freetzUserland() { return table(3); }

    private String table(int column) { return ModuleTable.get().generation(index)[column]; }

    public boolean atLeast(String release) { return Versions.compare(like(), release) >= 0; }

    /** The module that has a symbol here, {@code @core} for the kernel itself, or null. */
    public String owner(String symbol) {
        return ModuleTable.get().owner(symbol, index);
    }

    public ModuleSpec spec(Kind kind, String name, Family family) {
        return ModuleTable.get().spec(kind.word, name, family, index);
    }

    /** The names of that kind that it has, or may have, in a family, sorted. */
    List<String> names(Kind kind, Family family) {
        return ModuleTable.get().names(kind, family, index);
    }

    ModuleSpec core(Family family) { return ModuleTable.get().spec("core", "-", family, index); }

    public ModuleSpec conntrack(Family family) { return ModuleTable.get().spec("conntrack", "-", family, index); }

    /** Modules whose symbols a module needs, as far as the table lists them. */
    List<String> linked(String module) {
        return ModuleTable.get().linked(module, index);
    }

    /** What a module is called here, likeliest first; never empty. */
    public List<String> namesOf(String module) {
        return ModuleTable.get().names(module, index);
    }
}
