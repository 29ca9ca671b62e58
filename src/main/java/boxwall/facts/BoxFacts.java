package boxwall.facts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.avm.Acceleration;
import boxwall.avm.AvmFirewall;
import boxwall.avm.Surroundings;
import boxwall.box.Fact;
import boxwall.box.Finding;
import boxwall.box.Firmware;
import boxwall.box.Interface.Role;
import boxwall.box.Interface;
import boxwall.box.InterfaceReading;
import boxwall.box.Kernel;
import boxwall.box.KernelLog;
import boxwall.box.PortRange;
import boxwall.box.Readings;
import boxwall.box.Secrets;
import boxwall.box.Userland;
import boxwall.modules.Capabilities;
import boxwall.modules.Capability;
import boxwall.modules.Conntrack;
import boxwall.modules.ConntrackUse;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.KernelGeneration;
import boxwall.modules.Kind;
import boxwall.modules.LoadedModules;
import boxwall.modules.ModuleSpec;
import boxwall.modules.ModuleStates;
import boxwall.modules.ModulesDep;
import boxwall.modules.Symbols;
import boxwall.netfilter.Family;

/**
 * What a box is and can do, as far as its readings say. Whatever the readings hold, {@link #of} gives facts: what can't
 * be read is unknown. Immutable.
 */
public final class BoxFacts {
    /**
     * One lock for all facts, which come and go with each reading: JamVM can't bear to lose an object that two threads
     * wanted, see sys.WaitedOn.
     */
    private static final Object ASKING = new Object();
    private static final List<String> NAMES = Collections.unmodifiableList(Arrays.asList("LAN_IF", "LAN_IP", "LAN_NET",
            "LAN_IP6", "LAN_NET6", "WAN_IF", "GUEST_IF", "GUEST_IP", "GUEST_NET", "GUEST_IP6", "GUEST_NET6"));

    private final Readings readings;
    private final KernelLog log;
    private final Symbols symbols;
    private final Fact<String> kernel;
    private final KernelGeneration generation;
    private final Fact<String> machine;
    final Firmware firmware;
    private final Userland userland;
    final ModuleStates modules;
    private final Conntrack conntrack;
    private final Capabilities capabilities;
    private final Acceleration acceleration;
    private final InterfaceReading interfaces;
    /** The ports for outgoing connections, or null. */
    public final PortRange portRange;
    private final Surroundings surroundings;
    private final AvmFirewall avmFirewall;
    private final Secrets secrets;
    private final List<Finding> findings;
    /** Answers given before: each rule of a ruleset asks the same few, and an interpreter takes its time. */
    private final Map<String, Capability> known = new java.util.HashMap<String, Capability>();

    /** The same box as it comes up; made when asked for. */
    private BoxFacts booted;

    private BoxFacts(Readings readings) {
        this.readings = readings;
        log = new KernelLog(readings);
        kernel = Kernel.release(readings, log);
        generation = KernelGeneration.of(kernel.value());
        machine = Kernel.machine(readings, log);
        firmware = new Firmware(readings, log);
        userland = new Userland(readings);
        symbols = new Symbols(readings);
        LoadedModules loaded = new LoadedModules(readings);
        modules = new ModuleStates(readings, loaded, new ModulesDep(readings, kernel.value()), log, symbols);
        conntrack = new ConntrackVerdict(readings, generation, modules, log, symbols, machine.value()).decide();
        capabilities = new Capabilities(readings, generation, modules, conntrack);
        acceleration = Acceleration.of(readings, kernel, log, loaded);
        interfaces = new InterfaceReading(readings, log);
        portRange = PortRange.of(readings);
        surroundings = new Surroundings(readings, loaded, log);
        avmFirewall = AvmFirewall.of(readings);
        secrets = Secrets.of(readings);
        List<Finding> all = new ArrayList<>();
        new BoxFindings(this, readings, log, surroundings).addTo(all);
        for (int i = 0; i < all.size(); i++) {
            all.set(i, all.get(i).of(secrets));
        }
        findings = Collections.unmodifiableList(all);
    }

    /** Facts that differ from others in nothing but the modules of netfilter that are loaded. */
    private BoxFacts(BoxFacts other, Readings readings) {
        this.readings = readings;
        log = other.log;
        symbols = other.symbols;
        kernel = other.kernel;
        generation = other.generation;
        machine = other.machine;
        firmware = other.firmware;
        userland = other.userland;
        modules = new ModuleStates(readings, new LoadedModules(readings), other.modules.dep, log, symbols);
        conntrack = new ConntrackVerdict(readings, generation, modules, log, symbols, machine.value()).decide();
        capabilities = new Capabilities(readings, generation, modules, conntrack);
        acceleration = other.acceleration;
        interfaces = other.interfaces;
        portRange = other.portRange;
        surroundings = other.surroundings;
        avmFirewall = other.avmFirewall;
        secrets = other.secrets;
        findings = other.findings;
    }

