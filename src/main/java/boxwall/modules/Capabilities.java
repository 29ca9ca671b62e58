package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import boxwall.modules.Capability.State;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;

/**
 * What tables, matches and targets this kernel has. Evidence in this order: conntrack's verdict for what needs it, the
 * lists in /proc/net, /proc/modules, the kernel log, modules.dep, the kernel's configuration, the generation's table.
 */
public final class Capabilities {
    private static final int KINDS = Kind.values().length;

    private final KernelGeneration generation;
    public final ModuleStates modules;
    /** Whether connection tracking may be used. */
    public final Conntrack conntrack;
    /** The lists in /proc/net by family and kind; null until asked for. */
    private final List<List<String>> listed =
            new ArrayList<>(Collections.<List<String>>nCopies(KINDS * Family.values().length, null));
    /** The core's and connection tracking's by family; null until asked for. */
    private final Capability[] cores = new Capability[Family.values().length];
    private final Capability[] tracking = new Capability[Family.values().length];
    /** By family, what was found for a spec: matches and targets of one module have the same. */
    private final List<Map<ModuleSpec, Capability>> bySpec = new ArrayList<>();
    /** Since 1.4.16 the userland asks the kernel's conntrack match for -m state, and CT for -j NOTRACK. */
    private final boolean mapped;

    /** Of a box with that processor, which is null where it is unknown. */
    public Capabilities(KernelGeneration generation, ModuleStates modules, String machine) {
        this.generation = generation;
        this.modules = modules;
        mapped = generation.atLeast("3.10");
        while (bySpec.size() < Family.values().length) {
            bySpec.add(new IdentityHashMap<ModuleSpec, Capability>());
        }
        conntrack = ConntrackVerdict.of(generation, modules, machine);
    }

