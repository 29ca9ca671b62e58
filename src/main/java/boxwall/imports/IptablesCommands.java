package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Characters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Converts iptables and ip6tables commands of a script, and the lines of a dump. */
final class IptablesCommands {
    /** The commands of iptables by letter and by long name; -N has two. */
    private static final String LETTERS = "AIDRNXFPEZLSCN";
    private static final List<String> LONG =
            Arrays.asList("--append", "--insert", "--delete", "--replace", "--new-chain", "--delete-chain", "--flush",
                    "--policy", "--rename-chain", "--zero", "--list", "--list-rules", "--check", "--new");
    /** Options without whose value a rule cannot be read. */
    private static final List<String> REQUIRED = Arrays.asList("-A", "-I", "-R", "-D", "-N", "-P", "-t", "-j", "-g",
            "-m", "-p", "--append", "--insert", "--jump", "--table", "--match", "--protocol");
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
        String chain = null;
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            boolean list = option.length() < 6 && (option.startsWith("-n") || option.startsWith("-v"));
            if (list && option.endsWith("L")) { words.set(i, "-L"); }
            chain = ShellWord.isOneOf(words.get(i), "-L", "-S", "-F") ? valueOf(words.get(i), words) : chain;
        }
        char verb = verb(words);
        Set<String> present = state.present;
        boolean exists = chain == null || RuleText.BUILTIN.contains(chain)
                || present.contains(program + " " + table(words) + " -N " + chain);
        if ("LSC".indexOf(verb) >= 0 && !RuleText.hasRule(program + " " + Words.join(words, " "))) {
            lines.note(node.line, verb == 'C' ? "tests" : "lists");
            return ExitStatus.of(verb == 'C' ? present.contains(key(program, words)) : exists);
        }
        if (verb == 0 && !Collections.disjoint(words, HELP)) { return state.note(node, "no-rule"); }
        String target = valueOf("-j", words);
        boolean nat = words.contains("PREROUTING") || words.contains("POSTROUTING");
        if (nat && RuleText.NAT_TARGETS.contains(target) && table(words).equals("filter")) {
            // iptables refuses this without -t, and only one table has these chains and targets
            words.addAll(0, Arrays.asList("-t", "nat"));
            named.addAll(0, Arrays.asList("-t", "nat"));
            lines.note(node.line, "nat", target);
        }
        add(node.line, node.end, program, words, named, false);
        return ExitStatus.of(verb == 'D' ? present.remove(key(program, words)) : exists);
    }

    /** Adds a rule of a dump. */
    void addSaved(int line, String program, List<String> words) {
        if (!lacksAddress(line, words)) { add(line, line, program, words, Quoting.words(words), true); }
    }

    /**
     * The rule without the options whose values are unknown, so that it matches at least the same packets; null if its
     * chain or target is unknown.
     */
    private String strictForm(String program, List<ShellWord> arguments) {
        List<String> words = new ArrayList<>();
        for (ShellWord word : arguments) {
            try {
                words.addAll(Expansion.of(Arrays.asList(word), state.variables).texts);
            } catch (ShellError e) {
                if (e.boxName != null && word.pieces.size() == 1) {
                    words.add(Quoting.mark(e.boxName.substring(1)));
                    continue;
                }
                int last = words.size() - 1;
                String option = last < 0 ? "" : words.get(last);
                if (!option.startsWith("-") || REQUIRED.contains(option)) { return null; }
                words.remove(last);
                if (last > 0 && words.get(last - 1).equals("!")) { words.remove(last - 1); }
            }
        }
        return text(program, words);
    }

    /** The command as a line of the ruleset; null if a word has control characters. */
    static String text(String program, List<String> words) {
        for (String word : words) {
            if (!Characters.isText(word)) { return null; }
        }
        return program + (words.isEmpty() ? "" : " ") + Words.join(Quoting.words(words), " ");
    }

    /** The word after an option; null if there is none or it is an option, too. */
    private static String valueOf(String option, List<String> words) {
        int at = words.indexOf(option) + 1;
        return at > 0 && at < words.size() && !words.get(at).startsWith("-") ? words.get(at) : null;
    }

    /**
     * A text that is equal for equal rules, whether a command appends, inserts, checks or deletes them: without the
     * position of -I and the seconds of -w.
     */
    private static String key(String program, List<String> words) {
        StringBuilder key = new StringBuilder(program).append(' ').append(table(words));
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean number = Words.isNumber(word) && (i > 1 && words.get(i - 2).equals("-I")
                    || i > 0 && ShellWord.isOneOf(words.get(i - 1), "-I", "-w"));
            if (word.equals("-t")) {
                i++;
            } else if (!number && !word.equals("-w")) {
                key.append(' ').append(ShellWord.isOneOf(word, "-C", "-D", "-I") ? "-A" : word);
            }
        }
        return key.toString();
    }

    /** {@code -t nat}, {@code -tnat}, {@code --table nat} or {@code --table=nat}. */
    private static String table(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (ShellWord.isOneOf(word, "-t", "--table") && i + 1 < words.size()) { return words.get(i + 1); }
            if (word.startsWith("--table=")) { return word.substring(8); }
            if (word.startsWith("-t") && !word.startsWith("-t=") && word.length() > 4) { return word.substring(2); }
        }
        return "filter";
    }

    /** F, X or Z for an iptables command that only empties tables, removes chains or resets counters; else 0. */
    static char emptying(Node command, ShellState state) {
        ShellWord first = command.command();
        List<String> words = new ArrayList<>();
        for (ShellWord word : command.words) {
            words.add(word.toString());
        }
        try {
            List<String> name = first == null ? Collections.<String>emptyList()
                    : Expansion.of(Collections.singletonList(first), state.variables).texts;
            boolean iptables = name.size() == 1 && RuleText.program(ShellWord.baseName(name.get(0))) != null
                    && !state.functions.containsKey(name.get(0)) && command.redirects.isEmpty();
            return iptables && "FXZ".indexOf(verb(words)) >= 0 ? verb(words) : 0;
        } catch (ShellError e) {
            return 0;
        }
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
        if (out.verb == 'N') {
            state.present.add(out.table + " -N " + words.get(words.size() - 1));
        } else if (out.verb == 'A' || out.verb == 'I') { state.present.add(key(program, words)); }
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
