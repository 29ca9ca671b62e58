package boxwall.syntax;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Family;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the words after {@code iptables} as getopt_long and iptables' own rules would: options in any order, long ones
 * by any unambiguous beginning or with {@code =value}, short ones with the value glued on, {@code !} before an option
 * or (the old way) after it.
 */
final class CommandParser {
    private static final List<String> TABLES = Arrays.asList("filter", "nat", "mangle", "raw", "security");

    private final Family family;
    private final Errors errors;
    private final RuleOptions rule;
    private final boolean both;

    private Arguments args;
    private Command command;
    /** The table of the block that the line stands in, null outside of one. */
    private Table block;

    /** {@code both}: the line is read for both families (ip46tables), so {@code -4} and {@code -6} choose one. */
    CommandParser(Family family, ParsedRules rules, boolean both, Foreign foreign) {
        this.family = family;
        this.errors = rules.found;
        this.both = both;
        this.rule = new RuleOptions(family, rules, both, foreign);
    }

    /**
     * The command of a line, or null when something was wrong (then it is in the errors).
     *
     * @param from index of the first word after the command's name
     */
    Command parse(List<Word> line, int from, Word start, Table inBlock) {
        Abandoned.check();
        int before = errors.count();
        block = inBlock;
        args = new Arguments(line, from, errors);
        command = new Command(block == null ? Table.FILTER : block, start);
        rule.begin(args);
        while (!args.atEnd()) {
            word(args.next());
        }
        if (args.inverted != null) {
            errors.add(args.inverted, "a ! with nothing after it", "write the option that it negates after it");
        }
        finish(start);
        return errors.count() == before ? command : null;
    }

    private void word(Word w) {
        if (w.is("!")) {
            args.invert(w);
        } else if (w.text.startsWith("--") && w.text.length() > 2) {
            int equals = w.text.indexOf('=');
            args.glued = equals < 0 ? null : w.from(equals + 1);
            longOption(w, equals < 0 ? w.text : w.text.substring(0, equals));
            if (args.glued != null) {
                errors.add(args.glued, w.text.substring(0, equals) + " takes no value", "remove it");
                args.glued = null;
            }
        } else if (w.text.length() > 1 && w.text.charAt(0) == '-' && !w.is("--")) {
            letters(w);
        } else if (!w.is("--") || !args.atEnd()) {
            errors.add(w, "a word that belongs to no option: " + Errors.show(w.text),
                    args.inverted != null ? "write ! before the option, as in ! -s ADDRESS"
                            : "quote words that belong together, or remove it");
            args.inverted = null;
        }
    }

    private void letters(Word w) {
        for (int i = 1; i < w.text.length(); i++) {
            char letter = w.text.charAt(i);
            if (!BaseOption.isLetter(letter)) {
                errors.add(w, "unknown option -" + (Character.isISOControl(letter) ? '?' : letter), "see iptables(8)");
                args.skipValues();
                return;
            }
            boolean valued = BaseOption.takesValue(letter);
            args.glued = valued && i + 1 < w.text.length() ? w.from(i + 1) : args.glued;
            base(letter, w);
            if (valued) {
                args.glued = null;
                return;
            }
        }
    }

    private void longOption(Word w, String name) {
        char exact = BaseOption.exact(name.substring(2));
        if (exact != 0) {
            base(exact, w);
        } else if (!rule.extensions.exact(w, name)) {
            String letters = BaseOption.beginning(name.substring(2));
            if (letters.length() == 1 && !rule.extensions.someBegin(name)) {
                base(letters.charAt(0), w);
            } else {
                rule.extensions.abbreviated(w, name, letters);
            }
        }
    }

