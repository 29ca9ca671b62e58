package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import boxwall.box.KernelLog;
import boxwall.box.Readings;
import boxwall.modules.Capability.State;

/**
 * The state of each module: in the kernel, in a file, refused, or missing. {@link ConntrackVerdict} decides separately
 * whether conntrack is safe.
 */
public final class ModuleStates {
    /**
     * The start of a module's name, and the module that it is linked to. x_tables depends on ip_tables here because it
     * is of no use alone: if neither ip_tables nor ip6_tables is built in, x_tables isn't, or makes no difference.
     */
    private static final String[][] BASES = {{"ip6t", "ip6_tables"}, {"iptable_", "ip_tables"}, {"ipt_", "ip_tables"},
            {"x_tables", "ip_tables"}, {"xt_", "x_tables"}, {"nf_conntrack_", "nf_conntrack"},
            {"nf_nat", "nf_conntrack"}, {"ip_conntrack_", "ip_conntrack"}, {"ip_nat", "ip_conntrack"}};
    /** One lock for all boxes, as in {@link Capabilities}. */
    private static final Object LOCK = new Object();

    final Readings readings;
    public final LoadedModules loaded;
    public final ModulesDep dep;
    final KernelLog log;
    final Symbols symbols;
    final KernelConfig config;
    private final Map<String, Capability> cache = new HashMap<>();

    /**
     * The modules of a box.
     *
     * @param readings what changes when modules are loaded; kept as long as this object
     * @param all all readings of the box
     * @param release the kernel's, null where it is unknown
     */
    public ModuleStates(Readings readings, Readings all, String release, KernelLog log) {
        this.readings = readings;
        this.log = log;
        loaded = new LoadedModules(readings);
        dep = new ModulesDep(all, release);
        symbols = new Symbols(all);
        config = KernelConfig.of(all);
    }

    /** The same kernel and files with other modules loaded. */
    public ModuleStates(Readings readings, ModuleStates other) {
        this.readings = readings;
        log = other.log;
        loaded = new LoadedModules(readings);
        dep = other.dep;
        symbols = other.symbols;
        config = other.config;
    }

    /** The state of the module with this very name; {@code modules} is its load order if it can be loaded. */
    public Capability of(String module) {
        String name = LoadedModules.normal(module);
        synchronized (LOCK) {
            Capability known = cache.get(name);
            if (known == null) {
                // ends the recursion: modules.dep of a broken build may contain a circle
                cache.put(name, Capability.of(State.UNKNOWN, name + " needs itself in modules.dep"));
                known = decide(name);
                cache.put(name, known);
            }
            return known;
        }
    }

    private Capability decide(String module) {
        if (loaded.contains(module)) { return Capability.of(State.LOADED, loaded.line(module)); }
        KernelLog.Refusal refusal = refusal(module);
        if (refusal != null) {
            return Capability.of(refusal.owner.equals("kernel") ? State.BUILTIN : State.REFUSED, refusal.line);
        }
        Capability configured = config.of(module);
        String builtin = dep.builtin(module) != null ? dep.builtin(module)
                : configured.state == State.BUILTIN ? configured.evidence : coreEvidence(module);
        if (builtin != null) { return Capability.of(State.BUILTIN, builtin); }
        if (dep.contains(module)) { return fromFile(module); }
        if (configured.state == State.MISSING) { return configured; }
        String impossible = cannotBeBuiltin(module);
        if (impossible != null && dep.known) {
            return Capability.of(State.MISSING, "modules.dep: no " + module + ".ko; " + impossible);
        }
        return new Capability(State.UNKNOWN,
                dep.known ? "modules.dep: no " + module + ".ko; it may be built in" : "modules.dep wasn't read",
                Collections.singletonList(module));
    }

