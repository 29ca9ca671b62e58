package boxwall.check;

import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.box.Finding;
import boxwall.facts.IptablesError;
import boxwall.facts.Requirement;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.RestoreText;
import boxwall.syntax.Writer;

import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the words of a failed try mean, in rules and modules. boxwall-apply says them so, the command first: <pre>
 * iptables-restore -c: status 2 | Couldn't load match `x':No such file or directory | Error occurred at line: 3
 * iptables-restore -c: status 1 | iptables-restore: line 14 failed        the line of COMMIT: the kernel named no rule
 * modprobe xt_x: status 0, but it is not loaded
 * </pre>
 */
public final class FailedTry {
    private static final Pattern LINE = Pattern.compile("line:? ([0-9]{1,7})");
    private static final Pattern COMMIT = Pattern.compile("tables-restore[^|]{0,40}: line ([0-9]{1,7}) failed");
    private static final Pattern MODPROBE = Pattern.compile("^modprobe ([A-Za-z0-9_.+-]{1,60}): status");

    private FailedTry() {}

    /**
     * The finding behind the error; empty when its words are none that are known.
     *
     * @param error the boot plane's {@code error=}
     * @param compiled what was tried
     * @param facts of the box, read after the try: the kernel's log says why by then
     */
    public static List<Finding> of(String error, Ruleset compiled, BoxFacts facts) {
        Matcher modprobe = MODPROBE.matcher(error);
        if (modprobe.find()) {
            return Collections.singletonList(module(error, facts.module(modprobe.group(1)), modprobe.group(1),
                    facts.symbolCure(modprobe.group(1))));
        }
        Family family = error.contains("ip6tables") ? Family.IPV6 : Family.IPV4;
        Matcher line = LINE.matcher(error);
        Requirement requirement = line.find() ? at(Integer.parseInt(line.group(1)), compiled, family, facts) : null;
        Origin origin = requirement == null ? null : requirement.origin();
        Finding finding = IptablesError.translate(facts, family, error.replace(" | ", "\n"), requirement,
                origin == null ? "" : origin.toString());
        return finding == null ? Collections.<Finding>emptyList() : Collections.singletonList(finding);
    }

    private static Finding module(String error, Capability known, String name, String cure) {
        boolean missing = known.state() == Capability.State.MISSING;
        return new Finding(missing ? "module-missing" : "module-refused", Finding.Severity.REFUSE, "",
                java.util.Arrays.asList("boxwall-apply: " + error, known.evidence()),
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
        for (Chain chain : table == null ? Collections.<Chain>emptyList() : compiled.chains(family, table)) {
            for (Rule rule : chain.rules()) {
                if (rule.origin.equals(origin)) { return Requirement.of(family, table, rule, facts); }
            }
        }
        return null;
    }

    /** The table that a line of the restore text belongs to, or null. */
    private static Table table(RestoreText text, int line, Ruleset compiled, Family family) {
        String[] lines = text.text().split("\n");
        String word = "";
        for (int i = 0; i < Math.min(line, lines.length); i++) {
            word = lines[i].startsWith("*") ? lines[i].substring(1) : word;
        }
        Table table = Table.of(word);
        return table != null && compiled.owns(family, table) ? table : null;
    }

    /** The table whose COMMIT the kernel refused, or null when the words are others. */
    static Table refusedTable(String error, Ruleset compiled, Family family) {
        Matcher line = COMMIT.matcher(error);
        if (!line.find()) { return null; }
        RestoreText text = Writer.restore(compiled, family);
        int number = Integer.parseInt(line.group(1));
        String[] lines = text.text().split("\n");
        return number < 1 || number > lines.length || !lines[number - 1].equals("COMMIT") ? null
                : table(text, number, compiled, family);
    }

    /** What the first rule of a table needs that this box lacks or refuses, or null. */
    static Requirement unmet(Ruleset compiled, Family family, Table table, BoxFacts facts) {
        for (Chain chain : compiled.chains(family, table)) {
            for (Rule rule : chain.rules()) {
                Requirement needs = Requirement.of(family, table, rule, facts);
                if (needs.state.stops()) { return needs; }
            }
        }
        return null;
    }
}
