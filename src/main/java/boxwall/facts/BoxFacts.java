package boxwall.facts;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.avm.Acceleration;
import boxwall.avm.AvmFirewall;
import boxwall.avm.OtherPrograms;
import boxwall.box.Fact;
import boxwall.box.Finding;
import boxwall.box.Firmware;
import boxwall.box.Interface;
import boxwall.box.Interface.Role;
import boxwall.box.InterfaceReading;
import boxwall.box.Kernel;
import boxwall.box.KernelLog;
import boxwall.box.Readings;
import boxwall.box.Secrets;
import boxwall.box.Userland;
import boxwall.modules.Capabilities;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.FeatureKind;
import boxwall.modules.KernelGeneration;
import boxwall.modules.LoadedModules;
import boxwall.modules.ModuleSpec;
import boxwall.modules.ModuleStates;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Words;

/** The properties of a box by its readings; those that no reading contains are unknown. Immutable. */
public final class BoxFacts implements Cloneable {
    /** The only finding about the tables' contents. */
    public static final String IPV6_UNFILTERED = "ipv6-unfiltered";
    /** Only the readings for {@link #booted}: facts are kept long, and a log is a tenth of a small heap. */
    private final Readings readings;
    /** {@code uname -r}. */
    public final Fact<String> kernel;
    public final KernelGeneration generation;
    /** {@code mips}, {@code armv7l} … */
    public final Fact<String> machine;
    public final Firmware firmware;
    public final Userland userland;
    private Capabilities capabilities;
    public final Acceleration acceleration;
    /** Every interface with its role and the reason. */
    public final List<Interface> interfaces;
    /** The LAN's bridge, the Internet side, the guest network's bridge; each may be null. */
    public final Interface lan;
    public final Interface wan;
    public final Interface guest;
    /** The values of the names in rules; null for a name that this box lacks, such as that of a guest network. */
    public final Map<String, String> names;
    /** The ports for outgoing connections, or null. */
    public final Ports portRange;
    /** AVM's printk and dsld, {@code unknown} without evidence. */
    public final OtherPrograms surroundings;
    /** The forwardings and filters of AVM's firewall, as far as they were read. */
    public final AvmFirewall avmFirewall;
    final Secrets secrets;
    /** The findings about this box that don't depend on rules. */
    public List<Finding> findings;
    /** Made at the first use. */
    private volatile BoxFacts booted;

    /** The facts in any readings; throws nothing. */
    public BoxFacts(Readings all) {
        readings = all.ofModules();
        KernelLog log = new KernelLog(all);
        kernel = Kernel.release(all);
        generation = KernelGeneration.of(kernel.value());
        machine = Kernel.machine(all);
        firmware = new Firmware(all);
        userland = new Userland(all);
        capabilities =
                new Capabilities(generation, new ModuleStates(readings, all, kernel.value(), log), machine.value());
        acceleration = new Acceleration(all, kernel, log, modules().loaded);
        InterfaceReading reading = new InterfaceReading(all);
        interfaces = reading.all;
        lan = reading.of(Role.LAN);
        wan = reading.of(Role.WAN);
        guest = reading.of(Role.GUEST);
        names = reading.names();
        portRange = portRange(all);
        surroundings = new OtherPrograms(all, modules().loaded, log);
        avmFirewall = new AvmFirewall(all);
        secrets = new Secrets(all);
        findings = Collections.unmodifiableList(new BoxFindings(this, all, log).all());
    }

    /** {@code 32768	60999} in /proc/sys/net/ipv4/ip_local_port_range; null when unread or invalid. */
    private static Ports portRange(Readings all) {
        String text = all.text("/proc/sys/net/ipv4/ip_local_port_range");
        String[] words = text == null ? new String[0] : Words.of(text);
        Ports ports = words.length == 2 ? Ports.parse(words[0] + ":" + words[1]) : null;
        return ports == null || ports.ranges.get(0)[0] == 0 || ports.count() < 1 ? null : ports;
    }

    /**
     * The same box after its start, without loaded modules of netfilter: a plan's module list is for this state. Only
     * facts that depend on loaded modules differ.
     */
    public BoxFacts booted() {
        if (booted == null) {
            Readings up = readings.asBooted();
            booted = up == readings ? this : withModules(up);
        }
        return booted;
    }

    private BoxFacts withModules(Readings up) {
        BoxFacts facts = copy();
        facts.capabilities = new Capabilities(generation, new ModuleStates(up, modules()), machine.value());
        return facts;
    }

