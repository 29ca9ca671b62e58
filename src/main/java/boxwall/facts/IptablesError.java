package boxwall.facts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.box.Finding.Severity;
import boxwall.box.Finding;
import boxwall.box.Line;
import boxwall.modules.Capability.State;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.Kind;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;

/**
 * What iptables' own words mean on this box. It says "No chain/target/match by that name." for a missing kernel module,
 * for a refused conntrack and for a chain that isn't there; texts recorded from 1.4.11.1 and 1.8.9.
 */
public final class IptablesError {
    /** Words that say it all: either of two, the finding's code, effect and remedy. */
    private static final String[][] PLAIN = {
            {"Resource temporarily unavailable", "holding the xtables lock", "drift",
                    "another program changed the rules at the same moment; read back whether this change was made",
                    "iptables-save shows it; stop the other program (debug.cfg, rc.custom, another firewall package)"},
            {"unknown option", "invalid option", "iptables-too-old",
                    "this iptables (VERSION) doesn't know an option; an old restore reports it and applies its input anyway",
                    "leave the option out"},
            {"Run `dmesg' for more information", "", "module-refused",
                    "the kernel refused the change and logged why; the rule may exist all the same",
                    "dmesg | tail; iptables-save"},
            {"Permission denied", "you must be root", "iptables-missing", "only root may change rules",
                    "run it as root"}};

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

    /** What stands behind some words, up to one of the ends; empty when the words aren't there, or no end follows. */
    private static String between(String line, String words, String ends) {
        int from = Words.find(line, words, 0) + words.length();
        int end = from;
        while (from >= words.length() && end < line.length() && ends.indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return from < words.length() || end == line.length() || end - from > 80 ? "" : line.substring(from, end);
    }

    /** The same, in quotes: {@code `state'} by older versions, {@code 'state'}. */
    private static String quoted(String line, String words) {
        String old = between(line, words + " `", "'");
        return old.length() > 0 ? old : between(line, words + " '", "'");
    }

    private Finding of(String line) {
        // what 1.8 says before it fails: the only place where the kernel's refusal has a name
        String extension =
                line.contains(" not supported, missing kernel module") ? between(line, "Extension ", " ") : "";
        if (extension.length() > 0) { return kernelSide(line, extension); }
        for (String kind : new String[] {"match", "target"}) {
            String name = quoted(line, "Couldn't load " + kind);
            name = name.length() > 0 ? name : quoted(line, "Couldn't find " + kind);
            if (name.length() > 0) { return extension(line, kind, name); }
        }
        String table = !line.contains(" initialize ") ? "" : (quoted(line, "table") + quoted(line, "table:")).trim();
        if (table.length() > 0) { return table(line, table); }
        String host = line.contains("' not found") ? quoted(line, "host/network") : "";
        if (host.length() > 0) {
            return finding("host-name-in-rule", line, "the name \"" + host + "\" could not be looked up",
                    "write the address: a rule that needs DNS can't be loaded at boot");
        }
        String failed = between(line, "-restore: line ", " ");
        if (line.contains("No chain/target/match by that name")
                || Words.isNumber(failed) && line.contains("-restore: line " + failed + " failed")) {
            return kernelSaidNo(line);
        }
        for (String[] plain : PLAIN) {
            if (line.contains(plain[0]) || plain[1].length() > 0 && line.contains(plain[1])) {
                String version = facts.userland.version.value();
                return finding(plain[2], line,
                        Words.replace(plain[3], "VERSION", version == null ? "of unknown version" : version), plain[4]);
            }
        }
        return null;
    }

    /** The userland half is missing: shared builds have a file a match, each an entry of its own in Freetz' menu. */
    private Finding extension(String line, String kind, String name) {
        return finding("extension-missing", line,
                "iptables itself has no " + kind + " \"" + name + "\", whatever the kernel has",
                "make menuconfig: FREETZ_LIB_libxt_" + name + " (or libip" + (family == Family.IPV4 ? "t_" : "6t_")
                        + name + "), or FREETZ_PACKAGE_IPTABLES_STATIC, which has them all");
    }

    /** Upper-case names are targets, but for a few that no box has. */
    private Finding kernelSide(String line, String name) {
        Kind kind = Character.isUpperCase(name.charAt(0)) ? Kind.TARGET : Kind.MATCH;
        Capability capability = facts.capability(family, kind, name);
        boolean refused = capability.state == State.REFUSED;
        return finding(refused ? "module-refused" : "module-missing", line,
                "the kernel gave no " + kind.word + " \"" + name + "\" (" + capability.evidence() + ")",
                refused && facts.pullsConntrack(family, kind, name) ? "STATEFUL=auto or no in boxwall.cfg"
                        : facts.cure(family, kind, name));
    }

    private Finding table(String line, String name) {
        if (line.indexOf('\r') >= 0) {
            return finding("table-missing", line,
                    "the file has Windows line ends: one was read as part of the table's name", "tr -d '\\r' < FILE");
        }
        Capability table = facts.capability(family, Kind.TABLE, name);
        String why = table.state == State.REFUSED ? "the " + name + " table must not be loaded here: "
                + facts.conntrack().reason : table.state == State.MISSING ? "this kernel has no " + name + " table"
                : "the " + name + " table isn't there (" + table.evidence() + ")";
        return finding("table-missing", line, why, table.modules.isEmpty() ? facts.cure(family, Kind.TABLE, name)
                : "modprobe " + table.modules.get(table.modules.size() - 1));
    }

    /** The kernel's refusal names nothing: what the rule needs tells what it was. */
    private Finding kernelSaidNo(String line) {
        Finding behind = requirement == null ? null : requirement.finding(where);
        if (behind != null) {
            List<String> all = new ArrayList<>(behind.evidence());
            all.add(0, Line.evidence("iptables", line));
            return new Finding(behind.code, Severity.REFUSE, where, all, behind.effect(), behind.remedy);
        }
        if (facts.conntrack().state == ConntrackVerdict.State.REFUSED
                && (requirement == null || requirement.pullsConntrack())) {
            return finding("module-refused", line,
                    "if a rule here uses states or NAT, that is the cause: " + facts.conntrack().reason,
                    "STATEFUL=auto or no in boxwall.cfg");
        }
        return finding("module-missing", line,
                "the kernel lacks what a rule needs, or the chain doesn't exist: iptables doesn't say which",
                "boxwall check RULES names the rule and the module");
    }

    private Finding finding(String code, String line, String effect, String remedy) {
        return new Finding(code, Severity.REFUSE, where, Collections.singletonList(Line.evidence("iptables", line)),
                effect, remedy);
    }
}
