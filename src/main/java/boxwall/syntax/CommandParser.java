package boxwall.syntax;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Reads the words after {@code iptables} as getopt_long and iptables do: options in any order, long ones abbreviated or
 * with {@code =value}, short ones with the value attached, {@code !} before an option or, in the old way, after it.
 */
final class CommandParser {
    private static final List<String> TABLES = Arrays.asList("filter", "nat", "mangle", "raw", "security");
    /** The general options, which belong to no extension: letter and long name. */
    private static final String[] OPTIONS = {"A append", "C check", "D delete", "I insert", "R replace", "L list",
            "S list-rules", "F flush", "Z zero", "N new-chain", "X delete-chain", "E rename-chain", "P policy",
            "s source", "s src", "d destination", "d dst", "p protocol", "i in-interface", "o out-interface", "j jump",
            "g goto", "m match", "t table", "f fragments", "n numeric", "v verbose", "x exact", "# line-numbers",
            "w wait", "W wait-interval", "M modprobe", "c set-counters", "V version", "h help", "4 ipv4", "6 ipv6"};
    private static final String COMMANDS = "ACDIRLSFZNXEP";
    /** Letters that take a value, which may be attached: {@code -ptcp}. */
    private static final String VALUED = "ACDIRNEPsdpijogmtMcLSFZXwW";

    /** An iptables command that has been read but not yet applied. */
    static final class Command {
        /** The command's letter, 0 for none. */
        char verb;
        Word verbAt;
        Table table;
        /** The chain, or null for -F, -X and -Z of a whole table. */
        Word chain;
        /** The policy or the new name, or null. */
        Word extra;
        /** The rule's number, 1-based; 0 for none. */
        int number;
        Word numberAt;
        /** The rules of -A, -I, -R and -D: several if -s or -d is a list. */
        List<Rule> rules = Collections.emptyList();
        /** The target's name, or null; for errors that are found at the end. */
        Word targetAt;
        /** Whether {@code -4} or {@code -6} restricts it to the other family. */
        boolean ignored;

        Command(Table table, Word verbAt) {
            this.table = table;
            this.verbAt = verbAt;
        }
    }

    private final Family family;
    private final Errors errors;
    private final boolean both;
    private final Table block;
    private final Word start;
    private final CommandWords args;
    private final RuleReader rule;
    private final Command command;

    /**
     * For a line whose options begin at an index. With {@code both} it is read for both families (ip46tables), and
     * {@code -4} and {@code -6} choose one. {@code block} is the table of the block that contains the line, or null.
     */
    CommandParser(List<Word> line, int from, Family family, boolean both, Table block, ParsedRules rules,
            UnknownExtensions foreign) {
        this.family = family;
        this.errors = rules.found;
        this.both = both;
        this.block = block;
        this.start = line.get(block == null ? 0 : from);
        this.args = new CommandWords(line, from, errors);
        this.rule = new RuleReader(family, rules, both, foreign, args);
        this.command = new Command(block == null ? Table.FILTER : block, start);
    }

    /** The command; null after an error. */
    Command parse() {
        Cancelled.check();
        int before = errors.count();
        while (!args.atEnd()) {
            word(args.next());
        }
        if (args.inverted != null) {
            errors.add(args.inverted, "a ! with nothing after it", "write the option that it negates after it");
        }
        finish();
        return errors.count() == before ? command : null;
    }

    private void word(Word w) {
        if (w.is("!")) {
            args.invert(w);
        } else if (w.text.startsWith("--") && w.text.length() > 2) {
            int equals = w.text.indexOf('=');
            String name = Words.before(w.text, '=');
            args.attached = equals < 0 ? null : w.from(equals + 1);
            longOption(w, name);
            if (args.attached != null) {
                errors.add(args.attached, name + " takes no value", "remove it");
                args.attached = null;
            }
        } else if (CommandWords.isOption(w) && !w.is("--")) {
            letters(w);
        } else if (!w.is("--") || !args.atEnd()) {
            errors.add(w, "a word that belongs to no option: " + Characters.show(w.text),
                    args.inverted != null ? "write ! before the option, as in ! -s ADDRESS"
                            : "quote words that belong together, or remove it");
            args.inverted = null;
        }
    }

    private void letters(Word w) {
        for (int i = 1; i < w.text.length(); i++) {
            char letter = w.text.charAt(i);
            if (!isOption(letter)) {
                errors.add(w, "unknown option -" + (Character.isISOControl(letter) ? '?' : letter), "see iptables(8)");
                args.skipValues();
                return;
            }
            boolean valued = takesValue(letter);
            args.attached = valued && i + 1 < w.text.length() ? w.from(i + 1) : args.attached;
            base(letter, w);
            if (valued) {
                args.attached = null;
                return;
            }
        }
    }

    private void longOption(Word w, String name) {
        char exact = exact(name.substring(2));
        if (exact != 0) {
            base(exact, w);
        } else if (!rule.exact(w, name)) {
            String letters = withPrefix(name.substring(2));
            if (letters.length() == 1 && rule.withPrefix(name).isEmpty()) {
                base(letters.charAt(0), w);
            } else {
                rule.abbreviated(w, name, letters);
            }
        }
    }

