package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.LogMessage;
import boxwall.box.ReadingLine;
import boxwall.box.Secrets;
import boxwall.explain.TrailEntry;
import boxwall.facts.BoxFacts;
import boxwall.facts.Requirement;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.FeatureKind;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import boxwall.syntax.RuleWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Finds the rule or module that made a try fail, from boxwall-apply's error, which begins with the command: <pre>
 * iptables-restore -c: status 2 | Couldn't load match `x':No such file or directory | Error occurred at line: 3
 * iptables-restore -c: status 1 | iptables-restore: line 14 failed        the line of COMMIT: the kernel named no rule
 * modprobe xt_x: status 0, but it is not loaded
 * </pre>
 */
public final class FailedTry {
    private static final String MODPROBE = "modprobe ";
    private static final int LINE_MAX = 9999999;
    /** Texts with one cause: the text, and the finding's row. */
    private static final String[][] PLAIN =
            {{"Resource temporarily unavailable", "drift.lock"}, {"holding the xtables lock", "drift.lock"},
                    {"unknown option", "iptables-too-old.option"}, {"invalid option", "iptables-too-old.option"},
                    {"Run `dmesg' for more information", "module-refused.logged"},
                    {"Permission denied", "iptables-missing.root"}, {"you must be root", "iptables-missing.root"}};

    public final Family family;
    /** The table that the kernel refused without naming a rule, if no unmet requirement explains it; else null. */
    public final Table refused;
    private final String error;
    private final Ruleset compiled;
    private final BoxFacts facts;
    private final List<TrailEntry> rules;
    private final RuleWriter.RestoreText restore;
    private final List<String> lines;
    /** What the rule needs that the error names; null if it names none. */
    private final Requirement requirement;
    private final List<TrailEntry> candidates = new ArrayList<>();

    /**
     * Reads an error.
     *
     * @param error the boot plane's {@code error=}
     * @param compiled the ruleset that was tried
     * @param facts of the box, read after the try, with the kernel's log of it
     */
    public FailedTry(String error, Ruleset compiled, BoxFacts facts) {
        this.error = error;
        this.compiled = compiled;
        this.facts = facts;
        family = error.contains("ip6tables") ? Family.IPV6 : Family.IPV4;
        rules = TrailEntry.all(compiled, family);
        restore = RuleWriter.restore(compiled, family);
        lines = Words.lines(restore.text);
        int line = failedLine();
        Table table = line > 0 && line <= lines.size() && lines.get(line - 1).equals("COMMIT") ? table(line) : null;
        refused = table == null || unmet(table) != null ? null : table;
        int named = line(error, 0);
        requirement = named < 0 ? null : requirement(named);
    }

    /** The finding for the error; empty for an unknown error. */
    public List<Finding> findings() {
        int end = error.indexOf(": status");
        String name =
                error.startsWith(MODPROBE) && end > MODPROBE.length() ? error.substring(MODPROBE.length(), end) : "";
        if (Words.isName(name, "_.+-")) { return Collections.singletonList(module(name)); }
        for (String line : Words.lines(Words.replace(error, " | ", "\n"))) {
            Finding finding = translated(line.length() > 400 ? line.substring(0, 400) : line);
            if (finding != null) { return Collections.singletonList(finding); }
        }
        return Collections.emptyList();
    }

    /** The text after some words, up to a character; empty without the words or without an end. */
    private static String between(String line, String words, char end) {
        int from = Words.find(line, words, 0) + words.length();
        int to = from < words.length() ? -1 : line.indexOf(end, from);
        return to < 0 || to - from > 80 ? "" : line.substring(from, to);
    }

    /**
     * The finding for a message of iptables, null for an unknown one. "No chain/target/match by that name." is printed
     * for a missing kernel module, for a refused conntrack and for a missing chain. Texts recorded from 1.4.11.1 and
     * 1.8.9.
     */
    private Finding translated(String line) {
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
        FeatureKind kind = Character.isUpperCase(name.charAt(0)) ? FeatureKind.TARGET : FeatureKind.MATCH;
        Capability capability = facts.capability(family, kind, name);
        boolean refused = capability.state == Capability.State.REFUSED;
        return finding(refused ? "module-refused.extension" : "module-missing.extension", line, kind.word, name,
                capability.evidence(), refused && facts.pullsConntrack(family, kind, name)
                        ? "STATEFUL=auto or no in boxwall.cfg" : facts.cure(family, kind, name));
    }

    private Finding table(String line, String name) {
        if (line.indexOf('\r') >= 0) { return finding("table-missing.line-ends", line); }
        Capability table = facts.capability(family, FeatureKind.TABLE, name);
        String remedy = table.modules.isEmpty() ? facts.cure(family, FeatureKind.TABLE, name)
                : "modprobe " + table.modules.get(table.modules.size() - 1);
        if (table.state == Capability.State.REFUSED) {
            return finding("table-missing.refused", line, name, facts.conntrack().reason, remedy);
        }
        return finding(table.state == Capability.State.MISSING ? "table-missing.kernel" : "table-missing.evidence",
                line, name, table.evidence(), remedy);
    }

