package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import boxwall.box.KernelLog;
import boxwall.box.Readings;
import boxwall.modules.Capability.State;

/**
 * What is known of each single module: in the kernel, in a file, refused, or nowhere. Conntrack's dangers are not
 * looked at here.
 */
public final class ModuleStates {
    /**
     * How names of modules begin, and on what those are built. x_tables alone is of no use: where neither core works
     * without being loaded, it isn't built in, or might as well not be.
     */
    private static final String[][] BASES = {{"ip6t", "ip6_tables"}, {"iptable_", "ip_tables"}, {"ipt_", "ip_tables"},
            {"x_tables", "ip_tables"}, {"xt_", "x_tables"}, {"nf_conntrack_", "nf_conntrack"},
            {"nf_nat", "nf_conntrack"}, {"ip_conntrack_", "ip_conntrack"}, {"ip_nat", "ip_conntrack"}};
    /** One lock for all readings, as in {@link Capabilities}. */
    private static final Object ASKING = new Object();

    final Readings readings;
    public final LoadedModules loaded;
    public final ModulesDep dep;
    final KernelLog log;
    final Symbols symbols;
    final KernelConfig config;
    private final Map<String, Capability> cache = new HashMap<>();
    /** The files of a directory by its path; null where it wasn't listed. */
    private final Map<String, Set<String>> listed = new HashMap<>();

    /** As a box's readings say; {@code release} is the kernel's, null where it is unknown. */
    public ModuleStates(Readings readings, Readings all, String release, KernelLog log) {
        this.readings = readings;
        this.log = log;
        loaded = new LoadedModules(readings);
        dep = new ModulesDep(all, release);
        symbols = new Symbols(all);
        config = KernelConfig.of(all);
    }

    /** The same files and kernel with other modules loaded. */
    public ModuleStates(Readings readings, ModuleStates other) {
        this.readings = readings;
        log = other.log;
        loaded = new LoadedModules(readings);
        dep = other.dep;
        symbols = other.symbols;
        config = other.config;
    }

    /** What is known of a module of that very name; {@code modules()} is its load order when it can be loaded. */
    public Capability of(String module) {
        String name = LoadedModules.normal(module);
        synchronized (ASKING) {
            Capability known = cache.get(name);
            if (known == null) {
                // what it is meanwhile: modules.dep of a broken build may go round in a circle
                cache.put(name, Capability.of(State.UNKNOWN, name + " needs itself in modules.dep"));
                known = decide(name);
                cache.put(name, known);
            }
            return known;
        }
    }

    /** The lines of modules.dep whose file isn't there, as evidence; empty when the directories weren't listed. */
    public List<String> missingFiles() {
        List<String> missing = new ArrayList<>();
        for (String module : dep.modules()) {
            String gone = missingFile(module);
            if (gone != null) { missing.add(gone); }
        }
        return missing;
    }

    private Capability decide(String module) {
        if (loaded.contains(module)) { return Capability.of(State.LOADED, loaded.line(module)); }
        KernelLog.Refusal refusal = refusal(module);
        if (refusal != null) {
            return Capability.of(refusal.owner.equals("kernel") ? State.BUILTIN : State.REFUSED, refusal.line);
        }
        State configured = config.of(module);
        String builtin = dep.builtin(module) != null ? dep.builtin(module)
                : configured == State.BUILTIN ? config.line(module) : coreEvidence(module);
        if (builtin != null) { return Capability.of(State.BUILTIN, builtin); }
        if (dep.contains(module)) { return fromFile(module); }
        if (configured == State.MISSING) { return Capability.of(State.MISSING, config.line(module)); }
        String impossible = cannotBeBuiltin(module);
        if (impossible != null && dep.known) {
            return Capability.of(State.MISSING, "modules.dep: no " + module + ".ko; " + impossible);
        }
        return new Capability(State.UNKNOWN,
                dep.known ? "modules.dep: no " + module + ".ko; it may be built in" : "modules.dep wasn't read",
                Collections.singletonList(module));
    }

    /** A core that works without being loaded is part of the kernel. */
    private String coreEvidence(String module) {
        if (!loaded.known) { return null; }
        String names = "/proc/net/" + (module.equals("ip6_tables") ? "ip6" : "ip") + "_tables_names";
        boolean registers = module.equals("ip_tables") || module.equals("ip6_tables")
                || module.equals("x_tables") && !loaded.contains("ip_tables");
        if (registers && readings.file(names) != null) {
            return names + " is there and " + module + " isn't in /proc/modules";
        }
        String function = module.equals("x_tables") ? "xt_find_match" : module.equals("ip_tables") ? "ipt_do_table"
                : module.equals("ip6_tables") ? "ip6t_do_table" : module.equals("nf_conntrack") ? "nf_conntrack_in"
                : null;
        return function != null && "kernel".equals(symbols.owner(function)) ? symbols.line(function) : null;
    }

