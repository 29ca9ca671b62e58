package boxwall.syntax;

import boxwall.netfilter.Table;

import java.util.List;

/**
 * An iptables-save block, from {@code *table} to {@code COMMIT}:
 *
 * <pre>
 * *filter
 * :INPUT DROP [12:3456]          built-in chain, policy, counters
 * :own - [0:0]                   a user's chain
 * [1:60] -A INPUT -j ACCEPT      counters of a rule (iptables-save -c)
 * COMMIT
 * </pre>
 */
final class Block {
    private final Table table;
    private final Draft draft;
    private final CommandParser parser;
    private final Errors errors;

    Block(Table table, Draft draft, CommandParser parser, Errors errors) {
        this.table = table;
        this.draft = draft;
        this.parser = parser;
        this.errors = errors;
    }

    /** Reads up to COMMIT. */
    void read(Tokenizer in, Word start) {
        draft.table(table, start).touched = true;
        while (!in.atEnd()) {
            List<Word> line = in.nextSave();
            if (line == null || line.isEmpty()) { continue; }
            Word first = line.get(0);
            if (first.is("COMMIT")) { return; }
            if (first.text.startsWith(":")) {
                chain(line);
            } else if (first.text.startsWith("*")) {
                errors.add(first, "a table begins before COMMIT ended the one before", "write COMMIT before it");
            } else {
                rule(line);
            }
        }
        errors.add(start, "the block " + Errors.show(start.text) + " has no COMMIT", "write COMMIT at its end");
    }

    private void chain(List<Word> line) {
        Word first = line.get(0);
        Word name = first.from(1);
        if (line.size() < 2 || line.size() > 3 || line.size() == 3 && !Numbers.isCounters(line.get(2).text)) {
            errors.add(first, "not a chain's line",
                    "write :CHAIN POLICY [0:0], and - for the policy of a chain of your own");
            return;
        }
        Command c = new Command();
        c.table = table;
        c.verbAt = first;
        c.chain = name;
        c.extra = line.get(1);
        if (!errors.name(name, name.text, 28, "chain: ")) { return; }
        boolean builtin = table.isBuiltin(name.text);
        if (!builtin && c.extra.is("-")) {
            c.verb = 'N';
            draft.apply(c);
        } else if (!builtin || !c.extra.is("-")) {
            c.verb = 'P';
            draft.apply(c);
        }
    }

    private void rule(List<Word> line) {
        int from = line.get(0).text.startsWith("[") ? 1 : 0;
        if (from == 1 && (!Numbers.isCounters(line.get(0).text) || line.size() == 1)) {
            errors.add(line.get(0), "not counters before a rule", "write [PACKETS:BYTES] -A CHAIN ...");
            return;
        }
        Command command = parser.parse(line, from, line.get(from), table);
        if (command != null && !command.ignored) { draft.apply(command); }
    }
}