    /** The error names nothing: what the rule needs and the box lacks is the cause. */
    private Finding kernelRefusal(String line) {
        Finding unmet = requirement == null ? null : requirement.finding(where());
        if (unmet != null) {
            List<String> evidence = new ArrayList<>(unmet.evidence);
            evidence.add(0, Secrets.masked(ReadingLine.evidence("iptables", line)));
            return unmet.at(where(), evidence).withSeverity(Finding.Severity.REFUSE);
        }
        if (facts.conntrack().state == ConntrackVerdict.State.REFUSED
                && (requirement == null || requirement.pullsConntrack())) {
            return finding("module-refused.states", line, facts.conntrack().reason);
        }
        return finding("module-missing.unnamed", line);
    }

    private String where() { return requirement == null ? "" : requirement.origin.toString(); }

    private Finding finding(String row, String line, Object... values) {
        return Finding.of(row, where(), Collections.singletonList(ReadingLine.evidence("iptables", line)), values);
    }

    private Finding module(String name) {
        Capability known = facts.module(name);
        String cure = facts.symbolCure(name);
        boolean missing = known.state == Capability.State.MISSING;
        return Finding.of(missing ? "module-missing.modprobe" : "module-refused.modprobe", "",
                Arrays.asList("boxwall-apply: " + error, known.evidence()), name,
                cure != null ? cure : "dmesg | tail says why");
    }

    /** The number after {@code line} or {@code line:}; -1 for none. */
    private static int line(String text, int from) {
        for (int at = Words.find(text, "line", from); at >= 0; at = Words.find(text, "line", at + 1)) {
            int start = at + (text.startsWith(":", at + 4) ? 5 : 4);
            int number = text.startsWith(" ", start)
                    ? (int) Words.number(text.substring(start + 1, Words.digits(text, start + 1)), LINE_MAX) : -1;
            if (number >= 0) { return number; }
        }
        return -1;
    }

    /** The line of the restore text in {@code iptables-restore: line 14 failed}; -1 for none. */
    private int failedLine() {
        for (String part : Words.split(error, '|')) {
            int at = Words.find(part, ": line ", 0);
            int line = at < 0 || !part.contains("tables-restore") ? -1 : line(part, at);
            if (line >= 0 && part.startsWith(line + " failed", at + ": line ".length())) { return line; }
        }
        return -1;
    }

    /** The requirement of the rule on a line of the restore text; for a COMMIT, the first that is unmet; or null. */
    private Requirement requirement(int line) {
        Origin origin = line > 0 && line <= lines.size() ? restore.origins.get(line - 1) : null;
        Table table = table(line);
        if (origin == null) { return table == null ? null : unmet(table); }
        for (TrailEntry entry : rules) {
            if (entry.table == table && entry.origin().equals(origin)) { return requirement(entry); }
        }
        return null;
    }

    /** The table that a line of the restore text belongs to, or null. */
    private Table table(int line) {
        String word = "";
        for (String text : lines.subList(0, Math.min(line, lines.size()))) {
            word = text.startsWith("*") ? text.substring(1) : word;
        }
        Table table = Table.of(word);
        return table != null && compiled.owns(family, table) ? table : null;
    }

    /** The first requirement of a table's rules that this box lacks or refuses, or null. */
    private Requirement unmet(Table table) {
        for (TrailEntry entry : rules) {
            if (entry.table == table && requirement(entry).state.stops()) { return requirement(entry); }
        }
        return null;
    }

    private Requirement requirement(TrailEntry entry) {
        return new Requirement(family, entry.table, entry.rule, facts);
    }

    /**
     * The rules of the refused table that can be tried one by one, as lines of a restore file in their order. Leaves
     * out rules that would load a refused connection tracking, and rules without a match that jump to a chain or have a
     * standard target: every kernel accepts them.
     *
     * @param chain the chain that the lines are for
     */
    public List<String> candidates(String chain) {
        List<String> alone = new ArrayList<>();
        boolean tracks = facts.conntrack().state.allowsState();
        for (TrailEntry entry : rules) {
            Target target = entry.rule.target;
            boolean jumps = target != null && compiled.chain(family, entry.table, target.name) != null;
            Rule rule = jumps ? entry.rule.copy().target(null).build() : entry.rule;
            boolean plain = rule.matches.isEmpty() && (rule.target == null || rule.target.isStandard());
            if (entry.table == refused && !plain && (tracks || !requirement(entry).pullsConntrack())) {
                candidates.add(entry);
                alone.add(RuleWriter.rule(chain, rule));
            }
        }
        return alone;
    }

    /**
     * The finding for a refused candidate.
     *
     * @param index of {@link #candidates}
     * @param words the error of iptables-restore
     * @param log the lines of the kernel log about it, verbatim
     */
    public Finding refused(int index, String words, List<String> log) {
        TrailEntry at = candidates.get(index);
        List<String> evidence = new ArrayList<>();
        evidence.add(refused.word() + " " + at.chain + " " + at.number + " (" + at.origin() + "): "
                + RuleWriter.rule(at.chain, at.rule));
        evidence.add("tried alone: " + words);
        for (String line : log) {
            evidence.add("dmesg: " + line);
        }
        return Finding.of(log.isEmpty() ? "rule-refused" : "rule-refused.logged", at.origin().toString(), evidence,
                refused.word(), log.isEmpty() ? "" : LogMessage.of(log.get(0)).text());
    }
}
