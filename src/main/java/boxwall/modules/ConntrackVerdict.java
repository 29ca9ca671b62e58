package boxwall.modules;

import boxwall.box.KernelLog;
import boxwall.netfilter.Family;
import boxwall.netfilter.ResourceTexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Whether connection tracking may be used on this box, and why. Immutable. */
public final class ConntrackVerdict {
    /** REFUSED: loading it fails, or may crash the box. */
    public enum State {
        IN_USE, USABLE, REFUSED, MISSING, UNKNOWN;

        /** {@code in-use}. */
        public String word() { return name().toLowerCase(Locale.ROOT).replace('_', '-'); }

        /** Whether rules with states can be compiled as written; not for UNKNOWN: a wrong guess reboots the box. */
        public boolean allowsState() {
            return this == IN_USE || this == USABLE;
        }
    }

    /** The reason for a refusal. */
    public enum Ground { NONE, SYMBOLS, LAYOUT, KDSLDMOD }

    private static final ResourceTexts ROWS = new ResourceTexts("/boxwall/modules/verdicts", 5);

    public final State state;
    /** The owner of this box's connections: {@code netfilter}, {@code avm}, {@code none} or {@code unknown}. */
    public final String owner;
    /** One sentence; never empty. */
    public final String reason;
    /** Verbatim lines after their source; empty if nothing was read. */
    public final List<String> evidence;
    public final Ground ground;

    /** The verdict of a row of the resource {@code verdicts}. */
    private ConntrackVerdict(String name, List<String> evidence, Object... values) {
        String[] row = ROWS.rows(name).get(0);
        state = State.valueOf(row[1].toUpperCase(Locale.ROOT));
        ground = Ground.valueOf(row[2].toUpperCase(Locale.ROOT));
        owner = ResourceTexts.filled(row[3], "", values);
        reason = ResourceTexts.filled(row[4], "", values);
        this.evidence = Collections.unmodifiableList(new ArrayList<>(evidence));
    }

    private ConntrackVerdict(String name, String evidence, Object... values) {
        this(name, Collections.singletonList(evidence), values);
    }

    /** The verdict on a box; {@code machine} is its processor, null where it is unknown. */
    static ConntrackVerdict of(KernelGeneration generation, ModuleStates modules, String machine) {
        Decision decision = new Decision(generation, modules, machine);
        ConntrackVerdict verdict = decision.symbolConflict();
        verdict = verdict != null ? verdict : decision.otherLayout();
        verdict = verdict != null ? verdict : decision.besideKdsldmod();
        verdict = verdict != null ? verdict : decision.running();
        return verdict != null ? verdict : decision.byModules();
    }

    /**
     * Decides before anything is loaded, from the hardest evidence to the softest: the kernel's refusals, the owner of
     * the symbols, the layout of struct sk_buff, what is running, the experience with the generation. Never tries what
     * might crash the box.
     */
    private static final class Decision {
        /**
         * Exported by every nf_conntrack (2.6.22 to today) and by the ip_conntrack before it; functions, so kallsyms
         * always has them.
         */
        private static final List<String> SYMBOLS = Arrays.asList("nf_conntrack_find_get", "nf_conntrack_in",
                "nf_conntrack_alloc", "nf_conntrack_alter_reply", "nf_ct_get_tuple", "ip_conntrack_find_get",
                "ip_conntrack_alloc", "ip_conntrack_get");
        private static final List<String> CORES = Arrays.asList("nf_conntrack", "ip_conntrack");
        /** Only a kernel built with NF_CONNTRACK has them (net/netfilter/core.c). */
        private static final List<String> HOOKS =
                Arrays.asList("ip_ct_attach", "nf_ct_attach", "nf_ct_destroy", "nf_conntrack_destroy");
        /** Files that exist while connection tracking runs, built in or not. */
        private static final List<String> FILES = Arrays.asList("/proc/net/nf_conntrack", "/proc/net/ip_conntrack",
                "/proc/sys/net/netfilter/nf_conntrack_max", "/proc/sys/net/ipv4/netfilter/ip_conntrack_max",
                "/proc/sys/net/nf_conntrack_max");

        private final KernelGeneration generation;
        private final ModuleStates modules;
        private final LoadedModules loaded;
        private final Symbols symbols;
        private final String machine;
        /** The one of {@link #CORES} that is loaded, or null. */
        private final String core;

        Decision(KernelGeneration generation, ModuleStates modules, String machine) {
            this.generation = generation;
            this.modules = modules;
            this.machine = machine;
            loaded = modules.loaded;
            symbols = modules.symbols;
            core = loaded.contains(CORES.get(0)) ? CORES.get(0) : loaded.contains(CORES.get(1)) ? CORES.get(1) : null;
        }

        private ConntrackVerdict symbolConflict() {
            if (core != null) { return null; }
            for (KernelLog.Refusal refusal : modules.log.refusals) {
                if (refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL && isConntrack(refusal.module)
                        && !isConntrack(refusal.owner) && !refusal.owner.equals("kernel")
                        && (!loaded.known || loaded.contains(refusal.owner))) {
                    return new ConntrackVerdict("owned", refusal.line, refusal.owner, refusal.symbol, refusal.module);
                }
            }
            for (String symbol : SYMBOLS) {
                String owner = symbols.owner(symbol);
                if (owner != null && !owner.equals("kernel") && !isConntrack(owner)) {
                    return new ConntrackVerdict("owned.listed", symbols.line(symbol), owner, symbol);
                }
            }
            return null;
        }

