package boxwall.facts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.box.Finding.Severity;
import boxwall.box.Finding;
import boxwall.box.Line;
import boxwall.box.Secrets;
import boxwall.modules.Capability.State;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.Kind;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;

/**
 * Finds the cause of an iptables error on this box. "No chain/target/match by that name." is printed for a missing
 * kernel module, for a refused conntrack and for a missing chain. Texts recorded from 1.4.11.1 and 1.8.9.
 */
public final class IptablesError {
    /** Texts with one cause: the text, and the finding's row. */
    private static final String[][] PLAIN =
            {{"Resource temporarily unavailable", "drift.lock"}, {"holding the xtables lock", "drift.lock"},
                    {"unknown option", "iptables-too-old.option"}, {"invalid option", "iptables-too-old.option"},
                    {"Run `dmesg' for more information", "module-refused.logged"},
                    {"Permission denied", "iptables-missing.root"}, {"you must be root", "iptables-missing.root"}};

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
     * Returns the finding for an error text.
     *
     * @param stderr what iptables or iptables-restore printed
     * @param requirement what the rule in question needs, or null when the rule is unknown
     * @param where the rule's {@code file:line:column}, or empty
     * @return null for an unknown text
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

    /** The text after some words, up to a character; empty without the words or without an end. */
    private static String between(String line, String words, char end) {
        int from = Words.find(line, words, 0) + words.length();
        int to = from < words.length() ? -1 : line.indexOf(end, from);
        return to < 0 || to - from > 80 ? "" : line.substring(from, to);
    }

    private Finding of(String line) {
        // 1.8 prints it before it fails: the only line that names what the kernel refused
        String extension =
                line.contains(" not supported, missing kernel module") ? between(line, "Extension ", ' ') : "";
        if (extension.length() > 0) { return kernelSide(line, extension); }
        // older versions print `state'
        String text = line.replace('`', '\'');
        for (String kind : new String[] {"match", "target"}) {
            String name = between(text, "Couldn't load " + kind + " '", '\'')
                    + between(text, "Couldn't find " + kind + " '", '\'');
            if (name.length() > 0) {
                // shared builds have a file for each match, which is an entry in Freetz' menu
                return finding("extension-missing", line, kind, name, family == Family.IPV4 ? "ipt" : "ip6t");
            }
        }
        String table = !line.contains(" initialize ") ? ""
                : (between(text, "table '", '\'') + between(text, "table: '", '\'')).trim();
        if (table.length() > 0) { return table(line, table); }
        String host = line.contains("' not found") ? between(text, "host/network '", '\'') : "";
        if (host.length() > 0) { return finding("host-name-in-rule.lookup", line, host); }
        String failed = between(line, "-restore: line ", ' ');
        if (line.contains("No chain/target/match by that name")
                || Words.isNumber(failed) && line.contains("-restore: line " + failed + " failed")) {
            return kernelRefusal(line);
        }
        for (String[] plain : PLAIN) {
            if (line.contains(plain[0])) {
                String version = facts.userland.version.value();
                return finding(plain[1], line, version == null ? "of unknown version" : version);
            }
        }
        return null;
    }

    /** Upper-case names are targets, but for a few that no box has. */
    private Finding kernelSide(String line, String name) {
        Kind kind = Character.isUpperCase(name.charAt(0)) ? Kind.TARGET : Kind.MATCH;
        Capability capability = facts.capability(family, kind, name);
        boolean refused = capability.state == State.REFUSED;
        return finding(refused ? "module-refused.extension" : "module-missing.extension", line, kind.word, name,
                capability.evidence(), refused && facts.pullsConntrack(family, kind, name)
                        ? "STATEFUL=auto or no in boxwall.cfg" : facts.cure(family, kind, name));
    }

    private Finding table(String line, String name) {
        if (line.indexOf('\r') >= 0) { return finding("table-missing.line-ends", line); }
        Capability table = facts.capability(family, Kind.TABLE, name);
        String remedy = table.modules.isEmpty() ? facts.cure(family, Kind.TABLE, name)
                : "modprobe " + table.modules.get(table.modules.size() - 1);
        if (table.state == State.REFUSED) {
            return finding("table-missing.refused", line, name, facts.conntrack().reason, remedy);
        }
        return finding(table.state == State.MISSING ? "table-missing.kernel" : "table-missing.evidence", line, name,
                table.evidence(), remedy);
    }

    /** The error names nothing: what the rule needs and the box lacks is the cause. */
    private Finding kernelRefusal(String line) {
        Finding unmet = requirement == null ? null : requirement.finding(where);
        if (unmet != null) {
            List<String> evidence = new ArrayList<>(unmet.evidence());
            evidence.add(0, Secrets.masked(Line.evidence("iptables", line)));
            return unmet.at(where, evidence).withSeverity(Severity.REFUSE);
        }
        if (facts.conntrack().state == ConntrackVerdict.State.REFUSED
                && (requirement == null || requirement.pullsConntrack())) {
            return finding("module-refused.states", line, facts.conntrack().reason);
        }
        return finding("module-missing.unnamed", line);
    }

    private Finding finding(String row, String line, Object... values) {
        return Finding.of(row, where, Collections.singletonList(Line.evidence("iptables", line)), values);
    }
}
