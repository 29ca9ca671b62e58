package boxwall.modules;

import boxwall.box.KernelLog;
import boxwall.netfilter.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Whether connection tracking may be used on this box, and why. Immutable. */
public final class ConntrackVerdict {
    /** REFUSED means: loading it fails, or may crash the box. */
    public enum State {
        IN_USE, USABLE, REFUSED, MISSING, UNKNOWN;

        /** {@code in-use}. */
        public String word() { return name().toLowerCase(Locale.ROOT).replace('_', '-'); }

        /** Whether rules with states can be compiled as they are. UNKNOWN is no: a wrong guess reboots the box. */
        public boolean allowsState() {
            return this == IN_USE || this == USABLE;
        }
    }

    /** What stands behind a refusal. */
    public enum Ground { NONE, SYMBOLS, LAYOUT, KDSLDMOD, MODULE }

    public final State state;
    /** Who has the connections of this box: {@code netfilter}, {@code avm}, {@code none} or {@code unknown}. */
    public final String owner;
    /** One sentence; never empty. */
    public final String reason;
    /** Verbatim lines with their source in front; empty when there was nothing to read. */
    public final List<String> evidence;
    public final Ground ground;

    private ConntrackVerdict(State state, String owner, String reason, List<String> evidence, Ground ground) {
        this.state = state;
        this.owner = owner;
        this.reason = reason;
        this.evidence = Collections.unmodifiableList(new ArrayList<String>(evidence));
        this.ground = ground;
    }

    /** The verdict on a box. */
    static ConntrackVerdict of(KernelGeneration generation, ModuleStates modules, String machine) {
        Decision box = new Decision(generation, modules, machine);
        ConntrackVerdict verdict = box.symbolConflict();
        verdict = verdict != null ? verdict : box.otherLayout();
        verdict = verdict != null ? verdict : box.besideKdsldmod();
        verdict = verdict != null ? verdict : box.running();
        verdict = verdict != null ? verdict : box.refusedModule();
        return verdict != null ? verdict : box.byFiles();
    }

    /**
     * Decides about connection tracking before anything is loaded, from the hardest evidence to the softest: what the
     * kernel refused, who owns the symbols, whose struct sk_buff it is, what runs already, what the generation is known
     * for. What might crash the box is never tried in order to find out.
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

        private final KernelGeneration generation;
        private final ModuleStates modules;
        private final KernelLog log;
        private final Symbols symbols;
        private final String machine;

        Decision(KernelGeneration generation, ModuleStates modules, String machine) {
            this.generation = generation;
            this.modules = modules;
            this.machine = machine;
            log = modules.log;
            symbols = modules.symbols;
        }

        private ConntrackVerdict symbolConflict() {
            if (loadedCore() != null) { return null; }
            for (KernelLog.Refusal refusal : log.refusals) {
                if (refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL && isConntrack(refusal.module)
                        && !isConntrack(refusal.owner) && !refusal.owner.equals("kernel")
                        && (!modules.loaded.known || modules.loaded.contains(refusal.owner))) {
                    return refused("avm", Ground.SYMBOLS, "the module " + refusal.owner + " owns " + refusal.symbol
                            + ", so the kernel refuses " + refusal.module, refusal.line);
                }
            }
            for (String symbol : SYMBOLS) {
                String owner = symbols.owner(symbol);
                if (owner != null && !owner.equals("kernel") && !isConntrack(owner)) {
                    return refused("avm", Ground.SYMBOLS,
                            "the module " + owner + " owns " + symbol
                                    + ", so the kernel would refuse netfilter's connection tracking",
                            symbols.line(symbol));
                }
            }
            return null;
        }

        private static boolean isConntrack(String module) {
            return module.startsWith("nf_conntrack") || module.startsWith("ip_conntrack")
                    || module.startsWith("nf_nat");
        }

        /** nf_conntrack when it is loaded, or ip_conntrack, else null. */
        private String loadedCore() {
            for (String core : CORES) {
                if (modules.loaded.contains(core)) { return core; }
            }
            return null;
        }

