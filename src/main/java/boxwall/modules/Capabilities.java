package boxwall.modules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import boxwall.modules.Capability.State;
import boxwall.netfilter.Family;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;

/**
 * The tables, matches and targets of this kernel. Evidence in this order: conntrack's verdict for features that need
 * it, the lists in /proc/net, /proc/modules, the kernel log, modules.dep, the kernel's configuration, the generation's
 * table.
 */
public final class Capabilities {
    /**
     * One lock for all boxes, because each reading makes new objects: JamVM may crash when it collects an object that
     * two threads locked at once, see sys.DelayedCollection.
     */
    private static final Object LOCK = new Object();

    private final KernelGeneration generation;
    public final ModuleStates modules;
    /** Whether connection tracking may be used. */
    public final ConntrackVerdict conntrack;
    /** The lines of the lists in /proc/net, by path. */
    private final Map<String, List<String>> registered = new HashMap<>();
    /** Results of earlier queries: all rules of a ruleset need the same few features, and deciding is slow on JamVM. */
    private final Map<String, Capability> cache = new HashMap<>();
    /** Since 1.4.16 iptables uses the kernel's match conntrack for -m state, and the target CT for -j NOTRACK. */
    private final boolean renamed;

    /** The capabilities of a box; {@code machine} is the processor, null where it is unknown. */
    public Capabilities(KernelGeneration generation, ModuleStates modules, String machine) {
        this.generation = generation;
        this.modules = modules;
        renamed = generation.atLeast("3.10");
        conntrack = ConntrackVerdict.of(generation, modules, machine);
        for (Family family : Family.values()) {
            for (FeatureKind kind : FeatureKind.values()) {
                String file = procFile(kind, family);
                registered.put(file, modules.readings.lines(file));
            }
        }
    }

    /** The names to report: all that this generation has or may have, and all that are registered. Sorted. */
    public List<String> names(Family family, FeatureKind kind) {
        TreeSet<String> names = new TreeSet<>(generation.names(kind, family));
        for (String name : registered.get(procFile(kind, family))) {
            if (isName(name) && !name.equals("ERROR")) { names.add(name); }
        }
        return new ArrayList<>(names);
    }

    private static String procFile(FeatureKind kind, Family family) {
        return "/proc/net/" + (family == Family.IPV4 ? "ip" : "ip6") + "_tables_" + kind.procSuffix;
    }

    private static boolean isName(String text) {
        return text.length() < 30 && Words.isName(text, "_.+-") && ".+-".indexOf(text.charAt(0)) < 0;
    }

    /** Whether this kernel has a table, match or target, by the name that users write; never null. */
    public Capability of(Family family, FeatureKind kind, String name) {
        String key = family.digit() + kind.word + " " + name;
        synchronized (LOCK) {
            Capability capability = cache.get(key);
            if (capability == null) {
                // the name in the kernel's lists
                boolean icmp6 = name.equals("icmpv6") || name.equals("ipv6-icmp");
                capability = decide(family, kind, icmp6 ? "icmp6" : name);
                cache.put(key, capability);
            }
            return capability;
        }
    }

    private Capability decide(Family family, FeatureKind kind, String name) {
        if (kind == FeatureKind.TARGET && Target.of(name).isStandard()) { return core(family); }
        ModuleSpec spec = generation.spec(kind, name, family);
        if (spec.pullsConntrack && isConntrackRefused()) {
            return Capability.of(State.REFUSED, conntrack.evidence.get(0));
        }
        String line = registered(kind, family, name);
        if (line != null) { return Capability.of(isLoaded(spec) ? State.LOADED : State.BUILTIN, line); }
        if (spec.isCore()) { return core(family); }
        return spec.isNone() || spec.isUnlisted() ? guess(family, name, spec) : bySpec(family, spec);
    }

    private boolean isConntrackRefused() { return conntrack.state == ConntrackVerdict.State.REFUSED; }