    /** The evidence that a core module works without being loaded, so that it is built in; null for none. */
    private String coreEvidence(String module) {
        if (!loaded.known) { return null; }
        String names = "/proc/net/" + (module.equals("ip6_tables") ? "ip6" : "ip") + "_tables_names";
        boolean registers = module.equals("ip_tables") || module.equals("ip6_tables")
                || module.equals("x_tables") && !loaded.contains("ip_tables");
        if (registers && readings.text(names) != null) {
            return names + " is there and " + module + " isn't in /proc/modules";
        }
        String function = module.equals("x_tables") ? "xt_find_match" : module.equals("ip_tables") ? "ipt_do_table"
                : module.equals("ip6_tables") ? "ip6t_do_table" : module.equals("nf_conntrack") ? "nf_conntrack_in"
                : null;
        return function != null && "kernel".equals(symbols.owner(function)) ? symbols.line(function) : null;
    }

    private Capability fromFile(String module) {
        if (dep.missingFile(module) != null) { return Capability.of(State.MISSING, dep.missingFile(module)); }
        Capability worst = Capability.of(State.LOADABLE, dep.line(module));
        List<String> load = new ArrayList<>();
        for (String needed : dep.dependencies(module)) {
            Capability other = of(needed);
            if (other.state.compareTo(worst.state) > 0) { worst = other; }
            if (other.state == State.LOADABLE || other.state == State.UNKNOWN) { load.add(needed); }
        }
        load.add(module);
        return worst.state.stops() ? worst : new Capability(worst.state, worst.evidence, load);
    }

    /**
     * The refusal that keeps a module out that isn't loaded: the last for a duplicate symbol, else the first; null for
     * none.
     */
    public KernelLog.Refusal refusal(String module) {
        KernelLog.Refusal found = null;
        for (KernelLog.Refusal refusal : log.refusals) {
            boolean better = found == null || refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL;
            if (better && refusal.module.equals(module) && !isStale(refusal)) { found = refusal; }
        }
        return found;
    }

    /** Whether the kernel would no longer refuse the module for that reason. */
    private boolean isStale(KernelLog.Refusal refusal) {
        if (refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL) {
            return !refusal.owner.equals("kernel") && loaded.known && !loaded.contains(refusal.owner);
        }
        if (refusal.cause != KernelLog.Cause.UNKNOWN_SYMBOL) { return false; }
        if (symbols.owner(refusal.symbol) != null) { return true; }
        // insmod before its dependencies are loaded leaves the same message; modprobe loads them
        for (String needed : dep.dependencies(refusal.module)) {
            if (!loaded.contains(needed)) { return true; }
        }
        return false;
    }

    /** The evidence that a module can't be built in, because its base is a module or missing; null if it may be. */
    private String cannotBeBuiltin(String module) {
        if (module.equals("nf_conntrack") || module.equals("ip_conntrack")) { return conntrackIsNotBuiltin(module); }
        String base = base(module);
        if (base == null) { return null; }
        if (base.equals("x_tables") && module.endsWith("_tables") && readings.text("/proc/net/dev") != null
                && readings.text("/proc/net/" + module + "_names") == null) {
            return "/proc/net/" + module + "_names isn't there";
        }
        if (loaded.contains(base)) { return loaded.line(base); }
        if (dep.contains(base) && coreEvidence(base) == null) { return dep.line(base); }
        return of(base).state == State.MISSING ? of(base).evidence : null;
    }

    private String conntrackIsNotBuiltin(String module) {
        if (module.equals("ip_conntrack") && readings.text("/proc/net/dev") != null) {
            // the old ip_conntrack always has this file, and ConntrackVerdict found none
            return "/proc/net/ip_conntrack isn't there";
        }
        if (symbols.listsKernel) { return "/proc/kallsyms: no nf_conntrack_in in the kernel itself"; }
        // conntrack has this sysctl since 2.6.23, built in or not; ip_local_port_range shows that sysctls were read
        return readings.text("/proc/sys/net/ipv4/ip_local_port_range") != null
                && readings.text("/proc/sys/net/netfilter/nf_conntrack_max") == null
                && readings.text("/proc/sys/net/ipv4/netfilter/ip_conntrack_max") == null
                        ? "/proc/sys/net has no conntrack_max" : null;
    }

    /** The module that a module is linked to: if that is a module, this can't be built in. Null for none. */
    static String base(String module) {
        String base = module.endsWith("_tables") ? "x_tables" : null;
        for (String[] row : BASES) {
            base = module.startsWith(row[0]) ? row[1] : base;
        }
        return base;
    }
}