        private static boolean isConntrack(String module) {
            return module.startsWith("nf_conntrack") || module.startsWith("ip_conntrack")
                    || module.startsWith("nf_nat");
        }

        private ConntrackVerdict otherLayout() {
            List<String> sizes = modules.log.skBuffSizes();
            if (sizes.size() > 1) { return new ConntrackVerdict("layouts", sizes); }
            if (core != null) { return null; }
            for (KernelLog.Refusal refusal : modules.log.refusals) {
                if (refusal.cause == KernelLog.Cause.UNKNOWN_SYMBOL && CORES.contains(refusal.module)
                        && HOOKS.contains(refusal.symbol) && symbols.owner(refusal.symbol) == null) {
                    return new ConntrackVerdict("no-hooks", refusal.line, refusal.module);
                }
            }
            boolean oldKernel = generation.release != null && !generation.atLeast("4.1");
            if (oldKernel && symbols.listsKernel && symbols.owner("nf_ct_attach") == null
                    && modules.dep.contains("nf_conntrack")) {
                return new ConntrackVerdict("no-hooks.listed",
                        Arrays.asList("/proc/kallsyms: no nf_ct_attach", modules.dep.line("nf_conntrack")));
            }
            return null;
        }

        /**
         * Refuses conntrack beside kdsldmod, in use or not, if AVM's kernel has no connection tracking of its own;
         * unknown if no reading shows whether it has.
         */
        private ConntrackVerdict besideKdsldmod() {
            String kdsldmod = kdsldmod();
            boolean known = generation.release != null;
            KernelGeneration.Policy policy = known ? generation.policy : KernelGeneration.Policy.OWN;
            boolean layout = policy == KernelGeneration.Policy.LAYOUT;
            boolean works = policy == KernelGeneration.Policy.MEMORY || policy == KernelGeneration.Policy.WORKS;
            if (works || isBuiltin() || kdsldmod == null && (!layout || loaded.known)) { return null; }
            Boolean avmTracks = layout ? Boolean.FALSE : avmTracks();
            if (Boolean.TRUE.equals(avmTracks)) { return null; }
            List<String> evidence = new ArrayList<>();
            evidence.add(kdsldmod == null ? "/proc/modules wasn't read: kdsldmod may be loaded" : kdsldmod);
            if (core != null) {
                evidence.add(loaded.line(core));
            } else if (avmTracks == null) { return new ConntrackVerdict("beside-kdsldmod.kernel-unknown", evidence); }
            return new ConntrackVerdict(kdsldmod == null ? "beside-kdsldmod.modules-unknown" : "beside-kdsldmod",
                    evidence, core != null ? "netfilter" : kdsldmod != null ? "avm" : "unknown",
                    known ? " (" + generation.like() + ")" : "", core == null ? "" : "; " + core + " is loaded now");
        }

        /**
         * Whether AVM's own kernel has connection tracking; null if unknown. The kernel's configuration and symbols
         * count first. From 4.1 on AVM builds its kernels for ARM with nf_conntrack, those for MIPS and x86 without
         * (except the 5530's, where it is built in): Freetz-NG make/kernel/configs/avm.
         */
        private Boolean avmTracks() {
            Capability.State configured = modules.config.of("nf_conntrack").state;
            if (configured != Capability.State.UNKNOWN) { return configured != Capability.State.MISSING; }
            if (symbols.listsKernel) { return symbols.owner("nf_ct_attach") != null; }
            return machine == null || generation.release == null ? null
                    : Boolean.valueOf(machine.startsWith("arm") || machine.startsWith("aarch"));
        }

        /** The evidence that kdsldmod is in the kernel, or null. */
        private String kdsldmod() {
            if (loaded.contains("kdsldmod")) { return loaded.line("kdsldmod"); }
            return !modules.readings.names("/proc/kdsld").isEmpty() ? "/proc/kdsld is there" : loaded.known ? null
                    : modules.log.clue(KernelLog.Clue.KDSLDMOD);
        }

        private boolean isBuiltin() {
            return modules.of("nf_conntrack").state == Capability.State.BUILTIN
                    || "kernel".equals(symbols.owner("nf_conntrack_in"));
        }

        private ConntrackVerdict running() {
            if (core != null) { return new ConntrackVerdict("in-use", loaded.line(core), core + " is loaded"); }
            for (String file : FILES) {
                if (modules.readings.text(file) != null) {
                    return new ConntrackVerdict("in-use", file + " is there",
                            "connection tracking runs in this kernel");
                }
            }
            return !isBuiltin() ? null : new ConntrackVerdict("in-use", modules.of("nf_conntrack").evidence(),
                    "connection tracking is built into this kernel");
        }

        /** The verdict on connection tracking that isn't running: whether its modules can be loaded. */
        private ConntrackVerdict byModules() {
            Capability.State worst = Capability.State.BUILTIN;
            String evidence = "";
            for (String module : generation.conntrack(Family.IPV4).modules()) {
                Capability capability = modules.of(module);
                if (capability.state == Capability.State.REFUSED) {
                    return new ConntrackVerdict("module-refused", capability.evidence(), module);
                }
                // in a kernel that the table doesn't list, a missing part may have been renamed or merged
                boolean main = CORES.contains(module);
                if (main || generation.listed || capability.state == Capability.State.LOADABLE) {
                    evidence = main || capability.state.compareTo(worst) > 0 ? capability.evidence() : evidence;
                    worst = worst.worst(capability.state);
                }
            }
            return new ConntrackVerdict(worst == Capability.State.MISSING ? "missing"
                    : worst == Capability.State.LOADABLE ? "usable" : "unknown", evidence);
        }
    }
}
