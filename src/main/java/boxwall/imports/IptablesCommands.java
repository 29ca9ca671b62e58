package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Letters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** iptables and ip6tables commands of a script, and the lines of dumps that stand for one. */
final class IptablesCommands {
    /** The commands of iptables: their letters, and their long names, of which -N has two. */
    private static final String LETTERS = "AIDRNXFPEZLSCN";
    private static final List<String> LONG =
            Arrays.asList("--append", "--insert", "--delete", "--replace", "--new-chain", "--delete-chain", "--flush",
                    "--policy", "--rename-chain", "--zero", "--list", "--list-rules", "--check", "--new");
    private static final List<String> RULE_PARTS = Arrays.asList("-A", "-I", "-R", "-D", "-N", "-P", "-t", "-j", "-g",
            "-m", "-p", "--append", "--insert", "--jump", "--table", "--match", "--protocol");
    private static final List<String> HELP = Arrays.asList("-V", "--version", "-h", "--help");

    private final ShellState state;
    private final SourceLines lines;

    IptablesCommands(ShellState state) {
        this.state = state;
        this.lines = state.lines;
    }

    /** One command. {@code first} holds words that came with the program's name ({@code IPT="iptables -w"}). */
    ExitStatus run(Node node, String program, List<String> first, List<ShellWord> rest) {
        for (Node.Redirect redirect : node.redirects) {
            if (redirect.operator.equals("<")) {
                return state.left(node, "place-file", Quoting.cut(redirect.target.toString(), 40));
            }
        }
        Expansion all;
        try {
            all = Expansion.of(rest, state.variables);
        } catch (ShellError e) {
            return state.left(node, e, known(program, rest));
        }
        if (all.texts.contains("...")) { return state.left(node, "place"); }
        List<String> words = new ArrayList<>(first);
        List<String> named = Quoting.words(first);
        words.addAll(all.texts);
        named.addAll(all.named);
        if (addresses(node.line, words)) { return ExitStatus.UNKNOWN; }
        char verb = verb(words);
        boolean adds = RuleText.holds(program + " " + Words.join(words, " "));
        Set<String> present = state.present;
        if ((verb == 'L' || verb == 'S' || verb == 'C') && !adds) {
            lines.note(node.line, verb == 'C' ? "tests" : "lists");
            String chain = behind(words, "-L") == null ? behind(words, "-S") : behind(words, "-L");
            return ExitStatus.of(verb == 'C' ? present.contains(key(program, words))
                    : chain == null || RuleText.BUILTIN.contains(chain)
                            || present.contains(program + " " + table(words) + " -N " + chain));
        }
        if (verb == 0 && !Collections.disjoint(words, HELP)) { return state.noted(node, "no-rule"); }
        String target = behind(words, "-j");
        boolean nat = words.contains("PREROUTING") || words.contains("POSTROUTING");
        if (nat && RuleText.NAT_TARGETS.contains(target) && table(words).equals("filter")) {
            // no iptables takes that without -t, and there is one table that was meant
            words.addAll(0, Arrays.asList("-t", "nat"));
            named.addAll(0, Arrays.asList("-t", "nat"));
            lines.note(node.line, "nat", target);
        }
        add(node.line, node.end, program, words, named, false);
        return ExitStatus.of(verb != 'D' || present.remove(key(program, words)));
    }

    /** A rule of a dump, in words. */
    void saved(int line, String program, List<String> words) {
        List<String> named = Quoting.words(words);
        if (!addresses(line, words)) { add(line, line, program, words, named, true); }
    }

    /**
     * A rule without the options whose values aren't known: it matches at least what the rule would; null when its
     * chain or target isn't known.
     */
    private String known(String program, List<ShellWord> rest) {
        List<String> words = new ArrayList<>();
        for (ShellWord word : rest) {
            try {
                words.addAll(Expansion.of(Arrays.asList(word), state.variables).texts);
            } catch (ShellError e) {
                if (e.meant != null && word.pieces.size() == 1) {
                    words.add(Quoting.mark(e.meant.substring(1)));
                    continue;
                }
                int last = words.size() - 1;
                String option = last < 0 ? "" : words.get(last);
                if (!option.startsWith("-") || RULE_PARTS.contains(option)) { return null; }
                words.remove(last);
                if (last > 0 && words.get(last - 1).equals("!")) { words.remove(last - 1); }
            }
        }
        return text(program, words);
    }

    /** Null when a word has control characters. */
    static String text(String program, List<String> words) {
        for (String word : words) {
            if (!Letters.isText(word)) { return null; }
        }
        return program + (words.isEmpty() ? "" : " ") + Words.join(Quoting.words(words), " ");
    }

    /** The word behind an option, when it is none itself; else null. */
    private static String behind(List<String> words, String option) {
        int at = words.indexOf(option) + 1;
        return at > 0 && at < words.size() && !words.get(at).startsWith("-") ? words.get(at) : null;
    }

    /**
     * A rule as a text that is the same for the same rule: inserting, testing and deleting count as appending, without
     * the place of -I and the seconds of -w.
     */
    private static String key(String program, List<String> words) {
        StringBuilder key = new StringBuilder(program).append(' ').append(table(words));
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean place = Words.isNumber(word) && (i > 1 && words.get(i - 2).equals("-I")
                    || i > 0 && ShellWord.isOf(words.get(i - 1), "-I", "-w"));
            if (word.equals("-t")) {
                i++;
            } else if (!place && !word.equals("-w")) {
                key.append(' ').append(ShellWord.isOf(word, "-C", "-D", "-I") ? "-A" : word);
            }
        }
        return key.toString();
    }

    /** {@code -t nat}, {@code -tnat}, {@code --table nat} or {@code --table=nat}. */
    private static String table(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if ((word.equals("-t") || word.equals("--table")) && i + 1 < words.size()) { return words.get(i + 1); }
            if (word.startsWith("--table=")) { return word.substring(8); }
            if (word.startsWith("-t") && !word.startsWith("-t=") && word.length() > 4) { return word.substring(2); }
        }
        return "filter";
    }

    /** The command's letter, 0 for none. */
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
            // libipt_LOG.c and libxt_NFLOG.c cut these silently
            int limit = words.get(i).equals("--log-prefix") ? 29 : 63;
            boolean cut = limit == 29 || words.get(i).equals("--nflog-prefix");
            if (cut && value.length() > limit && !Quoting.isMarked(value)) {
                words.set(i + 1, value.substring(0, limit));
                lines.note(line, "text-cut", words.get(i), limit);
                named.clear();
                named.addAll(Quoting.words(words));
            }
        }
        String text = text(program, words);
        if (text == null) {
            state.leave(line, "control");
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
            boolean asks = ShellWord.isOf(words.get(i), "--match-set", "--set");
            if (asks && !lines.sets.containsKey(words.get(i + 1))) { lines.sets.put(words.get(i + 1), line); }
        }
    }

    /** Remarks on each -s and -d without a value; true if there was one. */
    private boolean addresses(int line, List<String> words) {
        boolean missing = false;
        for (int i = 0; i < words.size(); i++) {
            if (RuleText.isWithoutAddress(words, i)) {
                String[] texts =
                        Messages.of("", "no-address", words.get(i), Messages.address(words, i, lines.text(line)));
                lines.remark(line, texts, false);
                if (!missing) { state.leftLine(line, texts[0], null); }
                missing = true;
            }
        }
        return missing;
    }
}
