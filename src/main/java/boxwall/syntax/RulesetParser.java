package boxwall.syntax;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.CommandParser.Command;
import boxwall.syntax.TableBuilder.DraftChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a ruleset file: assignments, iptables commands, modprobe, include, keep, own, expect and iptables-save blocks.
 * Never throws for any text: {@link ParsedRules#errors()} has all errors.
 *
 * <pre>
 * WEB=80,443
 * iptables -P INPUT DROP
 * iptables -A INPUT -i $LAN_IF -s $LAN_NET -p tcp -m multiport --dports $WEB -j ACCEPT
 * </pre>
 */
public final class RulesetParser {
    /** Characters of a file, without those that it includes. */
    public static final int FILE_LIMIT = 256 * 1024;
    private static final int INCLUDES_LIMIT = 32;
    private static final List<String> COMMANDS =
            Arrays.asList("iptables", "ip6tables", "ip46tables", "modprobe", "include", "keep", "own", "expect");

    private final ParsedRules rules = new ParsedRules();
    private final Errors errors = rules.found;
    private final Includes includes;
    private final NameValues variables;
    private final Map<Family, TableBuilder> drafts = new TreeMap<>();
    private final List<String> open = new ArrayList<>();
    private final UnknownExtensions foreign;
    private int included;
    /** Whether the current file is a shipped preset, not the user's. */
    private boolean preset;

    private RulesetParser(Map<String, String> names, Includes includes, UnknownExtensions foreign) {
        this.includes = includes;
        this.foreign = foreign;
        this.variables = new NameValues(names, rules);
        for (Family family : Family.values()) {
            drafts.put(family, new TableBuilder(family, errors));
        }
    }

    /**
     * Reads a ruleset; unknown extensions are errors. {@code names} are those that it may use without an assignment,
     * such as LAN_NET, with their values; null for a name that the box lacks.
     */
    public static ParsedRules parse(Source source, Map<String, String> names, Includes includes) {
        return parse(source, names, includes, UnknownExtensions.none());
    }

    /** Reads a ruleset; extensions that only the box's iptables has stay as written, with a note. */
    public static ParsedRules parse(Source source, Map<String, String> names, Includes includes,
            UnknownExtensions foreign) {
        RulesetParser parser = new RulesetParser(names, includes, foreign);
        parser.file(source, 0);
        return parser.result();
    }

    /** Reads one line after the other, as a script runs its commands. */
    public RulesetParser(Map<String, String> names) {
        this(names, Includes.NONE, UnknownExtensions.none());
    }

    /** The first error of a further line; null for none. {@code asks}: -D only looks for its rules. */
    public SyntaxError read(String line, boolean asks) {
        for (TableBuilder draft : drafts.values()) {
            draft.inOrder = true;
            draft.asks = asks;
        }
        errors.list.clear();
        int count = errors.count();
        // with another name, the errors of an equal line are no repetition
        file(new Source(String.valueOf(count), line), 0);
        return errors.count() == count ? null : errors.list.get(0);
    }

    /** Reads a file; {@code row} is the line of the outermost file that includes it, 0 for that file itself. */
    private void file(Source source, int row) {
        Origin start = new Origin(source.name, 1);
        if (source.text.startsWith("\u00ff\u00fe") || source.text.startsWith("\u00fe\u00ff")) {
            errors.add(start, 1, "a text in UTF-16, as some editors of Windows save it", "save it as UTF-8");
            return;
        }
        if (source.text.length() > FILE_LIMIT) {
            errors.add(start, 1, "a file of more than " + FILE_LIMIT / 1024 + " KiB",
                    "split it, or use networks and chains");
            return;
        }
        open.add(source.name);
        boolean outer = preset;
        preset = source.preset;
        Tokenizer in = new Tokenizer(source, row, errors);
        while (!in.atEnd()) {
            Cancelled.check();
            variables.beginLine();
            int before = errors.count();
            List<Word> line = in.next(variables);
            if (line.isEmpty()) { continue; }
            if (line.get(0).assignment >= 0) {
                variables.assign(line);
            } else if (variables.unset) {
                continue; // a line for the other family, or for an optional value
            } else if (variables.lacking != null) {
                errors.note(line.get(0), "left out: this box has no " + variables.lacking);
            } else if (errors.count() == before) { line(in, line); }
        }
        open.remove(open.size() - 1);
        preset = outer;
    }

    private void line(Tokenizer in, List<Word> line) {
        Word first = line.get(0);
        String command = first.text.substring(first.text.lastIndexOf('/') + 1);
        if (first.text.startsWith("*")) {
            Family family = first.text.endsWith("6") ? Family.IPV6 : Family.IPV4;
            block(in, first, family);
        } else if (command.equals("iptables")) {
            command(line, Family.IPV4);
        } else if (command.equals("ip6tables")) {
            command(line, Family.IPV6);
        } else if (command.equals("ip46tables")) {
            command(line, Family.IPV4, Family.IPV6);
        } else if (first.is("modprobe")) {
            modprobe(line);
        } else if (first.is("include")) {
            include(line);
        } else if (first.is("keep") || first.is("own")) {
            table(line);
        } else if (first.is("expect")) {
            expect(line);
        } else {
            errors.add(first, "unknown command " + Characters.show(first.text), Suggestion.hint(first.text, COMMANDS,
                    "a line is NAME=value, iptables, ip6tables, ip46tables, modprobe, include, keep, own, expect or *table; a shell script must be imported"));
        }
    }

    private void command(List<Word> line, Family... families) {
        if (!preset) { rules.ownCommands.add(line.get(0).origin); }
        List<Command> commands = new ArrayList<>();
        for (Family family : families) {
            commands.add(new CommandParser(line, 1, family, families.length > 1, null, rules, foreign).parse());
        }
        for (int i = 0; i < families.length && !commands.contains(null); i++) {
            if (!commands.get(i).ignored) { drafts.get(families[i]).apply(commands.get(i)); }
        }
    }

    /**
     * An iptables-save block, up to COMMIT:
     *
     * <pre>
     * *filter
     * :INPUT DROP [12:3456]          built-in chain, policy, counters
     * :own - [0:0]                   a user's chain
     * [1:60] -A INPUT -j ACCEPT      counters of a rule (iptables-save -c)
     * COMMIT
     * </pre>
     */
    private void block(Tokenizer in, Word start, Family family) {
        String name = start.text.substring(1);
        Table table =
                Table.of(family == Family.IPV6 && name.endsWith("6") ? name.substring(0, name.length() - 1) : name);
        if (table == null) {
            errors.add(start, "unknown table " + Characters.show(name),
                    "use filter, nat, mangle, raw or security, for IPv6 with a 6 at the end");
        } else if (drafts.get(family).table(table, start).touched) {
            errors.add(start, "the table " + table.word() + " has rules already",
                    "a block replaces its table whole; write all of it in one place");
        }
        // an unknown table is read for its errors only
        TableBuilder draft = table == null ? new TableBuilder(family, errors) : drafts.get(family);
        table = table == null ? Table.FILTER : table;
        draft.table(table, start).touched = true;
        while (!in.atEnd()) {
            List<Word> line = in.next(null);
            if (line.isEmpty()) { continue; }
            Word first = line.get(0);
            if (first.is("COMMIT")) { return; }
            if (first.text.startsWith(":")) {
                chain(line, table, draft);
            } else if (first.text.startsWith("*")) {
                errors.add(first, "a table begins before COMMIT ended the one before", "write COMMIT before it");
            } else if (first.text.startsWith("[") && (!NumberReader.isCounters(first.text) || line.size() == 1)) {
                errors.add(first, "not counters before a rule", "write [PACKETS:BYTES] -A CHAIN ...");
            } else {
                int from = first.text.startsWith("[") ? 1 : 0;
                Command command = new CommandParser(line, from, family, false, table, rules, foreign).parse();
                if (command != null && !command.ignored) { draft.apply(command); }
            }
        }
        errors.add(start, "the block " + Characters.show(start.text) + " has no COMMIT", "write COMMIT at its end");
    }

    private void chain(List<Word> line, Table table, TableBuilder draft) {
        Word first = line.get(0);
        if (line.size() < 2 || line.size() > 3 || line.size() == 3 && !NumberReader.isCounters(line.get(2).text)) {
            errors.add(first, "not a chain's line",
                    "write :CHAIN POLICY [0:0], and - for the policy of a chain of your own");
            return;
        }
        Command c = new Command(table, first);
        c.chain = first.from(1);
        c.extra = line.get(1);
        boolean builtin = table.isBuiltin(c.chain.text);
        c.verb = !builtin && c.extra.is("-") ? 'N' : 'P';
        if (errors.chain(c.chain, "chain: ") && !(builtin && c.extra.is("-"))) { draft.apply(c); }
    }

    private void modprobe(List<Word> line) {
        if (line.size() != 2) {
            errors.add(line.get(line.size() > 2 ? 2 : 0), "modprobe takes one module's name",
                    "write one line for each module");
        } else if (errors.name(line.get(1), line.get(1).text, 64)) {
            rules.modules.add(new Directive(line.get(1).text, null, line.get(1)));
        }
    }

    /** {@code include NAME [PARAMETER=value ...]}: the values apply to this include only. */
    private void include(List<Word> line) {
        if (line.size() < 2) {
            errors.add(line.get(0), "include takes a name", "write one line for each");
            return;
        }
        Word name = line.get(1);
        if (++included > INCLUDES_LIMIT) {
            errors.add(name, "more than " + INCLUDES_LIMIT + " includes", "put the rules into one file");
            return;
        }
        Source source = includes.find(name.text);
        if (source == null) {
            errors.add(name, "nothing called " + Characters.show(name.text) + " can be included",
                    Suggestion.hint(name.text, includes.names(),
                            "name a file beside this one, or a preset; boxwall presets lists them"));
        } else if (open.contains(source.name)) {
            errors.add(name, Characters.show(name.text) + " includes itself", "remove one of the includes");
        } else {
            int before = errors.count();
            Map<String, String> values = values(line, new Preset(source));
            boolean again = false;
            for (Directive include : rules.includes) {
                again |= include.name.equals(source.name);
            }
            if (errors.count() == before && source.preset && values.isEmpty() && again) {
                errors.note(name, Characters.show(source.name) + " is included already; left out here");
            } else if (errors.count() == before) {
                rules.includes.add(
                        new Directive(source.name, null, name, Collections.<String, String>emptyMap(), source.preset));
                Map<String, String> outer = variables.given;
                variables.given = values;
                file(source, name.origin.row);
                variables.given = outer;
            }
        }
    }

    /**
     * The names that an include sets. A parameter without a value has that of the file's assignment, or its default.
     */
    private Map<String, String> values(List<Word> line, Preset preset) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Word> given = new LinkedHashMap<>();
        for (Word word : line.subList(2, line.size())) {
            int equals = word.text.indexOf('=');
            String name = Words.before(word.text, '=');
            if (equals < 1) {
                errors.add(word, "not NAME=value: " + Characters.show(word.text),
                        "write one include line for each preset, its values behind it");
            } else if (!preset.parameters.containsKey(name)) {
                errors.add(word, Characters.show(preset.name) + " takes no " + Characters.show(name),
                        preset.parameters.isEmpty() ? "leave it out: this preset takes no values" : Suggestion
                                .hint(name, preset.parameters.keySet(), "it takes " + preset.parameters.keySet()));
            } else if (given.put(name, word.from(equals + 1)) != null) {
                errors.add(word, Characters.show(name) + " is given twice", "keep one");
            }
        }
        for (Preset.Parameter parameter : preset.parameters.values()) {
            String name = parameter.name;
            Word word = given.get(name);
            Word at = word != null ? word : line.get(1);
            String value =
                    word != null ? word.text : variables.isSet(name) ? variables.value(name, at) : parameter.standard;
            try {
                if (value == null) {
                    errors.add(at, Characters.show(preset.name) + " needs " + name + " (" + parameter.english + ")",
                            "write include " + preset.name + " " + name + "=..., for example "
                                    + parameter.kind.example);
                } else {
                    parameter.kind.set(name, value, values);
                }
            } catch (ValueException invalid) {
                errors.add(at, name + ": ", invalid);
            }
        }
        return values;
    }

    private void table(List<Word> line) {
        Word first = line.get(0);
        int words = first.is("keep") ? 3 : 2;
        Table table = line.size() < 2 ? null : Table.of(line.get(1).text);
        if (line.size() != words) {
            errors.add(line.get(Math.min(line.size() - 1, words)),
                    first + " takes " + (words == 3 ? "a table and a chain" : "a table"),
                    "write " + (words == 3 ? "keep TABLE CHAIN" : "own TABLE"));
        } else if (table == null) {
            errors.add(line.get(1), "unknown table " + Characters.show(line.get(1).text),
                    "use filter, nat, mangle, raw or security");
        } else if (words == 2) {
            rules.owns.add(new Directive(null, table, first));
        } else if (errors.chain(line.get(2), "")) { rules.keeps.add(new Directive(line.get(2).text, table, first)); }
    }

    /** {@code expect DROP in=dsl proto=tcp dport=80}; the values are checked later. */
    private void expect(List<Word> line) {
        Word verdict = line.size() < 2 ? line.get(0) : line.get(1);
        if (!Arrays.asList("ACCEPT", "DROP", "REJECT").contains(verdict.text)) {
            errors.add(verdict, "an expected verdict must be ACCEPT, DROP or REJECT",
                    "write expect ACCEPT in=... dport=...");
            return;
        }
        Map<String, String> keys = new LinkedHashMap<>();
        for (Word word : line.subList(2, line.size())) {
            int equals = word.text.indexOf('=');
            String key = Words.before(word.text, '=');
            if (equals < 1 || equals == word.text.length() - 1) {
                errors.add(word, "not key=value: " + Characters.show(word.text), "write dport=80 and the like");
            } else if (keys.put(key, word.text.substring(equals + 1)) != null) {
                errors.add(word, "the key " + Characters.show(key) + " is given twice", "keep one");
            }
        }
        rules.expects.add(new Directive(verdict.text, null, verdict, keys, preset));
    }

    private ParsedRules result() {
        for (Family family : Family.values()) {
            TableBuilder draft = drafts.get(family);
            for (TableBuilder.DraftTable table : draft.tables.values()) {
                new ChainCheck(table, family, foreign, errors).run();
                // a chain without a policy accepts what no rule decides
                for (DraftChain chain : table.chains.values()) {
                    if (table.table == Table.FILTER && chain.builtin && chain.policy == null) {
                        errors.note(table.at,
                                family.command + ": no policy for " + chain.name + " is given, so it is ACCEPT");
                    }
                }
            }
            rules.ruleset = draft.into(rules.ruleset);
        }
        return rules;
    }
}
