package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.box.Finding.Severity;
import boxwall.netfilter.Family;

/** What around netfilter an administrator should know: acceleration, AVM's filter, IPv6, the log, the firmware. */
final class SurroundingFindings {
    /** Freetz' own criterion (rc.mod, vulcheck_2014): FRITZ!OS 04.55 or later with a revision before this one. */
    private static final int REVISION_FIXED_2014 = 27349;
    /** Freetz' criterion for the hole of September 2023 (rc.mod, vulcheck_2023); 07.57 and 07.31 have it closed. */
    private static final int REVISION_FIXED_2023 = 107809;
    /** FRITZ!OS 06.20 came half a year after the fixes of February 2014. */
    private static final String VERSION_AFTER_2014 = "6.20";

    private final BoxFacts facts;
    private final Readings readings;
    private final Surroundings surroundings;
    private List<Finding> out;

    SurroundingFindings(BoxFacts facts, Readings readings, Surroundings surroundings) {
        this.facts = facts;
        this.readings = readings;
        this.surroundings = surroundings;
    }

    void addTo(List<Finding> findings) {
        out = findings;
        acceleration();
        dsld();
        ipv6();
        printk();
        bootScripts();
        firmware();
    }

    private void add(String code, Severity severity, List<String> evidence, String effect, String remedy) {
        out.add(new Finding(code, severity, "", evidence, effect, remedy));
    }

    private static List<String> one(String line) {
        return line.length() == 0 ? Collections.<String>emptyList() : Collections.singletonList(line);
    }

    private void acceleration() {
        Acceleration pa = facts.packetAcceleration();
        if (pa.mayBypass()) {
            add("pa-bypasses-netfilter", Severity.WARN, one(pa.evidence),
                    "Accelerated flows bypass netfilter: no rule, counter or LOG sees their further packets, and a "
                            + "new DROP takes effect only when the flow ends.",
                    "PA=flush in boxwall.cfg (default), or by hand: echo flush > /proc/net/avm_pa/control; for every packet: PA=disable");
        }
    }

    private void dsld() {
        if (surroundings.dsld().equals("running")) {
            add("dsld-in-path", Severity.NOTE, one(surroundings.dsldEvidence()),
                    "AVM's dsld filters and translates on the Internet side as well: what either of the two drops is dropped.",
                    "allow forwardings in both; showdsldstat shows AVM's side");
        }
    }

    /** IPv6 with an address that others reach, and no ip6tables filter that does anything. */
    private void ipv6() {
        List<String> evidence = new ArrayList<>();
        for (Interface one : facts.interfaces()) {
            if (one.ip6() != null && one.role != Interface.Role.LOOPBACK
                    && InterfaceReading.inner(one.name()) == null) {
                evidence.add((readings.file("/proc/net/if_inet6") != null ? "/proc/net/if_inet6: " : "") + one.ip6()
                        + " on " + one.name());
            }
        }
        if (!evidence.isEmpty() && !isFiltered6()) {
            boolean possible = !facts.capability(Family.IPV6, Kind.TABLE, "filter").state().stops()
                    && facts.userland().ip6 != Known.NO;
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
        if (surroundings.printk().equals("avm")) {
            add("printk-diverted", Severity.NOTE, one(surroundings.printkEvidence()),
                    "AVM's printk takes kernel messages: LOG lines appear on /dev/debug and console 0, not in dmesg or syslog.",
                    "for a while: echo STD_PRINTK > /dev/debug (DECT is off meanwhile; AVM_PRINTK restores it); permanently: make menuconfig, "
                            + "FREETZ_PATCH_PRINTK");
        }
    }

    private void bootScripts() {
        if (!surroundings.strayRules().isEmpty()) {
            List<String> some = surroundings.strayRules();
            add("debug-cfg-rules", Severity.WARN, some.subList(0, Math.min(5, some.size())),
                    some.size() + " command" + (some.size() == 1 ? "" : "s") + " of a boot script still set"
                            + (some.size() == 1 ? "s" : "") + " iptables rules: at boot they mix with boxwall's.",
                    "boxwall import FILE converts them; then delete them there");
        }
    }

    private void firmware() {
        Firmware firmware = facts.firmware;
        String version = firmware.version();
        if (version == null) {
            if (readings.file("/etc/.version") != null) {
                unknownFirmware(one("/etc/.version has no known version number"), "of February 2014");
            }
            return;
        }
        boolean of2014 = Versions.compare(version, "4.55") >= 0 && Versions.compare(version, VERSION_AFTER_2014) < 0;
        boolean of2023 = Versions.compare(version, VERSION_AFTER_2014) >= 0 && Versions.compare(version, "7.57") < 0
                && Versions.compare(version, "7.31") != 0;
        List<String> evidence = new ArrayList<>(one(firmware.evidence()));
        if (firmware.revision() == null) {
            evidence.add("/etc/.revision wasn't read");
            if (of2014 || of2023) { unknownFirmware(evidence, of2014 ? "of February 2014" : "of September 2023"); }
            return;
        }
        evidence.add(firmware.revisionEvidence());
        if (of2014 && firmware.revision() < REVISION_FIXED_2014) {
            add("firmware-cve-2014-9727", Severity.WARN, evidence,
                    "This firmware has the vulnerability of February 2014: anybody who reaches its web interface, also through a page opened in the LAN, "
                            + "can run commands on the box.",
                    "install AVM's last firmware for this model; until then keep remote access off and TCP 443 closed from WAN");
        } else if (of2023 && firmware.revision() < REVISION_FIXED_2023) {
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
