package boxwall.syntax;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;

import java.util.List;

/**
 * Reads the words after {@code iptables} as getopt_long and iptables' own rules would: options in any order, long ones
 * by any unambiguous beginning or with {@code =value}, short ones with the value args.glued on, {@code !} before an
 * option or (the old way) after it.
 */
final class CommandParser {
    private final Family family;
    private final Errors errors;
    private final RuleOptions rule;
    private final boolean both;

    private Arguments args;
    private Command command;

    /**
     * Makes a parser.
     *
     * @param both the line is read for both families (ip46tables), so {@code -4} and {@code -6} choose one
     * @param foreign unknown extensions that pass as they are
     */
    CommandParser(Family family, Errors errors, List<HostName> hosts, boolean both, Foreign foreign) {
        this.family = family;
        this.errors = errors;
        this.both = both;
        this.rule = new RuleOptions(family, errors, hosts, both, foreign);
    }

    /**
     * The command of a line, or null when something was wrong (then it is in the errors).
     *
     * @param from index of the first word after the command's name
     * @param block the table of the block that the line stands in, null outside of one
     */
    Command parse(List<Word> line, int from, Word start, Table block) {
        Abandoned.check();
        int before = errors.count();
        args = new Arguments(line, from, errors);
        command = new Command();
        command.verbAt = start;
        if (block != null) { command.table = block; }
        rule.begin(args);
        while (!args.atEnd()) {
            word(args.next(), block);
        }
        if (args.inverted() != null) {
            errors.add(args.inverted(), "a ! with nothing after it", "write the option that it negates after it");
        }
        finish(start);
        return errors.count() == before ? command : null;
    }

    private void word(Word w, Table block) {
        if (w.is("!")) {
            args.invert(w);
        } else if (w.text.startsWith("--") && w.text.length() > 2) {
            int equals = w.text.indexOf('=');
            String name = equals < 0 ? w.text : w.text.substring(0, equals);
            args.glued = equals < 0 ? null : w.from(equals + 1);
            longOption(w, name, block);
            leftOver(w);
        } else if (w.text.length() > 1 && w.text.charAt(0) == '-' && !w.is("--")) {
            letters(w, block);
        } else if (!w.is("--") || !args.atEnd()) {
            errors.add(w, "a word that belongs to no option: " + Errors.show(w.text),
                    args.inverted() != null ? "write ! before the option, as in ! -s ADDRESS"
                            : "quote words that belong together, or remove it");
            args.forgetInvert();
        }
    }

    private void leftOver(Word w) {
        if (args.glued != null) {
            errors.add(args.glued,
                    w.text.substring(0, w.text.length() - args.glued.text.length() - 1) + " takes no value",
                    "remove it");
            args.glued = null;
        }
    }

    private void letters(Word w, Table block) {
        for (int i = 1; i < w.text.length(); i++) {
            char letter = w.text.charAt(i);
            if (!BaseOption.isLetter(letter)) {
                errors.add(w, "unknown option -" + (Character.isISOControl(letter) ? '?' : letter), "see iptables(8)");
                args.skipValues();
                return;
            }
            if (BaseOption.takesValue(letter)) {
                args.glued = i + 1 < w.text.length() ? w.from(i + 1) : null;
                base(letter, w, block);
                args.glued = null;
                return;
            }
            base(letter, w, block);
        }
    }

    private void longOption(Word w, String name, Table block) {
        char exact = BaseOption.exact(name.substring(2));
        if (exact != 0) {
            base(exact, w, block);
            return;
        }
        if (rule.extensions.exact(w, name)) { return; }
        String letters = BaseOption.beginning(name.substring(2));
        if (letters.length() == 1 && !rule.extensions.someBegin(name)) {
            base(letters.charAt(0), w, block);
        } else {
            rule.extensions.abbreviated(w, name, letters);
        }
    }

    private void base(char letter, Word w, Table block) {
        if (BaseOption.COMMANDS.indexOf(letter) >= 0) {
            verb(letter, w);
            return;
        }
        switch (letter) {
            case 't' :
                Word table = args.value(w, "the table's name");
                if (table != null) { table(table, block); }
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
                family(letter, w, block);
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

    private void table(Word table, Table block) {
        Table named = Table.of(table.text);
        if (named == null) {
            errors.add(table, "unknown table " + Errors.show(table.text),
                    Nearest.hint(table.text, java.util.Arrays.asList("filter", "nat", "mangle", "raw", "security"),
                            "use filter, nat, mangle, raw or security"));
        } else if (block != null) {
            errors.add(table, "-t inside a block of the table " + block.word(),
                    "remove it (iptables-restore refuses it)");
        } else {
            command.table = named;
        }
    }

    private void family(char letter, Word w, Table block) {
        if (family.digit().charAt(0) != letter) {
            if (!both && block == null) {
                errors.add(w, w + " with " + family.command(), "use " + (letter == '4' ? "iptables" : "ip6tables"));
            }
            command.ignored = true;
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
        if (command.verb != 0) {
            errors.add(w, "two commands in one line", "write two lines");
            args.skipValues();
            return;
        }
        command.verb = letter;
        command.verbAt = w;
        if ("LSC".indexOf(letter) >= 0) {
            errors.add(w, w + " builds no ruleset", "remove the line");
            args.skipValues();
            args.glued = null;
            return;
        }
        if ("FXZ".indexOf(letter) >= 0) {
            command.chain = args.optional();
            args.glued = null;
            if (letter == 'Z' && command.chain != null) { number(); }
        } else {
            command.chain = args.value(w, "the chain's name");
            if (command.chain != null) { arguments(letter, w); }
        }
        checkChainName();
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

    private void checkChainName() {
        for (Word name : new Word[] {command.chain, command.verb == 'E' ? command.extra : null}) {
            if (name != null) { errors.name(name, name.text, 28, "chain: "); }
        }
    }

    private void finish(Word start) {
        if (command.verb == 0) {
            if (!command.ignored) {
                errors.add(start, "a line without a command", "begin with -A CHAIN, -I, -N, -P ...");
            }
            return;
        }
        boolean takesRule = command.verb == 'A' || command.verb == 'I' || command.verb == 'R'
                || command.verb == 'D' && command.number == 0;
        if (!takesRule && rule.first() != null) {
            errors.add(rule.first(), "a rule's option with " + command.verbAt, "remove it");
        }
        if (takesRule) {
            rule.check(command.chain);
            command.rules = rule.parts().build(new Origin(start.file, start.line));
            command.targetAt = rule.parts().target == null ? null : rule.parts().target.at;
        }
    }
}
