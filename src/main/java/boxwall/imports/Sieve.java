package boxwall.imports;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Includes;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.SyntaxError;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets through only what the ruleset language takes: parses what would go out, turns each error into a remark, until
 * there is none.
 */
final class Sieve {
    /** The language's limit for a file, less room for names and comments. */
    private static final int SIZE_LIMIT = 240 * 1024;
    /**
     * Each parse may find what depends on a line that was refused; after these, all that is refused goes, and its
     * tables with it.
     */
    private static final int ROUNDS_LIMIT = 40;
    static final Names NAMES = Names.of(Scope.BOX, Collections.<String>emptyList());

    private final Ledger ledger;
    private final String name;
    private List<OutLine> lines;
    private Ruleset result;
    private Ruleset stricter;

    Sieve(Walk walk, String name) {
        this.ledger = walk.ledger;
        this.lines = walk.out;
        this.name = name;
    }

    /** The ruleset's text; parses without errors. */
    String ruleset() {
        cut();
        emptying();
        ParsedRules parsed = parse(plain());
        for (int i = 0; !parsed.errors().isEmpty(); i++) {
            drop(parsed.errors(), i < ROUNDS_LIMIT);
            parsed = parse(plain());
        }
        if (idleTables(parsed.ruleset())) { parsed = parse(plain()); }
        numbers();
        result = parsed.ruleset();
        stricter = new LeftOutRules(lines, ledger).stricter();
        ledger.close(isEmpty());
        Rendering rendering = new Rendering(ledger, name, heads());
        String named = rendering.text(used(), true);
        ParsedRules again = parse(named);
        boolean same = again.errors().isEmpty() && same(again.ruleset(), result);
        return same ? named : rendering.text(used(), false);
    }

    /** The ruleset, with examples for the box's own names. */
    Ruleset result() { return result; }

    /** See {@link Imported#stricter()}. */
    Ruleset stricter() { return stricter; }

    private boolean isEmpty() {
        for (OutLine line : lines) {
            if (RuleText.holds(line.text)) { return false; }
        }
        return true;
    }

    /** What stands at the result's head: whether it lets through more, or less, than the script. */
    private List<String> heads() {
        StringBuilder drops = new StringBuilder();
        StringBuilder accepts = new StringBuilder();
        for (int line : ledger.missingRules()) {
            boolean dropping = RuleText.drops(ledger.joined(line));
            (dropping ? drops : accepts).append((dropping ? drops : accepts).length() == 0 ? "" : ", ").append(line);
        }
        List<String> heads = new ArrayList<String>();
        if (drops.length() > 0) {
            heads.add("# CAUTION: rules that drop are missing (line " + Show.plain(drops.toString(), 200)
                    + "), so this lets through more than the script");
        }
        if (accepts.length() > 0) {
            heads.add("# CAUTION: rules are missing (line " + Show.plain(accepts.toString(), 200)
                    + "), so this may keep out what the script lets in");
        }
        return heads;
    }

