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
 * What tables, matches and targets this kernel has. Evidence in this order: conntrack's verdict for what needs it, the
 * lists in /proc/net, /proc/modules, the kernel log, modules.dep, the kernel's configuration, the generation's table.
 */
public final class Capabilities {
    /**
     * One lock for all boxes, which come and go with each reading: JamVM can't bear to lose an object that two threads
     * wanted, see sys.WaitedOn.
     */
    private static final Object ASKING = new Object();

    private final KernelGeneration generation;
    public final ModuleStates modules;
    /** Whether connection tracking may be used. */
    public final ConntrackVerdict conntrack;
    /** The lists in /proc/net by path, as far as they were asked for. */
    private final Map<String, List<String>> lists = new HashMap<>();
    /** Answers given before: each rule of a ruleset asks the same few, and an interpreter takes its time. */
    private final Map<String, Capability> known = new HashMap<>();
    /** Since 1.4.16 the userland asks the kernel's conntrack match for -m state, and CT for -j NOTRACK. */
    private final boolean mapped;

    /** Of a box with that processor, which is null where it is unknown. */
    public Capabilities(KernelGeneration generation, ModuleStates modules, String machine) {
        this.generation = generation;
        this.modules = modules;
        mapped = generation.atLeast("3.10");
        conntrack = ConntrackVerdict.of(generation, modules, machine);
    }

    /** Every name that is worth reporting: what this generation has or may have, and what is registered. Sorted. */
    public List<String> names(Family family, Kind kind) {
        TreeSet<String> names = new TreeSet<>(generation.names(kind, family));
        for (String name : modules.readings.lines(procFile(kind, family))) {
            if (isName(name) && !name.equals("ERROR")) { names.add(name); }
        }
        return new ArrayList<>(names);
    }

    private static String procFile(Kind kind, Family family) {
        return "/proc/net/" + (family == Family.IPV4 ? "ip" : "ip6") + "_tables_" + kind.procSuffix;
    }

    private static boolean isName(String text) {
        return text.length() < 30 && Words.isName(text, "_.+-") && ".+-".indexOf(text.charAt(0)) < 0;
    }

    /** Whether this kernel has a table, match or target, by the name users write; never null. */
    public Capability of(Family family, Kind kind, String name) {
        String key = family.digit() + kind.word + " " + name;
        synchronized (ASKING) {
            Capability capability = known.get(key);
            if (capability == null) {
                capability = decide(family, kind, kernelName(name));
                known.put(key, capability);
            }
            return capability;
        }
    }

    private Capability decide(Family family, Kind kind, String name) {
        if (kind == Kind.TARGET && Target.of(name).isStandard()) { return core(family); }
        ModuleSpec spec = generation.spec(kind, name, family);
        if (spec.pullsConntrack && conntrack.state == ConntrackVerdict.State.REFUSED) {
            return Capability.of(State.REFUSED, conntrack.evidence.get(0));
        }
        String registered = registered(kind, family, name);
        if (registered != null) { return Capability.of(isLoaded(spec) ? State.LOADED : State.BUILTIN, registered); }
        if (spec.isCore()) { return core(family); }
        return spec.isNone() || spec.isUnlisted() ? guess(family, name, spec) : bySpec(family, spec);
    }

    /** Users and userland write some names differently from the kernel's lists. */
    private static String kernelName(String name) {
        return name.equals("icmpv6") || name.equals("ipv6-icmp") ? "icmp6" : name;
    }

    private String registered(Kind kind, Family family, String name) {
        String file = procFile(kind, family);
        List<String> lines = lists.get(file);
        if (lines == null) {
            lines = modules.readings.lines(file);
            lists.put(file, lines);
        }
        String other = mapped && name.equals("state") ? "conntrack" : mapped && name.equals("NOTRACK") ? "CT" : name;
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

    /**
     * A name that the table doesn't have here: the upstream naming rule, if there is such a file; never "missing" by
     * itself.
     */
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
        for (String module : spec.along) {
            Capability also = modules.of(module);
            if (generation.listed || !also.isAbsent() || modules.dep.contains(module)) { all = all.with(also); }
        }
        if (conntrack.state == ConntrackVerdict.State.REFUSED
                && (all.modules.contains("nf_conntrack") || all.modules.contains("ip_conntrack"))) {
            return Capability.of(State.REFUSED, conntrack.reason);
        }
        if (all.state.stops()) { return Capability.of(all.state, all.evidence); }
        // something built in whose companion is loaded counts as loaded; something with a module to load as loadable
        State state = all.state.compareTo(State.LOADABLE) >= 0 ? all.state : best.state == State.BUILTIN ? best.state
                : all.modules.isEmpty() ? all.state : State.LOADABLE;
        return new Capability(state, all.evidence, all.modules);
    }

    /** The modules that a spec's are linked to, where no modules.dep brings them. */
    private Capability linked(ModuleSpec spec, String evidence) {
        List<String> load = new ArrayList<>();
        for (int i = spec.needed.size() - 1; i >= 0; i--) {
            if (!modules.dep.known && !modules.loaded.contains(spec.needed.get(i))) { load.add(spec.needed.get(i)); }
        }
        return new Capability(State.BUILTIN, evidence, load);
    }

    /** Connection tracking for one family: its modules, judged one by one; the verdict has been asked before. */
    private Capability tracking(Family family) {
        if (conntrack.state == ConntrackVerdict.State.MISSING) {
            return Capability.of(State.MISSING, conntrack.reason);
        }
        ModuleSpec spec = generation.conntrack(family);
        Capability all = linked(spec, conntrack.reason);
        for (String module : spec.modules()) {
            Capability one = modules.of(module);
            boolean tolerated = one.isAbsent() && !modules.dep.contains(module)
                    && (!generation.listed || conntrack.state == ConntrackVerdict.State.IN_USE);
            if (!tolerated) { all = all.with(one); }
        }
        return all;
    }

    /** Whether a feature loads connection tracking on this box. */
    public boolean pullsConntrack(Family family, Kind kind, String name) {
        return generation.spec(kind, kernelName(name), family).pullsConntrack || KernelGeneration.tracks(kind, name);
    }
}
