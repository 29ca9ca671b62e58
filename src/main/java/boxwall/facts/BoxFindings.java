package boxwall.facts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.avm.Acceleration;
import boxwall.box.Finding.Severity;
import boxwall.box.Finding;
import boxwall.box.Firmware;
import boxwall.box.Interface;
import boxwall.box.KernelLog;
import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.box.Userland;
import boxwall.box.Versions;
import boxwall.modules.Capability.State;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.KernelGeneration;
import boxwall.modules.Kind;
import boxwall.netfilter.Family;

/**
 * What an administrator should know of a box: the kernel's side of iptables, the programs, and what else touches
 * packets.
 */
final class BoxFindings {
    /** Freetz' own criterion (rc.mod, vulcheck_2014): FRITZ!OS 04.55 or later with a revision before this one. */
    private static final int REVISION_FIXED_2014 = 27349;
    /** Freetz' criterion for the hole of September 2023 (rc.mod, vulcheck_2023); 07.57 and 07.31 have it closed. */
    private static final int REVISION_FIXED_2023 = 107809;
    /** FRITZ!OS 06.20 came half a year after the fixes of February 2014. */
    private static final String VERSION_AFTER_2014 = "6.20";

    private final BoxFacts facts;
    private final Readings readings;
    private final KernelLog log;
    private final List<Finding> out = new ArrayList<>();

    BoxFindings(BoxFacts facts, Readings readings, KernelLog log) {
        this.facts = facts;
        this.readings = readings;
        this.log = log;
    }

    List<Finding> all() {
        kernel();
        userland();
        tables();
        conntrack();
        layout();
        refusedModules();
        acceleration();
        dsld();
        ipv6();
        printk();
        bootScripts();
        firmware();
        return out;
    }

    private void add(String code, Severity severity, List<String> evidence, String effect, String remedy) {
        out.add(new Finding(code, severity, "", evidence, effect, remedy, facts.secrets));
    }

    private static List<String> one(String line) {
        return line == null || line.length() == 0 ? Collections.<String>emptyList() : Collections.singletonList(line);
    }

    private void kernel() {
        if (!facts.generation.listed) {
            String release = facts.kernel.value();
            add("kernel-unknown", Severity.NOTE, one(release == null ? "" : facts.kernel.evidence()),
                    release == null ? "Which kernel this is could not be read; only what the box itself shows counts."
                            : "This kernel is not in the list of FRITZ!Box kernels; it is treated like "
                                    + facts.generation.like() + ", and readings of the box take precedence.",
                    "boxwall record DIR, and send the folder");
        }
        boolean proc = !readings.names("/proc").isEmpty();
        boolean any = !readings.paths().isEmpty() || !readings.commandNames().isEmpty();
        if (!facts.modules().loaded.known && any) {
            add("modules-unknown", Severity.WARN, one("neither /proc/modules nor lsmod was read"),
                    "The loaded modules are unknown, so every answer about modules is a guess from "
                            + (proc ? "other readings." : "files."),
                    proc || readings.paths().isEmpty()
                            ? "lsmod on the box; boxwall record DIR writes it with all the rest"
                            : "mount -t proc proc /proc; ls -l /proc/modules");
        }
    }

    private void userland() {
        Userland userland = facts.userland;
        if (Boolean.FALSE.equals(userland.present)) {
            add("iptables-missing", Severity.REFUSE, one("no iptables in /sbin, /usr/sbin, /bin, /usr/bin"),
                    "There is no iptables program on this box, so no rule can be loaded.",
                    "make menuconfig: FREETZ_PACKAGE_IPTABLES, with FREETZ_PACKAGE_IPTABLES_SAVE_RESTORE");
        } else if (Boolean.FALSE.equals(userland.restore)) {
            add("restore-missing", Severity.REFUSE, one("no iptables-restore in /sbin, /usr/sbin, /bin, /usr/bin"),
                    "Without iptables-restore a table can't be replaced in one step, so boxwall loads no rules.",
                    "make menuconfig: FREETZ_PACKAGE_IPTABLES_SAVE_RESTORE (default is off)");
        }
        if (userland.version.value() != null && Versions.compare(userland.version.value(), "1.4.11") < 0) {
            add("iptables-too-old", Severity.WARN, one(userland.version.evidence()),
                    "This iptables is older than any that Freetz builds today; it may not take what boxwall writes.",
                    "make menuconfig: FREETZ_PACKAGE_IPTABLES (1.4.11.1 or later)");
        }
    }

