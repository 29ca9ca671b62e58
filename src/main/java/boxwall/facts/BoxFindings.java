package boxwall.facts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import boxwall.box.Finding;
import boxwall.box.Firmware;
import boxwall.box.Interface;
import boxwall.box.KernelLog;
import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.box.Userland;
import boxwall.modules.Capability;
import boxwall.modules.Capability.State;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.FeatureKind;
import boxwall.modules.KernelGeneration;
import boxwall.netfilter.Family;
import boxwall.netfilter.Versions;

/** The findings about a box: kernel, programs, and what else handles packets. */
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

    private void add(String row, List<String> evidence, Object... values) {
        out.add(Finding.of(facts.secrets, row, "", evidence, values));
    }

    /** Adds a finding with one line of evidence, or none for "". */
    private void add(String row, String line, Object... values) {
        add(row, Collections.singletonList(line), values);
    }

    private void kernel() {
        if (!facts.generation.listed) {
            add(facts.kernel.value() == null ? "kernel-unknown" : "kernel-unknown.release", facts.kernel.evidence(),
                    facts.generation.like());
        }
        boolean proc = !readings.names("/proc").isEmpty();
        boolean files = !readings.paths().isEmpty();
        if (!facts.modules().loaded.known && (files || !readings.commandNames().isEmpty())) {
            add(files && !proc ? "modules-unknown.no-proc" : "modules-unknown",
                    "neither /proc/modules nor lsmod was read", proc ? "other readings" : "files");
        }
    }

    private void userland() {
        Userland userland = facts.userland;
        if (Boolean.FALSE.equals(userland.present)) {
            add("iptables-missing", "no iptables in /sbin, /usr/sbin, /bin, /usr/bin");
        } else if (Boolean.FALSE.equals(userland.restore)) {
            add("restore-missing", "no iptables-restore in /sbin, /usr/sbin, /bin, /usr/bin");
        }
        if (userland.version.value() != null && Versions.compare(userland.version.value(), "1.4.11") < 0) {
            add("iptables-too-old", userland.version.evidence());
        }
    }

    private void tables() {
        Capability filter = facts.capability(Family.IPV4, FeatureKind.TABLE, "filter");
        if (filter.state.stops()) { add("table-missing.filter", filter.evidence()); }
        List<String> missing = facts.modules().dep.missingFiles();
        if (!missing.isEmpty()) {
            add(missing.size() == 1 ? "module-missing.file" : "module-missing.files", first(missing), missing.size());
        }
        Capability nat = facts.capability(Family.IPV4, FeatureKind.TABLE, "nat");
        if (facts.generation.name().equals("2.6.19") && (nat.state == State.LOADABLE || nat.state.stops())) {
            add("nat-needs-replaced-kernel", nat.evidence());
        }
    }

    /** As many lines as a finding shows. */
    private static List<String> first(List<String> lines) {
        return lines.subList(0, Math.min(5, lines.size()));
    }

    private void conntrack() {
        ConntrackVerdict verdict = facts.conntrack();
        if (verdict.ground == ConntrackVerdict.Ground.SYMBOLS) {
            add("conntrack-symbol-conflict", verdict.evidence);
        } else if (verdict.ground == ConntrackVerdict.Ground.LAYOUT) {
            add("conntrack-layout-mismatch", verdict.evidence);
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
                add("conntrack-symbol-conflict.loaded", refusal.line, refusal.module);
            }
        }
    }

    /** A warning when conntrack is loaded or will be at the next boot; else the reason why states are weakened. */
    private void besideKdsldmod(ConntrackVerdict verdict) {
        List<String> evidence = new ArrayList<>(verdict.evidence);
        for (String line : readings.lines("/tmp/flash/mod/modules")) {
            String module = line.trim();
            module = module.endsWith(".ko") ? module.substring(0, module.length() - 3) : module;
            if (!module.startsWith("#") && module.length() > 0 && facts.pullsConntrack(module)) {
                evidence.add(ReadingLine.evidence("/tmp/flash/mod/modules", line));
            }
        }
        add(evidence.size() > 1 ? "conntrack-unsafe-kernel.loaded" : "conntrack-unsafe-kernel", evidence);
    }

    private void memory(ConntrackVerdict verdict) {
        if (facts.generation.policy == KernelGeneration.Policy.MEMORY && facts.generation.listed
                && verdict.state.allowsState() && verdict.state != ConntrackVerdict.State.UNKNOWN) {
            Integer memory = facts.firmware.memoryMb.value();
            add("conntrack-memory", verdict.evidence, memory == null ? "the" : "its " + memory + " MB and the");
        }
    }

    /**
     * Modules built with connection tracking for a kernel without it load, match nothing, and panic at LOG (measured on
     * 2.6.32).
     */
    private void layout() {
        if (facts.conntrack().ground == ConntrackVerdict.Ground.LAYOUT && !facts.generation.atLeast("4.1")) {
            add("netfilter-layout-mismatch", facts.conntrack().evidence);
        }
    }

    /** One finding for each module of netfilter. */
    private void refusedModules() {
        Set<String> reported = new HashSet<>();
        for (KernelLog.Refusal refusal : log.refusals) {
            String module = refusal.module;
            if (!isNetfilter(module) || reported.contains(module)) { continue; }
            State state = facts.modules().of(module).state;
            boolean byConntrack =
                    facts.conntrack().state == ConntrackVerdict.State.REFUSED && facts.pullsConntrack(module);
            if (state == State.BUILTIN && refusal.owner.equals("kernel")) {
                reported.add(module);
                add("module-refused.builtin", refusal.line, module);
            } else if (state == State.REFUSED && !byConntrack) {
                reported.add(module);
                refused(refusal);
            }
        }
    }

    private static boolean isNetfilter(String module) {
        return module.startsWith("xt_") || module.startsWith("ip") && module.indexOf('_') > 0
                || module.equals("x_tables") || module.startsWith("nf_");
    }

    private void refused(KernelLog.Refusal refusal) {
        String evidence = facts.modules().of(refusal.module).evidence();
        if (refusal.cause == KernelLog.Cause.UNKNOWN_SYMBOL) {
            add("module-refused.symbol", evidence, refusal.module, facts.symbolCure(refusal));
        } else if (refusal.cause == KernelLog.Cause.DUPLICATE_SYMBOL) {
            add("module-refused.duplicate", evidence, refusal.module, refusal.owner);
        } else {
            add("module-refused.version", evidence, refusal.module);
        }
    }

    private void acceleration() {
        if (facts.acceleration.mayBypass()) { add("pa-bypasses-netfilter", facts.acceleration.evidence); }
    }

    private void dsld() {
        if (facts.surroundings.dsld.value().equals("running")) {
            add("dsld-in-path", facts.surroundings.dsld.evidence());
        }
    }

    /** An IPv6 address that other hosts reach, and no ip6tables filter that can drop a packet. */
    List<Finding> ipv6() {
        List<String> evidence = new ArrayList<>();
        for (Interface one : facts.interfaces) {
            if (one.ip6 != null && one.role != Interface.Role.LOOPBACK && Interface.inner(one.name) == null) {
                evidence.add((readings.text("/proc/net/if_inet6") != null ? "/proc/net/if_inet6: " : "") + one.ip6
                        + " on " + one.name);
            }
        }
        if (!evidence.isEmpty() && !isFiltered6()) {
            boolean possible = !facts.capability(Family.IPV6, FeatureKind.TABLE, "filter").state.stops()
                    && !Boolean.FALSE.equals(facts.userland.ip6);
            add(possible ? "ipv6-unfiltered.no-rules" : "ipv6-unfiltered.no-table", evidence);
        }
        return out;
    }

    private boolean isFiltered6() {
        boolean inFilter = false;
        for (String line : readings.lines("ip6tables-save")) {
            inFilter = line.startsWith("*") ? line.equals("*filter") : inFilter;
            if (!inFilter) { continue; }
            if (line.startsWith(":") && line.contains(" DROP ")) { return true; }
            // a rule that only accepts, logs or calls a chain stops nothing
            for (String target : new String[] {" -j DROP", " -j REJECT", " -j NFQUEUE"}) {
                if (line.contains(target)) { return true; }
            }
        }
        // the table is loaded and its rules weren't read: assume that it was loaded for rules
        return readings.text("ip6tables-save") == null
                && readings.lines("/proc/net/ip6_tables_names").contains("filter");
    }

    private void printk() {
        if (facts.surroundings.printk.value().equals("avm")) {
            add("printk-diverted", facts.surroundings.printk.evidence());
        }
    }

    private void bootScripts() {
        List<String> rules = facts.surroundings.strayRules;
        if (!rules.isEmpty()) {
            add(rules.size() == 1 ? "debug-cfg-rules.one" : "debug-cfg-rules", first(rules), rules.size());
        }
    }

    private void firmware() {
        Firmware firmware = facts.firmware;
        String version = firmware.version.value();
        if (version == null) {
            if (readings.text("/etc/.version") != null) {
                unknownFirmware(Collections.singletonList("/etc/.version has no known version number"),
                        "February 2014");
            }
            return;
        }
        boolean late = Versions.compare(version, VERSION_AFTER_2014) >= 0;
        boolean old = late ? Versions.compare(version, "7.57") < 0 && Versions.compare(version, "7.31") != 0
                : Versions.compare(version, "4.55") >= 0;
        Integer revision = firmware.revision.value();
        List<String> evidence = Arrays.asList(firmware.version.evidence(),
                revision == null ? "/etc/.revision wasn't read" : firmware.revision.evidence());
        if (old && revision == null) {
            unknownFirmware(evidence, late ? "September 2023" : "February 2014");
        } else if (old && !late && revision < REVISION_FIXED_2014) {
            add("firmware-cve-2014-9727", evidence);
        } else if (old && late && revision < REVISION_FIXED_2023) {
            // among the images before 06.50 some models never had the page in question (Freetz-NG's firmware list)
            boolean sure = Versions.compare(version, "6.50") >= 0;
            add(sure ? "firmware-tr064-2023" : "firmware-tr064-2023.most", evidence);
        }
    }

    private void unknownFirmware(List<String> evidence, String hole) {
        add("firmware-revision-unknown", evidence, hole, REVISION_FIXED_2014, REVISION_FIXED_2023);
    }
}