    /** Every name that is worth reporting: what this generation has or may have, and what is registered. Sorted. */
    public List<String> names(Kind kind, Family family) {
        TreeSet<String> names = new TreeSet<>();
        names.addAll(generation.names(kind, family));
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

    /** Whether this kernel has a table, match or target, by the name users write. */
    public Capability of(Family family, Kind kind, String given) {
        String name = kernelName(given);
        if (kind == Kind.TARGET && isStandard(name)) { return core(family); }
        ModuleSpec spec = generation.spec(kind, name, family);
        if (spec.pullsConntrack() && conntrack.state == Conntrack.State.REFUSED) {
            return Capability.of(State.REFUSED,
                    conntrack.evidence.isEmpty() ? conntrack.reason : conntrack.evidence.get(0));
        }
        String registered = registered(kind, family, name);
        if (registered != null) { return Capability.of(isLoaded(spec) ? State.LOADED : State.BUILTIN, registered); }
        if (spec.isCore()) { return core(family); }
        if (spec.isNone() || spec.isUnlisted()) { return guess(family, name, spec); }
        Map<ModuleSpec, Capability> known = bySpec.get(family.ordinal());
        Capability capability = known.get(spec);
        if (capability == null) {
            capability = bySpec(family, spec);
            known.put(spec, capability);
        }
        return capability;
    }

    /** Users and userland write some names differently from the kernel's lists. */
    private static String kernelName(String name) {
        return name.equals("icmpv6") || name.equals("ipv6-icmp") ? "icmp6" : name;
    }

    static boolean isStandard(String target) {
        return target.equals("ACCEPT") || target.equals("DROP") || target.equals("RETURN") || target.equals("QUEUE");
    }

    private String registered(Kind kind, Family family, String name) {
        int index = family.ordinal() * KINDS + kind.ordinal();
        List<String> lines = listed.get(index);
        if (lines == null) {
            lines = modules.readings.lines(procFile(kind, family));
            listed.set(index, lines);
        }
        String other = mapped && name.equals("state") ? "conntrack" : mapped && name.equals("NOTRACK") ? "CT" : name;
        String found = lines.contains(other) ? other : lines.contains(name) ? name : null;
        return found == null ? null : procFile(kind, family) + ": " + found;
    }

    private boolean isLoaded(ModuleSpec spec) {
        for (String module : spec.alternatives) {
            if (modules.loaded.contains(module)) { return true; }
        }
        return spec.isCore() && (modules.loaded.contains("ip_tables") || modules.loaded.contains("ip6_tables"));
    }

    private Capability core(Family family) {
        int index = family.ordinal();
        if (cores[index] == null) { cores[index] = modules.of(generation.core(family).alternatives.get(0)); }
        return cores[index];
    }

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
                return bySpec(family, ModuleSpec.parse(module));
            }
        }
        if (spec.isNone() && generation.listed) {
            return Capability.of(State.MISSING, "kernel " + generation.name() + " has no " + name);
        }
        return Capability.of(State.UNKNOWN, "no reading mentions " + name);
    }

    private Capability bySpec(Family family, ModuleSpec spec) {
        Capability core = core(family);
        Capability best = null;
        for (String module : spec.alternatives) {
            Capability candidate = modules.of(module);
            if (best == null || candidate.state.compareTo(best.state) < 0) { best = candidate; }
        }
        Set<String> load = new LinkedHashSet<>(core.modules);
        State state = core.state.worst(best.state);
        String evidence = state == best.state || !core.state.stops() ? best.evidence : core.evidence;
        if (spec.pullsConntrack()) {
            int index = family.ordinal();
            if (tracking[index] == null) { tracking[index] = tracking(family); }
            load.addAll(tracking[index].modules);
            evidence = tracking[index].state.compareTo(state) > 0 ? tracking[index].evidence : evidence;
            state = state.worst(tracking[index].state);
        }
        if (!modules.dep.known) { load.addAll(unloaded(spec.needed)); }
        load.addAll(best.modules);
        for (String module : spec.along) {
            Capability also = modules.of(module);
            if (generation.listed || !isAbsent(also) || modules.dep.contains(module)) {
                load.addAll(also.modules);
                evidence = also.state.compareTo(state) > 0 ? also.evidence : evidence;
                state = state.worst(also.state);
            }
        }
        if (conntrack.state == Conntrack.State.REFUSED
                && (load.contains("nf_conntrack") || load.contains("ip_conntrack"))) {
            return Capability.of(State.REFUSED, conntrack.reason);
        }
        return new Capability(inWords(state, best, load), evidence,
                state.stops() ? Collections.<String>emptyList() : new ArrayList<String>(load));
    }

    /**
     * Something built in whose companion is loaded counts as loaded; something with a module still to load as loadable.
     */
    private static State inWords(State worst, Capability best, Set<String> load) {
        if (worst.compareTo(State.LOADABLE) < 0 && best.state == State.BUILTIN) { return State.BUILTIN; }
        return worst.compareTo(State.LOADABLE) < 0 && !load.isEmpty() ? State.LOADABLE : worst;
    }

    private static boolean isAbsent(Capability capability) {
        return capability.state == State.UNKNOWN || capability.state == State.MISSING;
    }

    private List<String> unloaded(List<String> names) {
        List<String> reversed = new ArrayList<>();
        for (int i = names.size() - 1; i >= 0; i--) {
            if (!modules.loaded.contains(names.get(i))) { reversed.add(names.get(i)); }
        }
        return reversed;
    }

    /** Connection tracking for one family: its modules, judged one by one; the verdict has been asked before. */
    private Capability tracking(Family family) {
        if (conntrack.state == Conntrack.State.MISSING) { return Capability.of(State.MISSING, conntrack.reason); }
        ModuleSpec spec = generation.conntrack(family);
        Set<String> load = new LinkedHashSet<>();
        State worst = State.BUILTIN;
        String evidence = conntrack.reason;
        if (!modules.dep.known) { load.addAll(unloaded(spec.needed)); }
        List<String> names = new ArrayList<>(spec.alternatives);
        names.addAll(spec.along);
        for (String module : names) {
            Capability one = modules.of(module);
            boolean tolerated = isAbsent(one) && !modules.dep.contains(module)
                    && (!generation.listed || conntrack.state == Conntrack.State.IN_USE);
            if (!tolerated) {
                load.addAll(one.modules);
                evidence = one.state.compareTo(worst) > 0 ? one.evidence : evidence;
                worst = worst.worst(one.state);
            }
        }
        return new Capability(worst, evidence, new ArrayList<String>(load));
    }

    /** Whether a feature loads connection tracking on this box. */
    public boolean pullsConntrack(Family family, Kind kind, String name) {
        return generation.spec(kind, kernelName(name), family).pullsConntrack() || ModuleTable.get().tracks(kind, name);
    }
}