    private void tables() {
        Capability filter = facts.capability(Family.IPV4, Kind.TABLE, "filter");
        if (filter.state.stops()) {
            add("table-missing", Severity.REFUSE, one(filter.evidence()),
                    "This kernel has no filter table, so IPv4 can't be filtered at all.",
                    "make menuconfig: FREETZ_MODULE_ip_tables, FREETZ_MODULE_iptable_filter");
        }
        List<String> gone = facts.modules().dep.missingFiles();
        if (!gone.isEmpty()) {
            add("module-missing", Severity.WARN, gone.subList(0, Math.min(5, gone.size())),
                    gone.size()
                            + (gone.size() == 1 ? " module that modules.dep names has no file"
                                    : " modules that modules.dep names have no file")
                            + ": rules that need one can't be loaded.",
                    "rebuild and reinstall the firmware; the flash may have been too small");
        }
        Capability nat = facts.capability(Family.IPV4, Kind.TABLE, "nat");
        if (facts.generation.name().equals("2.6.19") && (nat.state == State.LOADABLE || nat.state.stops())) {
            add("nat-needs-replaced-kernel", Severity.NOTE, one(nat.evidence()),
                    "On 2.6.19 the nat table works only with a replaced kernel.",
                    "make menuconfig: FREETZ_REPLACE_KERNEL");
        }
    }

    private void conntrack() {
        ConntrackVerdict verdict = facts.conntrack();
        if (verdict.ground == ConntrackVerdict.Ground.SYMBOLS) {
            add("conntrack-symbol-conflict", Severity.WARN, verdict.evidence,
                    "AVM's own connection tracking replaces netfilter's: rules with states and NAT can't be used, they are "
                            + "weakened to stateless ones.",
                    "STATEFUL=auto or no in boxwall.cfg; nothing else helps without another firmware; never rmmod AVM's module");
        } else if (verdict.ground == ConntrackVerdict.Ground.LAYOUT) {
            add("conntrack-layout-mismatch", Severity.WARN, verdict.evidence,
                    "Modules for connection tracking were built for another struct sk_buff than this kernel's; loading them by force "
                            + "would corrupt memory.",
                    "remove nf_conntrack from FREETZ_MODULES_OWN and from /tmp/flash/mod/modules; STATEFUL=auto");
        } else if (verdict.ground == ConntrackVerdict.Ground.KDSLDMOD) {
            besideKdsldmod(verdict);
        } else {
            memory(verdict);
        }
        for (KernelLog.Refusal refusal : log.refusals) {
            if (refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL && refusal.owner.contains("conntrack")
                    && !refusal.module.contains("nf_conntrack") && !refusal.module.contains("ip_conntrack")
                    && facts.modules().loaded.contains(refusal.owner)
                    && !facts.modules().loaded.contains(refusal.module)) {
                add("conntrack-symbol-conflict", Severity.WARN, one(refusal.line),
                        "Netfilter's connection tracking was loaded first and keeps AVM's module " + refusal.module
                                + " out: services that need it (telephony, DSL, acceleration) may not work.",
                        "remove nf_conntrack from /tmp/flash/mod/modules, then modsave and reboot");
            }
        }
    }

    /** Loud when conntrack is loaded, or would be at the next boot; else the reason why states are weakened. */
    private void besideKdsldmod(ConntrackVerdict verdict) {
        List<String> evidence = new ArrayList<>(verdict.evidence);
        for (String line : readings.lines("/tmp/flash/mod/modules")) {
            String module = line.trim();
            module = module.endsWith(".ko") ? module.substring(0, module.length() - 3) : module;
            if (!module.startsWith("#") && module.length() > 0 && facts.pullsConntrack(module)) {
                evidence.add(Line.evidence("/tmp/flash/mod/modules", line));
            }
        }
        boolean loud = evidence.size() > 1;
        add("conntrack-unsafe-kernel", loud ? Severity.WARN : Severity.NOTE, evidence, loud
                ? "Connection tracking is loaded beside AVM's kdsldmod, or will be: this box then reboots after some minutes."
                : "Connection tracking beside AVM's kdsldmod makes this box reboot after some minutes, so rules with states are "
                        + "weakened to stateless ones.",
                loud ? "remove these modules from /tmp/flash/mod/modules and debug.cfg, then modsave and reboot; never rmmod kdsldmod"
                        : "STATEFUL=auto or no in boxwall.cfg; states need a box without dsld (FREETZ_REMOVE_DSLD)");
    }