    private String registered(FeatureKind kind, Family family, String name) {
        String file = procFile(kind, family);
        List<String> lines = registered.get(file);
        String other = renamed && name.equals("state") ? "conntrack" : renamed && name.equals("NOTRACK") ? "CT" : name;
        String found = lines.contains(other) ? other : lines.contains(name) ? name : null;
        return found == null ? null : file + ": " + found;
    }

    private boolean isLoaded(ModuleSpec spec) {
        for (String module : spec.alternatives) {
            if (modules.loaded.contains(module)) { return true; }
        }
        return spec.isCore() && (modules.loaded.contains("ip_tables") || modules.loaded.contains("ip6_tables"));
    }

    private Capability core(Family family) { return modules.of(generation.core(family).alternatives.get(0)); }

    /** For a name without modules in the table: tries the kernel's usual names of its module. */
    private Capability guess(Family family, String name, ModuleSpec spec) {
        String[] prefixes =
                {"xt_", family == Family.IPV4 ? "ipt_" : "ip6t_", family == Family.IPV4 ? "iptable_" : "ip6table_"};
        for (String prefix : prefixes) {
            String module = prefix + name;
            if (isName(name) && (modules.dep.contains(module) || modules.loaded.contains(module))) {
                return bySpec(family, new ModuleSpec(module));
            }
        }
        return spec.isNone() && generation.listed
                ? Capability.of(State.MISSING, "kernel " + generation.name() + " has no " + name)
                : Capability.of(State.UNKNOWN, "no reading mentions " + name);
    }

    private Capability bySpec(Family family, ModuleSpec spec) {
        Capability core = core(family);
        Capability best = null;
        for (String module : spec.alternatives) {
            Capability candidate = modules.of(module);
            if (best == null || candidate.state.compareTo(best.state) < 0) { best = candidate; }
        }
        boolean byCore = core.state.stops() && core.state.compareTo(best.state) > 0;
        Capability all =
                new Capability(core.state.worst(best.state), byCore ? core.evidence : best.evidence, core.modules);
        if (spec.pullsConntrack) { all = all.with(tracking(family)); }
        all = all.with(linked(spec, "")).with(best);
        for (String module : spec.companions) {
            Capability companion = modules.of(module);
            if (generation.listed || !companion.isAbsent() || modules.dep.contains(module)) {
                all = all.with(companion);
            }
        }
        if (isConntrackRefused() && (all.modules.contains("nf_conntrack") || all.modules.contains("ip_conntrack"))) {
            return Capability.of(State.REFUSED, conntrack.reason);
        }
        if (all.state.stops()) { return Capability.of(all.state, all.evidence); }
        // a built-in module whose companion is loaded counts as loaded; with a module to load it counts as loadable
        State state = all.state.compareTo(State.LOADABLE) >= 0 ? all.state : best.state == State.BUILTIN ? best.state
                : all.modules.isEmpty() ? all.state : State.LOADABLE;
        return new Capability(state, all.evidence, all.modules);
    }

    /** The modules that a spec's modules are linked to, if no modules.dep lists them. */
    private Capability linked(ModuleSpec spec, String evidence) {
        List<String> load = new ArrayList<>();
        for (int i = spec.needed.size() - 1; i >= 0; i--) {
            if (!modules.dep.known && !modules.loaded.contains(spec.needed.get(i))) { load.add(spec.needed.get(i)); }
        }
        return new Capability(State.BUILTIN, evidence, load);
    }

    /** Connection tracking for one family, module by module; the caller has excluded a refusal. */
    private Capability tracking(Family family) {
        if (conntrack.state == ConntrackVerdict.State.MISSING) {
            return Capability.of(State.MISSING, conntrack.reason);
        }
        ModuleSpec spec = generation.conntrack(family);
        Capability all = linked(spec, conntrack.reason);
        for (String module : spec.modules()) {
            Capability part = modules.of(module);
            boolean tolerated = part.isAbsent() && !modules.dep.contains(module)
                    && (!generation.listed || conntrack.state == ConntrackVerdict.State.IN_USE);
            if (!tolerated) { all = all.with(part); }
        }
        return all;
    }
}
