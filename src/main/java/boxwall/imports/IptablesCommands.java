package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Characters;
import boxwall.syntax.SyntaxError;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Converts iptables and ip6tables commands of a script, and the lines of a dump. */
final class IptablesCommands {
    /** The commands of iptables by letter and by long name; -N has two. */
    private static final String LETTERS = "AIDRNXFPEZLSCN";
    private static final List<String> LONG =
            Arrays.asList("--append", "--insert", "--delete", "--replace", "--new-chain", "--delete-chain", "--flush",
                    "--policy", "--rename-chain", "--zero", "--list", "--list-rules", "--check", "--new");
    private static final List<String> HELP = Arrays.asList("-V", "--version", "-h", "--help");
    /** Characters that libipt_LOG.c and libxt_NFLOG.c keep; they cut the rest without a message. */
    private static final int LOG_PREFIX = 29;
    private static final int NFLOG_PREFIX = 63;

    private final ShellState state;
    private final SourceLines lines;

    IptablesCommands(ShellState state) {
        this.state = state;
        this.lines = state.lines;
    }

    /** {@code first}: words that belong to the program's name ({@code IPT="iptables -w"}). */
    ExitStatus run(Node node, String program, List<String> first, List<ShellWord> arguments) {
        for (Node.Redirect redirect : node.redirects) {
            if (redirect.operator.equals("<")) {
                return state.leaveOut(node, "place-file", Characters.cut(redirect.target.toString(), 40));
            }
        }
        Expansion all;
        try {
            all = Expansion.of(arguments, state.variables);
        } catch (ShellError e) {
            return state.leaveOut(node, e.message, strictForm(program, arguments));
        }
        if (all.texts.contains("...")) { return state.leaveOut(node, "place"); }
        boolean argument = state.variables.assumed && all.texts.contains("start");
        if (argument && !Words.join(arguments, " ").contains("start")) { return state.leaveOut(node, "argument"); }
        List<String> words = new ArrayList<>(first);
        List<String> named = Quoting.words(first);
        words.addAll(all.texts);
        named.addAll(all.named);
        if (lacksAddress(node.line, words)) { return ExitStatus.UNKNOWN; }
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            boolean list =
                    option.length() < 6 && (option.startsWith("-n") || option.startsWith("-v")) && option.endsWith("L")
                            || ShellWord.isOneOf(option, "-L", "-S", "--list", "--list-rules");
            if (list || ShellWord.isOneOf(option, "-C", "--check")) {
                lines.note(node.line, list ? "lists" : "tests");
                // as those, -Z fails if the chain is missing, and -D if the rule is
                words.set(i, list ? "-Z" : "-D");
                String question = String.valueOf(text(program, words));
                return lines.muted > 0 ? ExitStatus.UNKNOWN : ExitStatus.of(state.error(question) == null);
            }
        }
        if (verb(words) == 0 && !Collections.disjoint(words, HELP)) { return state.note(node, "no-rule"); }
        String target = valueOf("-j", "--jump", words);
        boolean nat = words.contains("PREROUTING") || words.contains("POSTROUTING");
        if (nat && RuleText.NAT_TARGETS.contains(target) && table(words).equals("filter")) {
            // iptables refuses this without -t, and only one table has these chains and targets
            words.addAll(0, Arrays.asList("-t", "nat"));
            named.addAll(0, Arrays.asList("-t", "nat"));
            lines.note(node.line, "nat", target);
        }
        add(node.line, node.end, program, words, named, false);
        // the box's iptables may take a rule that is refused here
        boolean rule = "AIRP".indexOf(verb(words)) >= 0;
        if (lines.muted > 0) { return rule ? ExitStatus.TRUE : ExitStatus.UNKNOWN; }
        SyntaxError error = state.error(null);
        if (error != null) { Output.leaveOut(state.out.get(state.out.size() - 1), error, state); }
        return error == null ? ExitStatus.TRUE : rule ? ExitStatus.UNKNOWN : ExitStatus.FALSE;
    }

    /** Adds a rule of a dump. */
    void addSaved(int line, String program, List<String> words) {
        if (!lacksAddress(line, words)) { add(line, line, program, words, Quoting.words(words), true); }
    }

    /** The rule with a sign in place of each unknown value, so that {@link Output} removes its option. */
    private String strictForm(String program, List<ShellWord> arguments) {
        List<String> words = new ArrayList<>();
        for (ShellWord word : arguments) {
            try {
                words.addAll(Quoting.words(Expansion.of(Arrays.asList(word), state.variables).texts));
            } catch (ShellError e) {
                boolean known = e.boxName != null && word.pieces.size() == 1;
                words.add(known ? Quoting.word(Quoting.mark(e.boxName.substring(1))) : "`");
            }
        }
        return program + " " + Words.join(words, " ");
    }

    /** The command as a line of the ruleset; null if a word has control characters. */
    static String text(String program, List<String> words) {
        for (String word : words) {
            if (!Characters.isText(word)) { return null; }
        }
        return program + (words.isEmpty() ? "" : " ") + Words.join(Quoting.words(words), " ");
    }

    /** The value of {@code -t nat}, {@code -tnat}, {@code --table nat} or {@code --table=nat}; null for none. */
    private static String valueOf(String letter, String name, List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (ShellWord.isOneOf(word, letter, name)) { return i + 1 < words.size() ? words.get(i + 1) : null; }
            if (word.startsWith(name + "=")) { return word.substring(name.length() + 1); }
            if (word.startsWith(letter) && word.length() > 4) { return word.substring(2); }
        }
        return null;
    }

    private static String table(List<String> words) {
        String table = valueOf("-t", "--table", words);
        return table == null ? "filter" : table;
    }

    /** F, X or Z for an iptables command that only empties tables, removes chains or resets counters; else 0. */
    static char emptying(Node command, ShellState state) {
        boolean iptables = RuleText.isIptables(command.program()) && !state.functions.containsKey(command.commandName())
                && command.redirects.isEmpty();
        List<String> words = new ArrayList<>();
        for (ShellWord word : command.words) {
            words.add(word.toString());
        }
        char verb = verb(words);
        return iptables && "FXZ".indexOf(verb) >= 0 ? verb : 0;
    }

    /** The letter of the command among the options; 0 for none. */
    private static char verb(List<String> words) {
        for (String word : words) {
            int known = LONG.indexOf(word.indexOf('=') > 0 ? word.substring(0, word.indexOf('=')) : word);
            if (known >= 0) { return LETTERS.charAt(known); }
            if (word.length() > 1 && word.charAt(0) == '-' && LETTERS.indexOf(word.charAt(1)) >= 0) {
                return word.charAt(1);
            }
        }
        return 0;
    }

    private void add(int line, int end, String program, List<String> words, List<String> named, boolean saved) {
        for (int i = 0; i + 1 < words.size(); i++) {
            String value = words.get(i + 1);
            int limit = words.get(i).equals("--log-prefix") ? LOG_PREFIX
                    : words.get(i).equals("--nflog-prefix") ? NFLOG_PREFIX : Integer.MAX_VALUE;
            if (value.length() > limit && !Quoting.isMarked(value)) {
                words.set(i + 1, value.substring(0, limit));
                lines.note(line, "text-cut", words.get(i), limit);
                named.clear();
                named.addAll(Quoting.words(words));
            }
        }
        String text = text(program, words);
        if (text == null) {
            state.leaveOut(line, "control");
            return;
        }
        OutputLine out = new OutputLine(line, text, program + " " + Words.join(named, " "));
        out.verb = verb(words);
        out.table = program + " " + table(words);
        out.saved = saved;
        state.add(out);
        lines.mark(line, end, SourceLines.TAKEN);
        lines.mark(line, end, SourceLines.BUILT);
        for (int i = words.indexOf("set") + 1; i > 0 && i + 1 < words.size(); i++) {
            boolean matches = ShellWord.isOneOf(words.get(i), "--match-set", "--set");
            if (matches && !lines.sets.containsKey(words.get(i + 1))) { lines.sets.put(words.get(i + 1), line); }
        }
    }

    /** Leaves out a rule with an -s or -d without a value, with a remark on each; false if it has none. */
    private boolean lacksAddress(int line, List<String> words) {
        boolean lacks = false;
        for (int i = 0; i < words.size(); i++) {
            if (RuleText.lacksAddress(words, i)) {
                String[] message = lines.message(line, "no-address", words.get(i),
                        Messages.missingAddress(words, i, lines.text(line)));
                lines.remark(line, message, false);
                if (!lacks) { state.comment(line, message[0], null); }
                lacks = true;
            }
        }
        return lacks;
    }
}
