package boxwall.syntax;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a ruleset file: assignments, iptables commands, modprobe, include, keep, own, expect and iptables-save blocks.
 * Never throws for any text: what is wrong is in {@link ParsedRules#errors()}, all of it at once.
 *
 * <pre>
 * WEB=80,443
 * iptables -P INPUT DROP
 * iptables -A INPUT -i $LAN_IF -s $LAN_NET -p tcp -m multiport --dports $WEB -j ACCEPT
 * </pre>
 */
public final class RulesetParser {
    /** The most a file may have; included files count alone. */
    public static final int FILE_LIMIT = 256 * 1024;
    private static final int INCLUDES_LIMIT = 32;
    private static final List<String> WORDS =
            Arrays.asList("iptables", "ip6tables", "ip46tables", "modprobe", "include", "keep", "own", "expect");

    private final Includes includes;
    private final Variables variables;
    private final Errors errors = new Errors();
    private final Map<Family, Draft> drafts = new TreeMap<>();
    private final Map<String, CommandParser> parsers = new LinkedHashMap<>();
    private final ParsedRules lists = new ParsedRules(Ruleset.empty(), new ArrayList<SyntaxError>());
    private final List<String> open = new ArrayList<>();
    private final Foreign foreign;
    private int included;
    /** Whether the lines being read are a preset's, not the user's. */
    private boolean preset;

    private RulesetParser(Names names, Includes includes, Foreign foreign) {
        this.includes = includes;
        this.foreign = foreign;
        this.variables = new Variables(names, errors);
        for (Family family : Family.values()) {
            drafts.put(family, new Draft(errors));
        }
    }

    /** Reads a ruleset that uses nothing beyond the language. */
    public static ParsedRules parse(Source source, Names names, Includes includes) {
        return parse(source, names, includes, Foreign.none());
    }

    /** Reads a ruleset; what the box's iptables has beyond the language passes as it is, with a note. */
    public static ParsedRules parse(Source source, Names names, Includes includes, Foreign foreign) {
        RulesetParser parser = new RulesetParser(names, includes, foreign);
        parser.file(source);
        return parser.result();
    }

    private void file(Source source) {
        if (source.text().startsWith("\u00ff\u00fe") || source.text().startsWith("\u00fe\u00ff")) {
            errors.add(source.name, 1, 1, "a text in UTF-16, as some editors of Windows save it", "save it as UTF-8");
            return;
        }
        if (source.text().length() > FILE_LIMIT) {
            errors.add(source.name, 1, 1, "a file of more than " + FILE_LIMIT / 1024 + " KiB",
                    "split it, or use networks and chains");
            return;
        }
        open.add(source.name);
        boolean outer = preset;
        preset = source.isPreset();
        Tokenizer in = new Tokenizer(source, errors);
        while (!in.atEnd()) {
            Abandoned.check();
            variables.beginLine();
            int before = errors.count();
            List<Word> line = in.nextShell(variables);
            if (line == null || line.isEmpty()) { continue; }
            if (line.get(0).assignment >= 0) {
                variables.assign(line);
            } else if (variables.isUnset()) {
                continue; // for another family, or for a value that was not given
            } else if (variables.lacking() != null) {
                errors.note(line.get(0), "left out: this box has no " + variables.lacking());
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
            errors.add(first, "unknown command " + Errors.show(first.text), Nearest.hint(first.text, WORDS,
                    "a line is NAME=value, iptables, ip6tables, ip46tables, modprobe, include, keep, own, expect or *table"));
        }
    }

    private CommandParser parser(Family family, boolean both) {
        String key = family.digit() + both;
        CommandParser parser = parsers.get(key);
        if (parser == null) {
            parser = new CommandParser(family, errors, lists.hostNames, both, foreign);
            parsers.put(key, parser);
        }
        return parser;
    }

    private void command(List<Word> line, Family... families) {
        if (!preset) { lists.ownCommands.add(new Origin(line.get(0).file, line.get(0).line)); }
        List<Command> commands = new ArrayList<>();
        for (Family family : families) {
            commands.add(parser(family, families.length > 1).parse(line, 1, line.get(0), null));
        }
        for (int i = 0; i < families.length; i++) {
            if (!commands.contains(null) && !commands.get(i).ignored) {
                drafts.get(families[i]).apply(commands.get(i));
            }
        }
    }

    private void block(Tokenizer in, Word first, Family family) {
        String name = first.text.substring(1);
        Table table =
                Table.of(family == Family.IPV6 && name.endsWith("6") ? name.substring(0, name.length() - 1) : name);
        if (table == null) {
            errors.add(first, "unknown table " + Errors.show(name),
                    "use filter, nat, mangle, raw or security, for IPv6 with a 6 at the end");
        } else if (drafts.get(family).table(table, first).touched) {
            errors.add(first, "the table " + table.word() + " has rules already",
                    "a block replaces its table whole; write all of it in one place");
        }
        // the lines of a table that doesn't exist are still read, for their errors, but go nowhere
        Draft draft = table == null ? new Draft(errors) : drafts.get(family);
        new Block(table == null ? Table.FILTER : table, draft, parser(family, false), errors).read(in, first);
    }

    private void modprobe(List<Word> line) {
        if (line.size() != 2) {
            errors.add(line.get(line.size() > 2 ? 2 : 0), "modprobe takes one module's name",
                    "write one line for each module");
            return;
        }
        Word name = line.get(1);
        if (errors.name(name, name.text, 64, "")) {
            lists.modules.add(new ModuleLine(name.text, new Origin(name.file, name.line)));
        }
    }

    /**
     * {@code include NAME [PARAMETER=value ...]}: the values are checked by the kinds in the preset's head, and count
     * in this include only.
     */
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
        Source source = includes.find(name.text, name.file);
        if (source == null) {
            errors.add(name, "nothing called " + Errors.show(name.text) + " can be included",
                    "name a preset, or a file beside this one");
        } else if (open.contains(source.name)) {
            errors.add(name, Errors.show(name.text) + " includes itself", "remove one of the includes");
        } else {
            int before = errors.count();
            Map<String, String> values = values(line, Preset.of(source));
            if (errors.count() == before && source.isPreset() && values.isEmpty() && isIncluded(source.name)) {
                errors.note(name, Errors.show(source.name) + " is included already; left out here");
            } else if (errors.count() == before) {
                lists.includes.add(new Included(source.name, new Origin(name.file, name.line), source.isPreset()));
                Map<String, String> outer = variables.enter(values);
                file(source);
                variables.leave(outer);
            }
        }
    }

    private boolean isIncluded(String name) {
        for (Included each : lists.includes) {
            if (each.name.equals(name)) { return true; }
        }
        return false;
    }

    /**
     * What an include sets for the lines of a preset; what isn't given is what the file has set before, or the default.
     */
    private Map<String, String> values(List<Word> line, Preset preset) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Word> given = new LinkedHashMap<>();
        for (Word word : line.subList(2, line.size())) {
            int equals = word.text.indexOf('=');
            String name = equals < 0 ? word.text : word.text.substring(0, equals);
            if (equals < 1) {
                errors.add(word, "not NAME=value: " + Errors.show(word.text),
                        "write one include line for each preset, its values behind it");
            } else if (preset.parameter(name) == null) {
                errors.add(word, Errors.show(preset.name) + " takes no " + Errors.show(name),
                        preset.parameters.isEmpty() ? "leave it out: this preset takes no values"
                                : Nearest.hint(name, preset.names(), "it takes " + preset.names()));
            } else if (given.put(name, word.from(equals + 1)) != null) {
                errors.add(word, Errors.show(name) + " is given twice", "keep one");
            }
        }
        for (Preset.Parameter each : preset.parameters) {
            Word word = given.get(each.name);
            String value = word != null ? word.text
                    : variables.isSet(each.name) ? variables.value(each.name, line.get(1)) : each.standard;
            if (value == null) {
                errors.add(line.get(1), Errors.show(preset.name) + " needs " + each.name + " (" + each.english + ")",
                        "write include " + preset.name + " " + each.name + "=..., for example " + each.kind.example);
                continue;
            }
            try {
                each.kind.set(each.name, value, values);
            } catch (ValueException bad) {
                errors.add(word != null ? word : line.get(1), each.name + ": " + bad.getMessage(), bad.todo);
            }
        }
        return values;
    }

    private void table(List<Word> line) {
        Word first = line.get(0);
        int wanted = first.is("keep") ? 3 : 2;
        if (line.size() != wanted) {
            errors.add(line.get(Math.min(line.size() - 1, wanted)),
                    first + " takes " + (wanted == 3 ? "a table and a chain" : "a table"),
                    "write " + (wanted == 3 ? "keep TABLE CHAIN" : "own TABLE"));
            return;
        }
        Table table = Table.of(line.get(1).text);
        if (table == null) {
            errors.add(line.get(1), "unknown table " + Errors.show(line.get(1).text),
                    "use filter, nat, mangle, raw or security");
            return;
        }
        Origin origin = new Origin(first.file, first.line);
        if (wanted == 2) {
            lists.owns.add(new OwnLine(table, origin));
            return;
        }
        Word chain = line.get(2);
        if (errors.name(chain, chain.text, 28, "")) { lists.keeps.add(new KeepLine(table, chain.text, origin)); }
    }

    /** {@code expect DROP in=dsl proto=tcp dport=80}; what a key's value means is for whoever checks it. */
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
            String key = equals < 0 ? word.text : word.text.substring(0, equals);
            if (equals < 1 || equals == word.text.length() - 1) {
                errors.add(word, "not key=value: " + Errors.show(word.text), "write dport=80 and the like");
            } else if (keys.put(key, word.text.substring(equals + 1)) != null) {
                errors.add(word, "the key " + Errors.show(key) + " is given twice", "keep one");
            }
        }
        lists.expects.add(new Expect(verdict.text, keys, new Origin(verdict.file, verdict.line), preset));
    }

    private ParsedRules result() {
        Ruleset ruleset = Ruleset.empty();
        for (Family family : Family.values()) {
            Draft draft = drafts.get(family);
            for (Map.Entry<Table, Draft.DraftTable> e : draft.tables.entrySet()) {
                new ChainCheck(e.getKey(), family, e.getValue(), foreign, errors).run();
                policies(family, e.getKey(), e.getValue());
            }
            ruleset = draft.into(ruleset, family);
        }
        ParsedRules result = new ParsedRules(ruleset, errors.list);
        result.modules.addAll(lists.modules);
        result.expects.addAll(lists.expects);
        result.includes.addAll(lists.includes);
        result.ownCommands.addAll(lists.ownCommands);
        result.notes.addAll(errors.notes);
        result.keeps.addAll(lists.keeps);
        result.owns.addAll(lists.owns);
        result.hostNames.addAll(lists.hostNames);
        result.namesUsed.putAll(variables.used);
        return result;
    }

    /** A remark for each built-in chain of filter without a policy: it accepts what no rule decides. */
    private void policies(Family family, Table table, Draft.DraftTable draft) {
        for (DraftChain chain : draft.chains.values()) {
            if (table == Table.FILTER && chain.builtin && chain.policyAt == null) {
                errors.note(draft.at,
                        family.command() + ": no policy for " + chain.name + " is given, so it is ACCEPT");
            }
        }
    }
}
