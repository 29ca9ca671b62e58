package boxwall.facts;

import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import boxwall.box.Evidence;
import boxwall.box.Finding.Severity;
import boxwall.box.Finding;
import boxwall.modules.Capability;
import boxwall.modules.Conntrack;
import boxwall.modules.Kind;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;

/**
 * What iptables' own words mean on this box. It says "No chain/target/match by that name." for a missing kernel module,
 * for a refused conntrack and for a chain that isn't there; texts recorded from 1.4.11.1 and 1.8.9.
 */
public final class IptablesError {
    private static final Pattern EXTENSION =
            Pattern.compile("Couldn't (?:load|find) (match|target) [`']([A-Za-z0-9_.+-]{1,40})'");
    private static final Pattern TABLE =
            Pattern.compile("(?:can't|unable to) initialize (?:ip6?tables )?table:? [`']([a-z]{1,20})\r?'");
    private static final Pattern LINE = Pattern.compile("-restore: line ([0-9]{1,7}) failed");
    /** What 1.8 says before it fails: the only place where the kernel's refusal has a name. */
    private static final Pattern KERNEL_SIDE =
            Pattern.compile("Extension ([A-Za-z0-9_.+-]{1,40}) revision [0-9]+ not supported, missing kernel module");
    private static final Pattern HOST = Pattern.compile("host/network [`']([^']{1,80})' not found");

    private final BoxFacts facts;
    private final Family family;
    private final Requirement requirement;
    private final String where;

    private IptablesError(BoxFacts facts, Family family, Requirement requirement, String where) {
        this.facts = facts;
        this.family = family;
        this.requirement = requirement;
        this.where = where;
    }

    /**
     * The finding behind an error text.
     *
     * @param stderr what iptables or iptables-restore printed
     * @param requirement what the rule in question needs, or null when it isn't known which rule it was
     * @param where the rule's {@code file:line:column}, or empty
     * @return null when the text is none that is known
     */
    public static Finding translate(BoxFacts facts, Family family, String stderr, Requirement requirement,
            String where) {
        IptablesError error = new IptablesError(facts, family, requirement, where);
        for (String line : Words.lines(stderr)) {
            Finding finding = error.of(line.length() > 400 ? line.substring(0, 400) : line);
            if (finding != null) { return finding; }
        }
        return null;
    }

    private Finding of(String line) {
        Matcher extension = EXTENSION.matcher(line);
        Matcher table = TABLE.matcher(line);
        Matcher commit = LINE.matcher(line);
        Matcher host = HOST.matcher(line);
        Matcher kernelSide = KERNEL_SIDE.matcher(line);
        if (kernelSide.find()) {
            return kernelSide(line, kernelSide.group(1));
        } else if (extension.find()) {
            return extension(line, extension.group(1), extension.group(2));
        } else if (table.find()) {
            return table(line, table.group(1));
        } else if (host.find()) {
            return finding("host-name-in-rule", line, "the name \"" + host.group(1) + "\" could not be looked up",
                    "write the address: a rule that needs DNS can't be loaded at boot");
        } else if (line.contains("No chain/target/match by that name")
                || line.contains("-restore: line") && commit.find()) {
            return kernelSaidNo(line);
        }
        return byWords(line);
    }

    private Finding byWords(String line) {
        if (line.contains("Resource temporarily unavailable") || line.contains("holding the xtables lock")) {
            return finding("drift", line,
                    "another program changed the rules at the same moment; read back whether this change was made",
                    "iptables-save shows it; stop the other program (debug.cfg, rc.custom, another firewall package)");
        } else if (line.contains("unknown option") || line.contains("invalid option")) {
            return finding(
                    "iptables-too-old", line, "this iptables (" + version()
                            + ") doesn't know an option; an old restore reports it and " + "applies its input anyway",
                    "leave the option out");
        } else if (line.contains("Run `dmesg' for more information")) {
            return finding("module-refused", line,
                    "the kernel refused the change and logged why; the rule may exist all the " + "same",
                    "dmesg | tail; iptables-save");
        } else if (line.contains("Permission denied") || line.contains("you must be root")) {
            return finding("iptables-missing", line, "only root may change rules", "run it as root");
        }
        return null;
    }

    private String version() {
        return facts.userland().version() == null ? "of unknown version" : facts.userland().version();
    }

    /** The userland half is missing: shared builds have a file a match, each an entry of its own in Freetz' menu. */
    private Finding extension(String line, String kind, String name) {
        String file = "libxt_" + name;
        return finding("extension-missing", line,
                "iptables itself has no " + kind + " \"" + name + "\", whatever the kernel has",
                "make menuconfig: FREETZ_LIB_" + file + " (or libip" + (family == Family.IPV4 ? "t_" : "6t_") + name
                        + "), or FREETZ_PACKAGE_IPTABLES_STATIC, which has them all");
    }

    /** Upper-case names are targets, but for a few that no box has. */
    private Finding kernelSide(String line, String name) {
        Kind kind = Character.isUpperCase(name.charAt(0)) ? Kind.TARGET : Kind.MATCH;
        Capability capability = facts.capability(family, kind, name);
        boolean refused = capability.state() == Capability.State.REFUSED;
        return finding(refused ? "module-refused" : "module-missing", line,
                "the kernel gave no " + kind.word + " \"" + name + "\" (" + capability.evidence() + ")",
                refused && facts.pullsConntrack(family, kind, name) ? "STATEFUL=auto or no in boxwall.cfg"
                        : facts.cure(family, kind, name));
    }

    private Finding table(String line, String name) {
        Capability table = facts.capability(family, Kind.TABLE, name);
        if (line.indexOf('\r') >= 0) {
            return finding("table-missing", line,
                    "the file has Windows line ends: one was read as part of the table's name", "tr -d '\\r' < FILE");
        }
        String why = table.state() == Capability.State.REFUSED ? "the " + name + " table must not be loaded here: "
                + facts.conntrack().reason()
                : table.state() == Capability.State.MISSING ? "this kernel has no " + name + " table"
                : "the " + name + " table isn't there (" + table.evidence() + ")";
        return finding("table-missing", line, why, table.modules.isEmpty() ? facts.cure(family, Kind.TABLE, name)
                : "modprobe " + table.modules.get(table.modules.size() - 1));
    }

    /** The kernel's refusal names nothing: what the rule needs tells what it was. */
    private Finding kernelSaidNo(String line) {
        Finding behind = requirement == null ? null : requirement.finding(where);
        if (behind != null) {
            return new Finding(behind.code(), Severity.REFUSE, where, evidence(line, behind), behind.effect(),
                    behind.remedy);
        }
        if (facts.conntrack().state() == Conntrack.State.REFUSED
                && (requirement == null || requirement.pullsConntrack())) {
            return finding("module-refused", line,
                    "if a rule here uses states or NAT, that is the cause: " + facts.conntrack().reason(),
                    "STATEFUL=auto or no in boxwall.cfg");
        }
        return finding("module-missing", line,
                "the kernel lacks what a rule needs, or the chain doesn't exist: iptables doesn't say which",
                "boxwall check RULES names the rule and the module");
    }

    private static java.util.List<String> evidence(String line, Finding behind) {
        java.util.List<String> all = new java.util.ArrayList<String>(behind.evidence());
        all.add(0, Evidence.line("iptables", line));
        return all;
    }

    private Finding finding(String code, String line, String effect, String remedy) {
        return new Finding(code, Severity.REFUSE, where, Collections.singletonList(Evidence.line("iptables", line)),
                effect, remedy);
    }
}