    private void base(char letter, Word w) {
        if (COMMANDS.indexOf(letter) >= 0) {
            verb(letter, w);
            return;
        }
        if (letter == 't') {
            table(args.value(w, "the table's name"));
        } else if (letter == 'c') {
            counters(w);
        } else if (letter == 'w' || letter == 'W') {
            if (args.attached == null && !args.atEnd() && NumberReader.parse(args.peek().text) >= 0) { args.next(); }
            args.attached = null;
        } else if (letter == '4' || letter == '6') {
            boolean other = family.digit().charAt(0) != letter;
            command.ignored |= other;
            if (other && !both && block == null) {
                errors.add(w, w + " with " + family.command, "use " + (letter == '4' ? "iptables" : "ip6tables"));
            }
        } else if (letter == 'M') {
            errors.add(w, "--modprobe makes iptables run a program", "remove it; a line modprobe NAME loads a module");
            args.value(w, null);
        } else if (letter == 'V' || letter == 'h') {
            errors.add(w, w + " builds no ruleset", "remove it");
        } else if ("nvx#".indexOf(letter) < 0) { rule.base(letter, w); }
        args.refuseInvert(w);
    }

    private void table(Word table) {
        if (table == null) { return; }
        Table named = Table.of(table.text);
        if (named == null) {
            errors.add(table, "unknown table " + Characters.show(table.text),
                    Suggestion.hint(table.text, TABLES, "use filter, nat, mangle, raw or security"));
        } else if (block != null) {
            errors.add(table, "-t inside a block of the table " + block.word(),
                    "remove it (iptables-restore refuses it)");
        } else {
            command.table = named;
        }
    }

    private void counters(Word w) {
        Word packets = args.value(w, "the packet count");
        Word bytes = packets == null ? null : packets.text.indexOf(',') > 0 ? packets : args.value(w, "the byte count");
        for (Word count : new Word[] {packets, bytes}) {
            if (count != null && !NumberReader.isCount(Words.replace(count.text, ",", ""))) {
                errors.add(count, "not a count: " + Characters.show(count.text),
                        "remove the counters; the kernel begins at 0");
            }
        }
    }

    private void verb(char letter, Word w) {
        args.refuseInvert(w);
        boolean second = command.verb != 0;
        command.verb = second ? command.verb : letter;
        command.verbAt = second ? command.verbAt : w;
        if (second || "LSC".indexOf(letter) >= 0) {
            errors.add(w, second ? "two commands in one line" : w + " builds no ruleset",
                    second ? "write two lines" : "remove the line");
            args.skipValues();
            return;
        }
        boolean optional = "FXZ".indexOf(letter) >= 0;
        command.chain = optional ? args.optional() : args.value(w, "the chain's name");
        if (command.chain == null) { return; }
        if ("IDRZ".indexOf(letter) >= 0) {
            number();
            if (letter == 'R' && command.number == 0) {
                errors.add(w, "-R without a rule's number", "write -R CHAIN NUMBER ...");
            }
        } else if (letter == 'P') {
            command.extra = args.value(w, "the policy");
            Word counts = !args.atEnd() && args.peek().text.startsWith("[") ? args.next() : null;
            if (counts != null && !NumberReader.isCounters(counts.text)) {
                errors.add(counts, "not counters: " + Characters.show(counts.text), "remove them");
            }
        } else if (letter == 'E') { command.extra = args.value(w, "the new name"); }
        errors.chain(command.chain, "chain: ");
        if (letter == 'E' && command.extra != null) { errors.chain(command.extra, "chain: "); }
    }

    private void number() {
        Word next = args.optional();
        if (next == null) { return; }
        long number = NumberReader.parse(next.text);
        command.numberAt = next;
        if (number < 1 || number > 1000000) {
            errors.add(next, "not a rule's number: " + Characters.show(next.text), "rules count from 1");
        }
        command.number = (int) Math.max(0, Math.min(number, 1000000));
    }

    private void finish() {
        if (command.verb == 0) {
            if (!command.ignored) {
                errors.add(start, "a line without a command", "begin with -A CHAIN, -I, -N, -P ...");
            }
        } else if ("AIR".indexOf(command.verb) >= 0 || command.verb == 'D' && command.number == 0) {
            rule.check(command.chain);
            command.rules = rule.build(start.origin);
            command.targetAt = rule.target == null ? null : rule.target.at;
        } else if (rule.first != null) {
            errors.add(rule.first, "a rule's option with " + command.verbAt, "remove it");
        }
    }

    /** The letter of a long name, or 0. */
    private static char exact(String name) {
        for (String row : OPTIONS) {
            if (row.length() == name.length() + 2 && row.endsWith(name)) { return row.charAt(0); }
        }
        return 0;
    }

    /** The letters of the long names with a prefix. */
    private static String withPrefix(String prefix) {
        StringBuilder letters = new StringBuilder();
        for (String row : OPTIONS) {
            if (row.startsWith(prefix, 2) && letters.indexOf(row.substring(0, 1)) < 0) {
                letters.append(row.charAt(0));
            }
        }
        return letters.toString();
    }

    private static boolean isOption(char letter) { return takesValue(letter) || "fnvxVh46".indexOf(letter) >= 0; }

    private static boolean takesValue(char letter) { return VALUED.indexOf(letter) >= 0; }

    /** The long names of the general options, with their dashes. */
    static List<String> longNames() {
        List<String> names = new ArrayList<>();
        for (String row : OPTIONS) {
            names.add("--" + row.substring(2));
        }
        return names;
    }
}