        private ConntrackVerdict otherLayout() {
            if (log.skBuffSizes().size() > 1) {
                return new ConntrackVerdict(State.REFUSED, "none",
                        "parts of this kernel disagree about the size of struct sk_buff: "
                                + "connection tracking would corrupt memory",
                        log.skBuffSizes(), Ground.LAYOUT);
            }
            for (KernelLog.Refusal refusal : log.refusals) {
                if (refusal.cause == KernelLog.Cause.UNKNOWN_SYMBOL && CORES.contains(refusal.module)
                        && loadedCore() == null && isHook(refusal.symbol) && symbols.owner(refusal.symbol) == null) {
                    return refused("none", Ground.LAYOUT, "this kernel was built without connection tracking, so "
                            + refusal.module + " can't be linked into it", refusal.line);
                }
            }
            boolean oldKernel = generation.release != null && !generation.atLeast("4.1");
            if (oldKernel && symbols.listsKernel && symbols.owner("nf_ct_attach") == null && loadedCore() == null
                    && modules.dep.contains("nf_conntrack")) {
                return refused("none", Ground.LAYOUT,
                        "this kernel was built without connection tracking, nf_conntrack.ko with it: "
                                + "another struct sk_buff",
                        "/proc/kallsyms: no nf_ct_attach", modules.dep.line("nf_conntrack"));
            }
            return null;
        }

        /** What only a kernel built with NF_CONNTRACK has (net/netfilter/core.c). */
        private static boolean isHook(String symbol) {
            return symbol.equals("ip_ct_attach") || symbol.equals("nf_ct_attach") || symbol.equals("nf_ct_destroy")
                    || symbol.equals("nf_conntrack_destroy");
        }

        /**
         * Refused beside kdsldmod, in use or not, where AVM's kernel has no connection tracking of its own; unknown
         * where nothing says whether it has.
         */
        private ConntrackVerdict besideKdsldmod() {
            String kdsld = kdsldmod();
            boolean known = generation.release != null;
            boolean layoutKnown = known && generation.policy == KernelGeneration.Policy.LAYOUT;
            boolean works = known && (generation.policy == KernelGeneration.Policy.MEMORY
                    || generation.policy == KernelGeneration.Policy.WORKS);
            if (works || isBuiltin() || kdsld == null && (!layoutKnown || modules.loaded.known)) { return null; }
            Boolean has = layoutKnown ? Boolean.FALSE : avmHasConntrack();
            if (Boolean.TRUE.equals(has)) { return null; }
            List<String> evidence = new ArrayList<>();
            evidence.add(kdsld == null ? "/proc/modules wasn't read: kdsldmod may be loaded" : kdsld);
            String core = loadedCore();
            if (core != null) {
                evidence.add(modules.loaded.line(core));
            } else if (has == null) {
                return new ConntrackVerdict(State.UNKNOWN, "unknown",
                        "AVM's closed kdsldmod is loaded, and whether AVM built this kernel with "
                                + "connection tracking wasn't read: without it the box would reboot after some minutes",
                        evidence, Ground.NONE);
            }
            String kernel = known ? " (" + generation.like() + ")" : "";
            return new ConntrackVerdict(State.REFUSED, core != null ? "netfilter" : kdsld != null ? "avm" : "unknown",
                    (kdsld == null
                            ? "AVM's kernel was built without connection tracking" + kernel
                                    + ", and whether its closed kdsldmod is loaded wasn't read"
                            : "AVM's closed kdsldmod was built for a kernel without connection tracking" + kernel)
                            + ": with it the box reboots after some minutes"
                            + (core == null ? "" : "; " + core + " is loaded now"),
                    evidence, Ground.KDSLDMOD);
        }