    private void memory(ConntrackVerdict verdict) {
        if (facts.generation.policy == KernelGeneration.Policy.MEMORY && facts.generation.listed
                && verdict.state.allowsState() && verdict.state != ConntrackVerdict.State.UNKNOWN) {
            add("conntrack-memory", Severity.WARN, verdict.evidence,
                    "With " + (facts.firmware.memoryMb.value() == null ? "the"
                            : "its " + facts.firmware.memoryMb.value() + " MB and the")
                            + " old kernel this box may reboot when its connection table grows.",
                    "modprobe ip_conntrack hashsize=509; echo 2036 > /proc/sys/net/ipv4/netfilter/ip_conntrack_max");
        }
    }

    /**
     * Modules with connection tracking built in beside a kernel without: they load, match nothing, and LOG panics
     * (measured, 2.6.32).
     */
    private void layout() {
        if (facts.conntrack().ground == ConntrackVerdict.Ground.LAYOUT && !facts.generation.atLeast("4.1")) {
            add("netfilter-layout-mismatch", Severity.WARN, facts.conntrack().evidence,
                    "The iptables modules may have been built for another struct sk_buff: then rules load but match nothing, and the "
                            + "first LOG crashes the box.",
                    "rebuild the firmware with nf_conntrack off in the kernel's configuration; before that no LOG rule without a counting test");
        }
    }

    private void refusedModules() {
        List<String> done = new ArrayList<>();
        for (KernelLog.Refusal refusal : log.refusals) {
            String module = refusal.module;
            boolean ours = module.startsWith("xt_") || module.startsWith("ip") && module.indexOf('_') > 0
                    || module.equals("x_tables") || module.startsWith("nf_");
            boolean byConntrack =
                    facts.pullsConntrack(module) && facts.conntrack().state == ConntrackVerdict.State.REFUSED;
            State state = facts.modules().of(module).state;
            if (ours && refusal.owner.equals("kernel") && state == State.BUILTIN && !done.contains(module)) {
                done.add(module);
                add("module-refused", Severity.NOTE, one(refusal.line),
                        module + " is part of this kernel: the module of the same name is refused, and isn't needed.",
                        "take " + module + " out of /tmp/flash/mod/modules and of the firmware's menu");
            } else if (ours && !byConntrack && !done.contains(module) && state == State.REFUSED) {
                done.add(module);
                add("module-refused", Severity.WARN, one(facts.modules().of(module).evidence()),
                        "The kernel refuses the module " + module + ", so rules that need it can't be loaded.",
                        cure(refusal));
            }
        }
    }

    private String cure(KernelLog.Refusal refusal) {
        return refusal.cause == KernelLog.Cause.UNKNOWN_SYMBOL ? facts.symbolCure(refusal)
                : refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL ? "take " + refusal.module
                        + " out of /tmp/flash/mod/modules: " + refusal.owner + " has it already"
                : "rebuild the module together with the running firmware: it was made for another kernel";
    }

    private void acceleration() {
        Acceleration pa = facts.acceleration;
        if (pa.mayBypass()) {
            add("pa-bypasses-netfilter", Severity.WARN, one(pa.evidence),
                    "Accelerated flows bypass netfilter: no rule, counter or LOG sees their further packets, and a "
                            + "new DROP takes effect only when the flow ends.",
                    "PA=flush in boxwall.cfg (default), or by hand: echo flush > /proc/net/avm_pa/control; for every packet: PA=disable");
        }
    }

    private void dsld() {
        if (facts.surroundings.dsld.value().equals("running")) {
            add("dsld-in-path", Severity.NOTE, one(facts.surroundings.dsld.evidence()),
                    "AVM's dsld filters and translates on the Internet side as well: what either of the two drops is dropped.",
                    "allow forwardings in both; showdsldstat shows AVM's side");
        }
    }