    static ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("import", text), NAMES, Includes.NONE);
    }

    private String plain() {
        StringBuilder text = new StringBuilder();
        for (OutLine line : lines) {
            text.append(line.text).append('\n');
        }
        return text.toString();
    }

    private void replace(int index, String comment) {
        OutLine line = lines.get(index);
        OutLine left =
                OutLine.leftOut(line.line, comment == null ? "" : "# left out, line " + line.line + ": " + comment,
                        comment == null ? null : line.text);
        left.top = line.top;
        lines.set(index, left);
    }

    private void cut() {
        int size = 0;
        for (int i = 0; i < lines.size(); i++) {
            size += lines.get(i).text.length() + 1;
            if (size > SIZE_LIMIT && lines.get(i).text.length() > 0) {
                ledger.remark(lines.get(i).line, "more than fits into one ruleset (" + SIZE_LIMIT / 1024 + " KiB)",
                        "use networks, lists of ports and chains", false);
                replace(i, null);
            }
        }
    }

    /**
     * -F, -X and -Z where nothing was yet: tables begin empty here, and a table that is only emptied had better not be
     * named.
     */
    private void emptying() {
        Set<String> filled = new HashSet<String>();
        for (int i = 0; i < lines.size(); i++) {
            OutLine line = lines.get(i);
            boolean empties = line.verb == 'F' || line.verb == 'X';
            if (line.verb == 'Z' || empties && !filled.contains(line.table)) {
                ledger.remark(line.line, line.verb == 'Z' ? "counters begin at 0 anyway" : "tables begin empty here",
                        "nothing to do", true);
                replace(i, null);
            } else if (line.verb != 0 && !empties && line.verb != 'P') { filled.add(line.table); }
        }
    }

    private void drop(List<SyntaxError> errors, boolean single) {
        Set<Integer> dropped = new HashSet<Integer>();
        for (SyntaxError error : errors) {
            int index = error.line() - 1;
            boolean summary = error.todo().startsWith("is this a ruleset");
            if (summary || index < 0 || index >= lines.size() || lines.get(index).text.length() == 0) { continue; }
            OutLine line = lines.get(index);
            boolean nothing = error.what().startsWith("no such rule in")
                    || error.what().startsWith("no rule ") && line.verb == 'D'
                    || (line.verb == 'F' || line.verb == 'X') && error.what().startsWith("no chain ")
                    || line.verb == 'N' && error.what().endsWith("is there already");
            ledger.remark(line.line, error.what(),
                    nothing ? "nothing to do: tables begin empty here" : todo(error, line), nothing);
            if (dropped.add(index)) { replace(index, nothing ? null : Show.plain(error.what(), 160)); }
        }
        for (int i = 0; (dropped.isEmpty() || !single) && i < lines.size(); i++) {
            // an error of the whole: better nothing than a ruleset that can't be read
            if (lines.get(i).text.length() > 0) {
                ledger.remark(lines.get(i).line, errors.get(0).what(), errors.get(0).todo(), false);
                replace(i, null);
            }
        }
    }

    /** Targets that other firmware has and no FRITZ!Box: the name, what to do. */
    private static final String[][] TARGETS = {
            {"FULLCONENAT", "a target of another firmware; MASQUERADE is the closest to it"},
            {"FULLCONE", "a target of another firmware; MASQUERADE is the closest to it"},
            {"FLOWOFFLOAD",
                    "a target of another firmware that makes forwarding fast and decides nothing: leave it out"},
            {"SKIPLOG", "a target of another firmware that decides nothing: leave it out"},
            {"IMQ", "a target of another firmware, for shaping: leave it out"},
            {"TRIGGER", "a target of another firmware; open the ports with rules of their own"},
            {"CLASSIFY", "for shaping, which decides nothing: leave it out"},};

    private String todo(SyntaxError error, OutLine line) {
        String what = error.what();
        if (!what.startsWith("no target and no chain")) { return error.todo(); }
        String name = what.substring(what.indexOf('"') + 1,
                Math.max(what.indexOf('"') + 1, what.indexOf('"', what.indexOf('"') + 1)));
        for (String[] target : TARGETS) {
            if (target[0].equals(name)) { return target[1]; }
        }
        for (OutLine other : line.saved ? lines : Collections.<OutLine>emptyList()) {
            if (RuleText.words(other.text).contains(name) && other.text.contains("-A " + name + " ")) {
                return "the line :" + name + " - [0:0] is missing from the dump: put it before the rules";
            }
        }
        if (line.saved && !name.equals(name.toUpperCase(java.util.Locale.ROOT))) {
            return "make the chain with :" + name + " - [0:0] above the rules (in a script: -N " + name + ")";
        }
        return line.saved
                ? "a dump declares each chain, so this is a target, of another firmware or of a module that boxwall doesn't know: write the rule with one of README's targets"
                : error.todo();
    }

    /** Tables beside filter without a rule: naming nat loads connection tracking, and there is nothing to gain. */
    private boolean idleTables(Ruleset ruleset) {
        boolean any = false;
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                if (table == Table.FILTER || !isIdle(ruleset.chains(family, table))) { continue; }
                for (int i = 0; i < lines.size(); i++) {
                    if (lines.get(i).table.equals(family.command() + " " + table.word())) {
                        ledger.remark(lines.get(i).line,
                                "the table " + table.word() + " holds no rule, so it isn't named",
                                "nothing to do: naming nat would load connection tracking", true);
                        replace(i, null);
                        any = true;
                    }
                }
            }
        }
        return any;
    }

    private static boolean isIdle(Iterable<Chain> chains) {
        for (Chain chain : chains) {
            if (!chain.rules().isEmpty() || chain.policy() != Policy.ACCEPT) { return false; }
        }
        return true;
    }

    /** A rule's number counts what is there; when something is missing before it, the place may be another. */
    private void numbers() {
        boolean missing = false;
        for (OutLine line : lines) {
            missing |= line.named.startsWith("# left out");
            boolean numbered = line.text.matches("\\S+ .*-[RDI] \\S+ [0-9]+( .*)?");
            if (numbered && missing) {
                ledger.remark(line.line, "a rule's number, while a rule before it is left out",
                        "see that the number still fits", true);
            }
        }
    }

    /** Assignments that a later line needs, and all else. */
    private List<OutLine> used() {
        List<OutLine> kept = new ArrayList<OutLine>();
        Set<String> needed = new HashSet<String>();
        for (int i = lines.size() - 1; i >= 0; i--) {
            OutLine line = lines.get(i);
            if (line.assigned == null ? line.named.length() > 0 : needed.remove(line.assigned)) {
                kept.add(line);
                line.namesInto(needed);
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    private static boolean same(Ruleset a, Ruleset b) {
        for (Family family : Family.values()) {
            if (!a.tables(family).equals(b.tables(family))) { return false; }
            for (Table table : a.tables(family)) {
                if (!Arrays.asList(a.chains(family, table).toArray())
                        .equals(Arrays.asList(b.chains(family, table).toArray()))) {
                    return false;
                }
            }
        }
        return true;
    }
}