        /**
         * From 4.1 on AVM's kernels for ARM are built with nf_conntrack, those for MIPS and x86 are not (but the
         * 5530's, which has it built in): Freetz-NG make/kernel/configs/avm. What the kernel shows of itself counts for
         * more. Null when nothing says.
         */
        private Boolean avmHasConntrack() {
            Capability.State configured = modules.config.of("nf_conntrack");
            if (configured != Capability.State.UNKNOWN) { return configured != Capability.State.MISSING; }
            if (symbols.listsKernel) { return symbols.owner("nf_ct_attach") != null; }
            return machine == null || generation.release == null ? null
                    : Boolean.valueOf(machine.startsWith("arm") || machine.startsWith("aarch"));
        }

        /** The evidence that kdsldmod is in the kernel, or null. */
        private String kdsldmod() {
            if (modules.loaded.contains("kdsldmod")) { return modules.loaded.line("kdsldmod"); }
            return !modules.readings.names("/proc/kdsld").isEmpty() ? "/proc/kdsld is there"
                    : modules.loaded.known ? null : log.clue(KernelLog.Clue.KDSLDMOD);
        }

        private boolean isBuiltin() {
            return modules.of("nf_conntrack").state == Capability.State.BUILTIN
                    || "kernel".equals(symbols.owner("nf_conntrack_in"));
        }

        private ConntrackVerdict running() {
            String core = loadedCore();
            if (core != null) { return inUse(core + " is loaded", modules.loaded.line(core)); }
            String[] files =
                    {"/proc/net/nf_conntrack", "/proc/net/ip_conntrack", "/proc/sys/net/netfilter/nf_conntrack_max",
                            "/proc/sys/net/ipv4/netfilter/ip_conntrack_max", "/proc/sys/net/nf_conntrack_max"};
            for (String file : files) {
                if (modules.readings.file(file) != null) {
                    return inUse("connection tracking runs in this kernel", file + " is there");
                }
            }
            if (isBuiltin()) {
                return inUse("connection tracking is built into this kernel", modules.of("nf_conntrack").evidence());
            }
            return null;
        }

        private static ConntrackVerdict inUse(String reason, String evidence) {
            return new ConntrackVerdict(State.IN_USE, "netfilter", reason, Collections.singletonList(evidence),
                    Ground.NONE);
        }

        private ConntrackVerdict refusedModule() {
            for (String module : generation.conntrack(Family.IPV4).modules()) {
                Capability capability = modules.of(module);
                if (capability.state == Capability.State.REFUSED) {
                    return refused("none", Ground.MODULE, "the kernel refuses the module " + module,
                            capability.evidence());
                }
            }
            return null;
        }

        private ConntrackVerdict byFiles() {
            Capability.State worst = Capability.State.BUILTIN;
            String evidence = "";
            for (String module : generation.conntrack(Family.IPV4).modules()) {
                Capability capability = modules.of(module);
                // a renamed or merged part of a kernel that the table doesn't list is no loss
                boolean core = CORES.contains(module);
                if (core || generation.listed || capability.state == Capability.State.LOADABLE) {
                    evidence = core || capability.state.compareTo(worst) > 0 ? capability.evidence() : evidence;
                    worst = worst.worst(capability.state);
                }
            }
            boolean missing = worst == Capability.State.MISSING;
            State state = missing ? State.MISSING : worst == Capability.State.LOADABLE ? State.USABLE : State.UNKNOWN;
            boolean unknown = state == State.UNKNOWN;
            return new ConntrackVerdict(state, unknown ? "unknown" : "none",
                    missing ? "this firmware has no module for connection tracking"
                            : unknown ? "no reading shows whether this kernel has it" : "no reason against loading it",
                    Collections.singletonList(evidence), Ground.NONE);
        }

        private static ConntrackVerdict refused(String owner, Ground ground, String reason, String... evidence) {
            return new ConntrackVerdict(State.REFUSED, owner, reason, Arrays.asList(evidence), ground);
        }
    }
}