    /** IPv6 with an address that others reach, and no ip6tables filter that does anything. */
    private void ipv6() {
        List<String> evidence = new ArrayList<>();
        for (Interface one : facts.interfaces) {
            if (one.ip6 != null && one.role != Interface.Role.LOOPBACK && Interface.inner(one.name) == null) {
                evidence.add((readings.file("/proc/net/if_inet6") != null ? "/proc/net/if_inet6: " : "") + one.ip6
                        + " on " + one.name);
            }
        }
        if (!evidence.isEmpty() && !isFiltered6()) {
            boolean possible = !facts.capability(Family.IPV6, Kind.TABLE, "filter").state.stops()
                    && !Boolean.FALSE.equals(facts.userland.ip6);
            add("ipv6-unfiltered", Severity.WARN, evidence,
                    "IPv6 is on and no ip6tables rule filters it: what IPv4 rules forbid may be open over IPv6.",
                    possible ? "add ip6tables rules (preset basic has them)"
                            : "make menuconfig: FREETZ_TARGET_IPV6_SUPPORT, FREETZ_MODULE_ip6table_filter; or switch IPv6 off");
        }
    }

    private boolean isFiltered6() {
        if (!readings.lines("/proc/net/ip6_tables_names").contains("filter")) { return false; }
        boolean inFilter = false;
        for (String line : readings.commandLines("ip6tables-save")) {
            inFilter = line.startsWith("*") ? line.equals("*filter") : inFilter;
            if (inFilter && (line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ")
                    || line.startsWith(":") && line.contains(" DROP "))) {
                return true;
            }
        }
        // registered but not saved: someone loaded it for a purpose
        return readings.command("ip6tables-save") == null;
    }

    private void printk() {
        if (facts.surroundings.printk.value().equals("avm")) {
            add("printk-diverted", Severity.NOTE, one(facts.surroundings.printk.evidence()),
                    "AVM's printk takes kernel messages: LOG lines appear on /dev/debug and console 0, not in dmesg or syslog.",
                    "for a while: echo STD_PRINTK > /dev/debug (DECT is off meanwhile; AVM_PRINTK restores it); permanently: make menuconfig, "
                            + "FREETZ_PATCH_PRINTK");
        }
    }

    private void bootScripts() {
        if (!facts.surroundings.strayRules.isEmpty()) {
            List<String> some = facts.surroundings.strayRules;
            add("debug-cfg-rules", Severity.WARN, some.subList(0, Math.min(5, some.size())),
                    some.size() + " command" + (some.size() == 1 ? "" : "s") + " of a boot script still set"
                            + (some.size() == 1 ? "s" : "") + " iptables rules: at boot they mix with boxwall's.",
                    "boxwall import FILE converts them; then delete them there");
        }
    }

    private void firmware() {
        Firmware firmware = facts.firmware;
        String version = firmware.version.value();
        if (version == null) {
            if (readings.file("/etc/.version") != null) {
                unknownFirmware(one("/etc/.version has no known version number"), "of February 2014");
            }
            return;
        }
        boolean late = Versions.compare(version, VERSION_AFTER_2014) >= 0;
        boolean old = late ? Versions.compare(version, "7.57") < 0 && Versions.compare(version, "7.31") != 0
                : Versions.compare(version, "4.55") >= 0;
        List<String> evidence = new ArrayList<>(one(firmware.version.evidence()));
        Integer revision = firmware.revision.value();
        evidence.add(revision == null ? "/etc/.revision wasn't read" : firmware.revision.evidence());
        if (old && revision == null) {
            unknownFirmware(evidence, late ? "of September 2023" : "of February 2014");
        } else if (old && !late && revision < REVISION_FIXED_2014) {
            add("firmware-cve-2014-9727", Severity.WARN, evidence,
                    "This firmware has the vulnerability of February 2014: anybody who reaches its web interface, also through a page opened in the LAN, "
                            + "can run commands on the box.",
                    "install AVM's last firmware for this model; until then keep remote access off and TCP 443 closed from WAN");
        } else if (old && late && revision < REVISION_FIXED_2023) {
            // among the images before 06.50 some models never had the page in question (Freetz-NG's firmware list)
            boolean sure = Versions.compare(version, "6.50") >= 0;
            add("firmware-tr064-2023", sure ? Severity.WARN : Severity.NOTE, evidence,
                    "This firmware is older than AVM's fix of September 2023 for its web interface"
                            + (sure ? "." : ", which most models of its age need."),
                    "install AVM's last firmware for this model (07.57, 07.31 or later); until then keep remote access off");
        }
    }

    private void unknownFirmware(List<String> evidence, String hole) {
        add("firmware-revision-unknown", Severity.NOTE, evidence,
                "Whether this firmware has the vulnerability " + hole + " is unknown.",
                "cat /etc/.revision, or /etc/version --project: " + REVISION_FIXED_2014
                        + " or more has the fix of 2014, " + REVISION_FIXED_2023 + " that of 2023");
    }
}