    /** The facts of these readings; never null, never an exception. */
    public static BoxFacts of(Readings readings) {
        return new BoxFacts(readings);
    }

    /**
     * The same box when it has just come up, no module of netfilter loaded: what a plan's modules are for. Only what
     * depends on loaded modules is decided anew.
     */
    public BoxFacts booted() {
        synchronized (ASKING) {
            if (booted == null) {
                Readings up = readings.asBooted();
                booted = up == readings ? this : new BoxFacts(this, up);
            }
            return booted;
        }
    }

    /**
     * Which reading decided each fact: its name as in the JSON to verbatim lines with their source; without what
     * nothing decided.
     */
    public Map<String, List<String>> decidedBy() {
        Map<String, List<String>> by = new LinkedHashMap<>();
        decided(by, "kernel.release", kernel.evidence());
        decided(by, "kernel.machine", machine.evidence());
        decided(by, "firmware.model", firmware.model.evidence());
        decided(by, "firmware.version", firmware.version.evidence());
        decided(by, "firmware.revision", firmware.revision.evidence());
        decided(by, "memory_mb", firmware.memoryMb.evidence());
        decided(by, "iptables.version", userland.evidence());
        decided(by, "modules", modules.loaded.isKnown() ? modules.loaded.source : "");
        for (int i = 0; i < conntrack.evidence.size(); i++) {
            decided(by, "conntrack", conntrack.evidence.get(i));
        }
        decided(by, "packet_acceleration", acceleration.evidence);
        decided(by, "printk", surroundings.printkEvidence());
        decided(by, "dsld", surroundings.dsldEvidence());
        return by;
    }

    private void decided(Map<String, List<String>> by, String fact, String line) {
        if (line.length() > 0 && !by.containsKey(fact)) { by.put(fact, new ArrayList<String>()); }
        if (line.length() > 0) { by.get(fact).add(secrets.line(line)); }
    }

    /** {@code uname -r}, or null. */
    public String kernelRelease() { return kernel.value(); }

    /** {@code 2.6.32} …, or {@code unknown} for a kernel that the table doesn't list. */
    public String generation() {
        return generation.name();
    }

    KernelGeneration kernelGeneration() { return generation; }

    /** {@code mips}, {@code armv7l} …, or null. */
    public String machine() { return machine.value(); }

    /** {@code FRITZ!Box 7270}, or null. */
    public String firmwareModel() { return firmware.model.value(); }

    /** {@code 05.54}, or null. */
    public String firmwareVersion() { return firmware.version.value(); }

    /** The revision as a number in text, or null. */
    public String firmwareRevision() {
        return firmware.revision.value() == null ? null : firmware.revision.value().toString();
    }

    Fact<String> release() { return kernel; }

    /** MiB of RAM, or null. */
    public Integer memoryMb() { return firmware.memoryMb.value(); }

    public Userland userland() { return userland; }

    /** The modules in the kernel now, in the order read; empty when that wasn't read. */
    public List<String> loadedModules() {
        return new ArrayList<>(modules.loaded.names());
    }

    /** Whether this kernel has a table, match or target; never null. */
    public Capability capability(Family family, Kind kind, String name) {
        String key = family.digit() + kind.word + " " + name;
        synchronized (ASKING) {
            Capability capability = known.get(key);
            if (capability == null) {
                capability = capabilities.of(family, kind, name);
                known.put(key, capability);
            }
            return capability;
        }
    }

    /** The names worth reporting of that kind, sorted. */
    public List<String> capabilityNames(Family family, Kind kind) {
        return capabilities.names(kind, family);
    }

    /**
     * What a {@code modprobe NAME} line comes to on this box: the name as it is when there is such a module, else what
     * this kernel calls it ({@code ip_conntrack} is nf_conntrack since 2.6.28). Refused where it would pull in a
     * conntrack that is refused.
     */
    public Capability module(String name) {
        Capability first = null;
        List<String> names = new ArrayList<>();
        names.add(LoadedModules.normal(name));
        names.addAll(generation.namesOf(LoadedModules.normal(name)));
        for (String candidate : names) {
            Capability one = modules.of(candidate);
            if (one.state() != Capability.State.UNKNOWN && one.state() != Capability.State.MISSING) {
                first = one;
                break;
            }
            // the last is this kernel's own name: the best to try where nothing was read
            first = one.state() == Capability.State.UNKNOWN || first == null ? one : first;
        }
        if (conntrack.state() == Conntrack.State.REFUSED && pullsConntrack(name)) {
            return Capability.of(Capability.State.REFUSED,
                    conntrack.evidence.isEmpty() ? conntrack.reason() : conntrack.evidence.get(0));
        }
        return first;
    }