    private Capability fromFile(String module) {
        String gone = missingFile(module);
        if (gone != null) { return Capability.of(State.MISSING, gone); }
        List<String> load = new ArrayList<>();
        State worst = State.LOADABLE;
        String evidence = dep.line(module);
        for (String needed : dep.closure(module)) {
            if (needed.equals(module)) { continue; }
            Capability other = of(needed);
            if (other.state.compareTo(worst) > 0) {
                worst = other.state;
                evidence = other.evidence;
            }
            if (other.state == State.LOADABLE || other.state == State.UNKNOWN) { load.add(needed); }
        }
        load.add(module);
        return worst.stops() ? Capability.of(worst, evidence) : new Capability(worst, evidence, load);
    }

    /** The listing of the module's directory, when it was read and doesn't have the file. */
    private String missingFile(String module) {
        String path = dep.path(module);
        int slash = path.lastIndexOf('/');
        String directory = path.substring(0, slash);
        Set<String> names = listed.get(directory);
        if (names == null && !listed.containsKey(directory)) {
            names = readings.isListed(directory) ? new HashSet<>(readings.listed(directory)) : null;
            listed.put(directory, names);
        }
        if (names == null || names.contains(path.substring(slash + 1))) { return null; }
        return dep.line(module) + ", but the file doesn't exist";
    }

    /** The kernel's last word against a module that isn't loaded, or null. */
    public KernelLog.Refusal refusal(String module) {
        KernelLog.Refusal last = null;
        for (KernelLog.Refusal refusal : log.refusals) {
            if (refusal.module.equals(module) && !isStale(refusal)) {
                last = last == null || refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL ? refusal : last;
            }
        }
        return last;
    }

    private boolean isStale(KernelLog.Refusal refusal) {
        if (refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL) {
            return !refusal.owner.equals("kernel") && loaded.known && !loaded.contains(refusal.owner);
        }
        if (refusal.cause != KernelLog.Cause.UNKNOWN_SYMBOL) { return false; }
        if (symbols.owner(refusal.symbol) != null) { return true; }
        // an insmod by hand before its dependencies says the same; modprobe would bring them
        for (String needed : dep.closure(refusal.module)) {
            if (!needed.equals(refusal.module) && !loaded.contains(needed)) { return true; }
        }
        return false;
    }

    /** Why a module can't be built in: what it is built on is a module or absent itself. Null when it might be. */
    private String cannotBeBuiltin(String module) {
        if (module.equals("nf_conntrack") || module.equals("ip_conntrack")) { return conntrackIsNotBuiltin(module); }
        String base = base(module);
        if (base == null) { return null; }
        if (base.equals("x_tables") && module.endsWith("_tables") && readings.file("/proc/net/dev") != null
                && readings.file("/proc/net/" + module + "_names") == null) {
            return "/proc/net/" + module + "_names isn't there";
        }
        if (loaded.contains(base)) { return loaded.line(base); }
        if (dep.contains(base) && coreEvidence(base) == null) { return dep.line(base); }
        return of(base).state == State.MISSING ? of(base).evidence : null;
    }

    private String conntrackIsNotBuiltin(String module) {
        if (module.equals("ip_conntrack") && readings.file("/proc/net/dev") != null) {
            // running() in the verdict has looked for the file; it comes with the old ip_conntrack in any case
            return "/proc/net/ip_conntrack isn't there";
        }
        if (symbols.listsKernel) { return "/proc/kallsyms: no nf_conntrack_in in the kernel itself"; }
        // the sysctl comes with conntrack, built in or not, since 2.6.23; another sysctl shows that they were read
        return readings.file("/proc/sys/net/ipv4/ip_local_port_range") != null
                && readings.file("/proc/sys/net/netfilter/nf_conntrack_max") == null
                && readings.file("/proc/sys/net/ipv4/netfilter/ip_conntrack_max") == null
                        ? "/proc/sys/net has no conntrack_max" : null;
    }

    /** The module without which a module can't be linked, so that it is a module where that is one; null for none. */
    static String base(String module) {
        String base = module.endsWith("_tables") ? "x_tables" : null;
        for (String[] row : BASES) {
            base = module.startsWith(row[0]) ? row[1] : base;
        }
        return base;
    }
}
