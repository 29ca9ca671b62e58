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

/** Lets through only what the ruleset language takes: parses what would go out, turns each error into a remark, until there is none. */
final class Sieve {
    /** The language's limit for a file, less room for names and comments. */
    private static final int SIZE_LIMIT = 160 * 1024;
    private static final Names NAMES = Names.of(Scope.BOX, Collections.<String>emptyList());

    private final Ledger ledger;
    private final String name;
    private List<OutLine> lines;

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
        while (!parsed.errors().isEmpty()) {
            drop(parsed.errors());
            parsed = parse(plain());
        }
        if (idleTables(parsed.ruleset())) {
            parsed = parse(plain());
        }
        numbers();
        Rendering rendering = new Rendering(ledger, name);
        String named = rendering.text(used(), true);
        ParsedRules again = parse(named);
        boolean same = again.errors().isEmpty() && same(again.ruleset(), parsed.ruleset());
        return same ? named : rendering.text(used(), false);
    }

    private static ParsedRules parse(String text) {
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
        OutLine left = OutLine.of(line.line, "", comment == null ? "" : "# left out, line " + line.line + ": " + comment);
        left.top = line.top;
        lines.set(index, left);
    }

    private void cut() {
        int size = 0;
        for (int i = 0; i < lines.size(); i++) {
            size += lines.get(i).text.length() + 1;
            if (size > SIZE_LIMIT && lines.get(i).text.length() > 0) {
                ledger.remark(lines.get(i).line, "more than fits into one ruleset (" + SIZE_LIMIT / 1024 + " KiB)", "use networks, lists of ports and chains", false);
                replace(i, null);
            }
        }
    }

    /** -F, -X and -Z where nothing was yet: tables begin empty here, and a table that is only emptied had better not be named. */
    private void emptying() {
        Set<String> filled = new HashSet<String>();
        for (int i = 0; i < lines.size(); i++) {
            OutLine line = lines.get(i);
            boolean empties = line.verb == 'F' || line.verb == 'X';
            if (line.verb == 'Z' || empties && !filled.contains(line.table)) {
                ledger.remark(line.line, line.verb == 'Z' ? "counters begin at 0 anyway" : "tables begin empty here", "nothing to do", true);
                replace(i, null);
            } else if (line.verb != 0 && !empties && line.verb != 'P') {
                filled.add(line.table);
            }
        }
    }

    private void drop(List<SyntaxError> errors) {
        Set<Integer> dropped = new HashSet<Integer>();
        for (SyntaxError error : errors) {
            int index = error.line() - 1;
            boolean summary = error.todo().startsWith("is this a ruleset");
            if (summary || index < 0 || index >= lines.size() || lines.get(index).text.length() == 0) {
                continue;
            }
            OutLine line = lines.get(index);
            boolean nothing = error.what().startsWith("no such rule in") || error.what().startsWith("no rule ") && line.verb == 'D'
                    || (line.verb == 'F' || line.verb == 'X') && error.what().startsWith("no chain ") || line.verb == 'N' && error.what().endsWith("is there already");
            ledger.remark(line.line, error.what(), nothing ? "nothing to do: tables begin empty here" : error.todo(), nothing);
            if (dropped.add(index)) {
                replace(index, nothing ? null : Show.plain(error.what(), 160));
            }
        }
        for (int i = 0; dropped.isEmpty() && i < lines.size(); i++) {
            // an error of the whole: better nothing than a ruleset that can't be read
            if (lines.get(i).text.length() > 0) {
                ledger.remark(lines.get(i).line, errors.get(0).what(), errors.get(0).todo(), false);
                replace(i, null);
            }
        }
    }

    /** Tables beside filter without a rule: naming nat loads connection tracking, and there is nothing to gain. */
    private boolean idleTables(Ruleset ruleset) {
        boolean any = false;
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                if (table == Table.FILTER || !isIdle(ruleset.chains(family, table))) {
                    continue;
                }
                for (int i = 0; i < lines.size(); i++) {
                    if (lines.get(i).table.equals(family.command() + " " + table.word())) {
                        ledger.remark(lines.get(i).line, "the table " + table.word() + " holds no rule, so it isn't named",
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
            if (!chain.rules().isEmpty() || chain.policy() != Policy.ACCEPT) {
                return false;
            }
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
                ledger.remark(line.line, "a rule's number, while a rule before it is left out", "see that the number still fits", true);
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
            if (!a.tables(family).equals(b.tables(family))) {
                return false;
            }
            for (Table table : a.tables(family)) {
                if (!Arrays.asList(a.chains(family, table).toArray()).equals(Arrays.asList(b.chains(family, table).toArray()))) {
                    return false;
                }
            }
        }
        return true;
    }
}
