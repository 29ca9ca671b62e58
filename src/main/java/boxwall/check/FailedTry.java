package boxwall.check;

import boxwall.box.Finding;
import boxwall.explain.TrailEntry;
import boxwall.facts.BoxFacts;
import boxwall.facts.IptablesError;
import boxwall.facts.Requirement;
import boxwall.modules.Capability;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.RestoreText;
import boxwall.syntax.Writer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What the words of a failed try mean, in rules and modules. boxwall-apply says them so, the command first: <pre>
 * iptables-restore -c: status 2 | Couldn't load match `x':No such file or directory | Error occurred at line: 3
 * iptables-restore -c: status 1 | iptables-restore: line 14 failed        the line of COMMIT: the kernel named no rule
 * modprobe xt_x: status 0, but it is not loaded
 * </pre>
 */
public final class FailedTry {
    private static final String MODPROBE = "modprobe ";
    private static final int LINE_MAX = 9999999;

    private FailedTry() {}

    /**
     * The finding behind the error; empty when its words are none that are known.
     *
     * @param error the boot plane's {@code error=}
     * @param compiled what was tried
     * @param facts of the box, read after the try: the kernel's log says why by then
     */
    public static List<Finding> of(String error, Ruleset compiled, BoxFacts facts) {
        int end = error.indexOf(": status");
        String name =
                error.startsWith(MODPROBE) && end > MODPROBE.length() ? error.substring(MODPROBE.length(), end) : "";
        if (Words.isName(name, "_.+-")) {
            return Collections.singletonList(module(error, facts.module(name), name, facts.symbolCure(name)));
        }
        Family family = error.contains("ip6tables") ? Family.IPV6 : Family.IPV4;
        int line = line(error, 0);
        Requirement requirement = line >= 0 ? at(line, compiled, family, facts) : null;
        Origin origin = requirement == null ? null : requirement.origin;
        Finding finding = IptablesError.translate(facts, family, Words.replace(error, " | ", "\n"), requirement,
                origin == null ? "" : origin.toString());
        return finding == null ? Collections.<Finding>emptyList() : Collections.singletonList(finding);
    }

    /** The number after {@code line} or {@code line:}; -1 when there is none. */
    private static int line(String text, int from) {
        for (int at = Words.find(text, "line", from); at >= 0; at = Words.find(text, "line", at + 1)) {
            int start = at + (text.startsWith(":", at + 4) ? 5 : 4);
            int number = text.startsWith(" ", start)
                    ? (int) Words.number(text.substring(start + 1, Words.digits(text, start + 1)), LINE_MAX) : -1;
            if (number >= 0) { return number; }
        }
        return -1;
    }

    private static Finding module(String error, Capability known, String name, String cure) {
        boolean missing = known.state == Capability.State.MISSING;
        return new Finding(missing ? "module-missing" : "module-refused", Finding.Severity.REFUSE, "",
                Arrays.asList("boxwall-apply: " + error, known.evidence()),
                missing ? "this kernel has no module \"" + name + "\""
                        : "the kernel did not load the module \"" + name + "\"",
                missing ? "make menuconfig: FREETZ_MODULE_" + name + ", or remove it from the ruleset"
                        : cure != null ? cure : "dmesg | tail says why");
    }

    /**
     * What the rule on a line of the restore text needs; for a COMMIT, of its table's rules the first that something
     * speaks against.
     */
    private static Requirement at(int line, Ruleset compiled, Family family, BoxFacts facts) {
        RestoreText text = Writer.restore(compiled, family);
        Origin origin = line <= text.lines() ? text.originOf(line) : null;
        Table table = table(text, line, compiled, family);
        if (origin == null) { return table == null ? null : unmet(compiled, family, table, facts); }
        for (TrailEntry each : TrailEntry.all(compiled, family)) {
            if (each.table == table && each.origin().equals(origin)) {
                return Requirement.of(family, table, each.rule, facts);
            }
        }
        return null;
    }

    /** The table that a line of the restore text belongs to, or null. */
    private static Table table(RestoreText text, int line, Ruleset compiled, Family family) {
        List<String> lines = Words.lines(text.text());
        String word = "";
        for (String each : lines.subList(0, Math.min(line, lines.size()))) {
            word = each.startsWith("*") ? each.substring(1) : word;
        }
        Table table = Table.of(word);
        return table != null && compiled.owns(family, table) ? table : null;
    }

    /** The table whose COMMIT the kernel refused, or null when the words are others. */
    static Table refusedTable(String error, Ruleset compiled, Family family) {
        int number = -1;
        for (String part : Words.split(error, '|')) {
            int at = Words.find(part, ": line ", 0);
            int end = at < 0 ? -1 : Words.digits(part, at + ": line ".length());
            boolean failed = end >= 0 && part.startsWith(" failed", end) && part.indexOf("tables-restore") >= 0;
            number = number < 0 && failed ? line(part, at) : number;
        }
        if (number < 0) { return null; }
        RestoreText text = Writer.restore(compiled, family);
        List<String> lines = Words.lines(text.text());
        return number < 1 || number > lines.size() || !lines.get(number - 1).equals("COMMIT") ? null
                : table(text, number, compiled, family);
    }

    /** What the first rule of a table needs that this box lacks or refuses, or null. */
    static Requirement unmet(Ruleset compiled, Family family, Table table, BoxFacts facts) {
        for (TrailEntry each : TrailEntry.all(compiled, family)) {
            Requirement needs = each.table == table ? Requirement.of(family, table, each.rule, facts) : null;
            if (needs != null && needs.state.stops()) { return needs; }
        }
        return null;
    }
}