    private void base(char letter, Word w) {
        if (BaseOption.COMMANDS.indexOf(letter) >= 0) {
            verb(letter, w);
            return;
        }
        switch (letter) {
            case 't' :
                table(args.value(w, "the table's name"));
                break;
            case 'c' :
                counters(w);
                break;
            case 'w' :
            case 'W' :
                if (args.glued == null && !args.atEnd() && Numbers.parse(args.peek().text) >= 0) { args.next(); }
                args.glued = null;
                break;
            case 'n' :
            case 'v' :
            case 'x' :
            case '#' :
                break;
            case '4' :
            case '6' :
                if (family.digit().charAt(0) == letter) { break; }
                command.ignored = true;
                if (!both && block == null) {
                    errors.add(w, w + " with " + family.command(), "use " + (letter == '4' ? "iptables" : "ip6tables"));
                }
                break;
            case 'M' :
                errors.add(w, "--modprobe makes iptables run a program",
                        "remove it; a line modprobe NAME loads a module");
                args.value(w, null);
                break;
            case 'V' :
            case 'h' :
                errors.add(w, w + " builds no ruleset", "remove it");
                break;
            default :
                rule.base(letter, w);
        }
        args.refuseInvert(w);
    }

    private void table(Word table) {
        if (table == null) { return; }
        Table named = Table.of(table.text);
        if (named == null) {
            errors.add(table, "unknown table " + Errors.show(table.text),
                    Nearest.hint(table.text, TABLES, "use filter, nat, mangle, raw or security"));
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
            if (count != null && !Numbers.isCount(Words.replace(count.text, ",", ""))) {
                errors.add(count, "not a count: " + Errors.show(count.text),
                        "remove the counters; the kernel begins at 0");
            }
        }
    }

    private void verb(char letter, Word w) {
        args.refuseInvert(w);
        boolean second = command.verb != 0;
        if (second || "LSC".indexOf(letter) >= 0) {
            errors.add(w, second ? "two commands in one line" : w + " builds no ruleset",
                    second ? "write two lines" : "remove the line");
            command.verb = second ? command.verb : letter;
            command.verbAt = second ? command.verbAt : w;
            args.skipValues();
            return;
        }
        command.verb = letter;
        command.verbAt = w;
        if ("FXZ".indexOf(letter) >= 0) {
            command.chain = args.optional();
            if (letter == 'Z' && command.chain != null) { number(); }
        } else {
            command.chain = args.value(w, "the chain's name");
            if (command.chain != null) { arguments(letter, w); }
        }
        for (Word name : new Word[] {command.chain, letter == 'E' ? command.extra : null}) {
            if (name != null) { errors.name(name, name.text, 28, "chain: "); }
        }
    }

    private void arguments(char letter, Word w) {
        if (letter == 'I' || letter == 'D' || letter == 'R') {
            number();
            if (letter == 'R' && command.number == 0) {
                errors.add(w, "-R without a rule's number", "write -R CHAIN NUMBER ...");
            }
        } else if (letter == 'P') {
            command.extra = args.value(w, "the policy");
            Word counts = !args.atEnd() && args.peek().text.startsWith("[") ? args.next() : null;
            if (counts != null && !Numbers.isCounters(counts.text)) {
                errors.add(counts, "not counters: " + Errors.show(counts.text), "remove them");
            }
        } else if (letter == 'E') { command.extra = args.value(w, "the new name"); }
    }

    private void number() {
        Word next = args.optional();
        if (next == null) { return; }
        long number = Numbers.parse(next.text);
        command.numberAt = next;
        if (number < 1 || number > 1000000) {
            errors.add(next, "not a rule's number: " + Errors.show(next.text), "rules count from 1");
        }
        command.number = (int) Math.max(0, Math.min(number, 1000000));
    }

    private void finish(Word start) {
        if (command.verb == 0) {
            if (!command.ignored) {
                errors.add(start, "a line without a command", "begin with -A CHAIN, -I, -N, -P ...");
            }
            return;
        }
        boolean takesRule = "AIR".indexOf(command.verb) >= 0 || command.verb == 'D' && command.number == 0;
        if (!takesRule && rule.first() != null) {
            errors.add(rule.first(), "a rule's option with " + command.verbAt, "remove it");
        }
        if (takesRule) {
            rule.parts.check(family, command.chain, rule.first(), errors);
            command.rules = rule.parts.build(start.origin());
            command.targetAt = rule.parts.target == null ? null : rule.parts.target.at;
        }
    }
}