    /**
     * Whether loading a module would load connection tracking, by its name or by modules.dep; true for conntrack
     * itself.
     */
    public boolean pullsConntrack(String module) {
        if (ConntrackUse.pullsByName(module)) { return true; }
        for (String needed : modules.dep.closure(module)) {
            if (needed.equals("nf_conntrack") || needed.equals("ip_conntrack")) { return true; }
        }
        return false;
    }

    /** Whether using a table, match or target would load connection tracking. */
    public boolean pullsConntrack(Family family, Kind kind, String name) {
        return capabilities.pullsConntrack(family, kind, name);
    }

    /** What to select in Freetz' menu for a table, match or target of this kernel. */
    String cure(Family family, Kind kind, String name) {
        ModuleSpec spec = generation.spec(kind, name, family);
        if (spec.alternatives().isEmpty()) {
            return spec.isNone() ? "this kernel can't have \"" + name + "\": leave it out"
                    : "leave \"" + name + "\" out";
        }
        for (String each : spec.alternatives()) {
            if (symbolCure(each) != null) { return symbolCure(each); }
        }
        String module = spec.alternatives().get(0);
        return spec.isOffered() ? "make menuconfig: FREETZ_MODULE_" + module : "make menuconfig: FREETZ_MODULES_OWN=\""
                + module + "\" (the menu has no entry for it on this kernel)";
    }

    /** What helps where the kernel log says which symbol a module lacks; null when it says no such thing. */
    public String symbolCure(String module) {
        KernelLog.Refusal refusal = modules.refusal(LoadedModules.normal(module));
        return refusal == null || refusal.cause != KernelLog.Cause.UNKNOWN_SYMBOL ? null : symbolCure(refusal);
    }

    /** A module whose symbol is missing is there; it is another one that isn't. */
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
        return modules.dep.contains(owner)
                ? needs + ", and modules.dep doesn't say so: modprobe " + owner + " in the ruleset, before it is needed"
                : needs + (modules.dep.isKnown() ? " and isn't in modules.dep" : "")
                        + ": make menuconfig: FREETZ_MODULES_OWN=\"" + owner + "\", and build again";
    }

    public Conntrack conntrack() { return conntrack; }

    public Acceleration packetAcceleration() { return acceleration; }

    /** {@code std}, {@code avm} or {@code unknown}: where kernel messages, so LOG lines, go. */
    public String printk() {
        return surroundings.printk();
    }

    /** {@code running}, {@code absent} or {@code unknown}: AVM's own dialler and packet filter. */
    public String dsld() {
        return surroundings.dsld();
    }

    /** What AVM's own filter forwards and drops, as far as it was read; never null. */
    public AvmFirewall avmFirewall() {
        return avmFirewall;
    }

    /** The LAN's bridge, or null. */
    public Interface lan() { return interfaces.of(Role.LAN); }

    /** The Internet side, or null. */
    public Interface wan() { return interfaces.of(Role.WAN); }

    /** The guest network's bridge, or null. */
    public Interface guest() { return interfaces.of(Role.GUEST); }

    /** Every interface with its role and the reason. */
    public List<Interface> interfaces() { return interfaces.all(); }

    /** The names that rules may use, with their values here; those without a value are in {@link #lackingNames}. */
    public Map<String, String> names() {
        return names(interfaces);
    }

    private static Map<String, String> names(InterfaceReading interfaces) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : NAMES) {
            String value = value(name, interfaces);
            if (value != null) { values.put(name, value); }
        }
        return Collections.unmodifiableMap(values);
    }

    /**
     * Whether these later readings of the box have the same modules loaded and the same addresses: all that a plan
     * depends on.
     */
    public boolean plansLike(Readings later) {
        return new LoadedModules(later).names().equals(modules.loaded.names())
                && names(new InterfaceReading(later, log)).equals(names());
    }

    /** The names that boxwall knows but that have no value on this box: no guest network, say. */
    public Collection<String> lackingNames() {
        List<String> lacking = new ArrayList<>(NAMES);
        lacking.removeAll(names().keySet());
        return Collections.unmodifiableList(lacking);
    }

    private static String value(String name, InterfaceReading interfaces) {
        Interface of =
                interfaces.of(name.startsWith("LAN") ? Role.LAN : name.startsWith("WAN") ? Role.WAN : Role.GUEST);
        if (of == null) { return null; }
        String part = name.substring(name.indexOf('_') + 1);
        return part.equals("IF") ? of.name() : part.equals("IP") ? of.ip() : part.equals("NET") ? of.net()
                : part.equals("IP6") ? of.ip6() : of.net6();
    }

    /** What the administrator should know of this box, whatever the rules; never null. */
    public List<Finding> findings() {
        return findings;
    }
}