    private BoxFacts copy() {
        try {
            return (BoxFacts) clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same box with other tables; this object if no fact differs, because facts are compared by identity. */
    public BoxFacts withTables(Readings all) {
        List<Finding> now = new BoxFindings(this, all, null).ipv6();
        for (Finding finding : findings) {
            if (!finding.code.equals(IPV6_UNFILTERED)) { now.add(finding); }
        }
        if (now.size() == findings.size()) { return this; }
        BoxFacts facts = copy();
        facts.findings = Collections.unmodifiableList(now);
        return facts;
    }

    /** The evidence for each fact: its name as in the JSON, to verbatim lines after their source, without secrets. */
    public Map<String, List<String>> decidedBy() {
        Map<String, List<String>> by = new LinkedHashMap<>();
        decided(by, "kernel.release", kernel.evidence());
        decided(by, "kernel.machine", machine.evidence());
        decided(by, "firmware.model", firmware.model.evidence());
        decided(by, "firmware.version", firmware.version.evidence());
        decided(by, "firmware.revision", firmware.revision.evidence());
        decided(by, "memory_mb", firmware.memoryMb.evidence());
        decided(by, "iptables.version", userland.version.evidence());
        decided(by, "modules", modules().loaded.known ? modules().loaded.source : "");
        decided(by, "conntrack", conntrack().evidence.toArray(new String[0]));
        decided(by, "packet_acceleration", acceleration.evidence);
        decided(by, "printk", surroundings.printk.evidence());
        decided(by, "dsld", surroundings.dsld.evidence());
        return by;
    }

    private void decided(Map<String, List<String>> by, String fact, String... lines) {
        List<String> shown = secrets.lines(Arrays.asList(lines));
        if (!shown.isEmpty()) { by.put(fact, shown); }
    }

    /** The states of the modules. */
    public ModuleStates modules() { return capabilities.modules; }

    /** Whether connection tracking is safe on this box. */
    public ConntrackVerdict conntrack() {
        return capabilities.conntrack;
    }

    /** Whether this kernel has a table, match or target; never null. */
    public Capability capability(Family family, FeatureKind kind, String name) {
        return capabilities.of(family, kind, name);
    }

    /** The names of that kind to report, sorted. */
    public List<String> capabilityNames(Family family, FeatureKind kind) {
        return capabilities.names(family, kind);
    }

    /**
     * The module for a {@code modprobe NAME} line: of that name if it exists, else of this kernel's name for it
     * ({@code ip_conntrack} is nf_conntrack since 2.6.28). Refused if it would load a refused conntrack.
     */
    public Capability module(String name) {
        if (conntrack().state == ConntrackVerdict.State.REFUSED && pullsConntrack(name)) {
            return Capability.of(Capability.State.REFUSED, conntrack().evidence.get(0));
        }
        Capability best = modules().of(LoadedModules.normal(name));
        for (String other : generation.namesOf(LoadedModules.normal(name))) {
            Capability capability = modules().of(other);
            // the last is this kernel's own name, which is tried if all are unknown
            best = best.isAbsent() && capability.state != Capability.State.MISSING ? capability : best;
        }
        return best;
    }

    /**
     * Whether loading a module would load connection tracking, by its name or by modules.dep; true for conntrack
     * itself.
     */
    public boolean pullsConntrack(String module) {
        List<String> needed = modules().dep.dependencies(module);
        return KernelGeneration.tracks(module) || needed.contains("nf_conntrack") || needed.contains("ip_conntrack");
    }

    /** Whether using a table, match or target would load connection tracking. */
    public boolean pullsConntrack(Family family, FeatureKind kind, String name) {
        return generation.spec(kind, name, family).pullsConntrack || KernelGeneration.tracks(kind, name);
    }

    /** The remedy for a missing table, match or target: an entry of Freetz' menu. */
    public String cure(Family family, FeatureKind kind, String name) {
        ModuleSpec spec = generation.spec(kind, name, family);
        if (spec.alternatives.isEmpty()) {
            return spec.isNone() ? "this kernel can't have \"" + name + "\": leave it out"
                    : "leave \"" + name + "\" out";
        }
        for (String module : spec.alternatives) {
            if (symbolCure(module) != null) { return symbolCure(module); }
        }
        String module = spec.alternatives.get(0);
        return spec.offered ? "make menuconfig: FREETZ_MODULE_" + module : "make menuconfig: FREETZ_MODULES_OWN=\""
                + module + "\" (the menu has no entry for it on this kernel)";
    }

    /** The remedy for a module that lacks a symbol according to the kernel log; null for other modules. */
    public String symbolCure(String module) {
        KernelLog.Refusal refusal = modules().refusal(LoadedModules.normal(module));
        return refusal == null || refusal.cause != KernelLog.Cause.UNKNOWN_SYMBOL ? null : symbolCure(refusal);
    }

    /** The remedy is about the module that has the symbol. */
    String symbolCure(KernelLog.Refusal refusal) {
        String owner = generation.owner(refusal.symbol);
        if (owner == null || owner.equals(refusal.module)) {
            return "make menuconfig: add the module that has " + refusal.symbol
                    + " to FREETZ_MODULES_OWN, and build again";
        }
        if (owner.equals("@core")) {
            return "this kernel was built without connection tracking, and " + refusal.module
                    + " for one with it: leave it out (DROP in place of REJECT),"
                    + " or build both from one configuration";
        }
        String needs = refusal.module + " needs " + owner + ", which has " + refusal.symbol;
        return modules().dep.contains(owner)
                ? needs + ", and modules.dep doesn't say so: modprobe " + owner + " in the ruleset, before it is needed"
                : needs + (modules().dep.known ? " and isn't in modules.dep" : "")
                        + ": make menuconfig: FREETZ_MODULES_OWN=\"" + owner + "\", and build again";
    }

    /** Whether later readings have the same loaded modules and addresses, which are all that a plan depends on. */
    public boolean plansLike(Readings later) {
        return new LoadedModules(later).names().equals(modules().loaded.names())
                && new InterfaceReading(later).names().equals(names);
    }
}
