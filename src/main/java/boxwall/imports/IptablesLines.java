package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** iptables and ip6tables commands of a script, and here-documents for iptables-restore. */
final class IptablesLines {
    private static final List<String> COMMANDS = Arrays.asList("--append", "-A", "--insert", "-I", "--delete", "-D",
            "--replace", "-R", "--new-chain", "-N", "--new", "-N", "--delete-chain", "-X", "--flush", "-F", "--policy",
            "-P", "--rename-chain", "-E", "--zero", "-Z", "--list", "-L", "--list-rules", "-S", "--check", "-C");
    private static final List<String> RULE_PARTS = Arrays.asList("-A", "-I", "-R", "-D", "-N", "-P", "-t", "-j", "-g",
            "-m", "-p", "--append", "--insert", "--jump", "--table", "--match", "--protocol");
    /** Texts that iptables cuts silently at a length (libipt_LOG.c, libxt_NFLOG.c): the option, bytes. */
    private static final List<String> CUT = Arrays.asList("--log-prefix", "29", "--nflog-prefix", "63");
    private static final Set<String> NAT_TARGETS =
            new HashSet<String>(Arrays.asList("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP"));

    private final Walk walk;
    /**
     * Rules and chains that are there at this point of the script, as texts: what {@code -C} and {@code -D} ask for.
     */
    private Set<String> present = new HashSet<String>();
    private final List<Set<String>> outer = new ArrayList<Set<String>>();

    IptablesLines(Walk walk) { this.walk = walk; }

    /** What is played through for what it might do leaves nothing behind. */
    void perhaps(boolean begins) {
        if (begins) {
            outer.add(new HashSet<String>(present));
        } else {
            present = outer.remove(outer.size() - 1);
        }
    }

    static boolean isProgram(String name) { return program(name) != null; }

    /** The ruleset language's name for a program, or null. */
    static String program(String name) {
        switch (name) {
            case "iptables" :
            case "iptables-legacy" :
                return "iptables";
            case "ip6tables" :
            case "ip6tables-legacy" :
                return "ip6tables";
            case "ip46tables" :
                return name;
            default :
                return null;
        }
    }

    /** One command. {@code first} holds words that came with the program's name ({@code IPT="iptables -w"}). */
    Answer run(Node node, String program, List<String> first, List<ShellWord> rest) {
        for (Redirect redirect : node.redirects) {
            if (redirect.isInput() && redirect.operator.equals("<")) {
                walk.leftOut.left(node,
                        "a place to fill in, or a file to read: <" + Show.plain(redirect.target.toString(), 40),
                        "write the value itself");
                return Answer.UNKNOWN;
            }
        }
        Expansion all;
        try {
            all = Expansion.of(rest, walk.scope);
        } catch (Undecided e) {
            walk.leftOut.left(node, e.getMessage(), e.todo(), known(program, rest));
            return Answer.UNKNOWN;
        }
        if (all.texts.contains("...")) {
            walk.leftOut.left(node, "a place to fill in: ...", "write the rule itself");
            return Answer.UNKNOWN;
        }
        List<String> words = new ArrayList<String>(first.subList(1, first.size()));
        List<String> named = new ArrayList<String>();
        for (String word : words) {
            named.add(Quote.word(word));
        }
        words.addAll(all.texts);
        named.addAll(all.named);
        return line(node, program, words, named);
    }

    /**
     * A rule without the options whose values aren't known: it matches at least what the rule would; null when its
     * chain or target isn't known.
     */
    private String known(String program, List<ShellWord> rest) {
        List<String> words = new ArrayList<String>();
        for (ShellWord word : rest) {
            try {
                words.addAll(Expansion.of(Arrays.asList(word), walk.scope).texts);
            } catch (Undecided e) {
                if (e.meant() != null && word.pieces.size() == 1) {
                    words.add(Quote.mark(e.meant().substring(1)));
                    continue;
                }
                int last = words.size() - 1;
                String option = last < 0 ? "" : words.get(last);
                boolean matches = option.startsWith("-") && !RULE_PARTS.contains(option);
                if (!matches) { return null; }
                words.remove(last);
                if (last > 0 && words.get(last - 1).equals("!")) { words.remove(last - 1); }
            }
        }
        return text(program, words);
    }

    private static String text(String program, List<String> words) {
        StringBuilder text = new StringBuilder(program);
        for (String word : words) {
            if (!Quote.fits(word)) { return null; }
            text.append(' ').append(Quote.word(word));
        }
        return text.toString();
    }

    private Answer line(Node node, String program, List<String> words, List<String> named) {
        if (addresses(node, words)) { return Answer.UNKNOWN; }
        char verb = verb(words);
        boolean adds = RuleText.holds(program + " " + Expansion.join(words));
        if ((verb == 'L' || verb == 'S' || verb == 'C') && !adds) {
            boolean builtin = words.size() < 2 || !isPlain(words, "-L") && !isPlain(words, "-S") && verb != 'C';
            walk.ledger.remark(node.line, verb == 'C' ? "tests for a rule" : "lists rules", "nothing to do", true);
            String asked = program + " " + key(words).replaceFirst("-C", "-A");
            return verb == 'C' ? Answer.of(present.contains(asked)) : builtin ? Answer.YES
                    : Answer.of(isChain(program, words));
        }
        if (verb == 0 && (words.contains("-V") || words.contains("--version") || words.contains("-h")
                || words.contains("--help"))) {
            walk.ledger.remark(node.line, "builds no rule", "nothing to do", true);
            return Answer.YES;
        }
        natTable(node, words, named);
        cut(node.line, words, named);
        emit(node.line, node.end, program, words, named, verb, false);
        return verb == 'D' && !forget(program, words) ? Answer.NO : Answer.YES;
    }

    private static boolean isPlain(List<String> words, String option) {
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() && !words.get(at + 1).startsWith("-");
    }

    private boolean isChain(String program, List<String> words) {
        int at = Math.max(words.indexOf("-L"), words.indexOf("-S"));
        String chain = words.get(at + 1);
        return chain.matches("INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING")
                || present.contains(program + " " + table(words) + " -N " + chain);
    }

    private boolean forget(String program, List<String> words) {
        return present.remove(program + " " + key(words).replaceFirst("-D", "-A"));
    }

    /** A rule as a text that is the same for the same rule: an insert counts as an append. */
    private static String key(List<String> words) {
        return (table(words) + " "
                + Expansion.join(words).replaceAll("-t [a-z]+ ?", "").replaceAll("(^| )-w( \\d+)?", "").trim())
                .replaceFirst("-I (\\S+)( \\d+)?", "-A $1");
    }

    static String table(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if ((words.get(i).equals("-t") || words.get(i).equals("--table")) && i + 1 < words.size()) {
                return words.get(i + 1);
            }
            if (words.get(i).startsWith("--table=")
                    || words.get(i).startsWith("-t") && !words.get(i).startsWith("-t=") && words.get(i).length() > 4) {
                return words.get(i).replaceFirst("--table=|-t", "");
            }
        }
        return "filter";
    }

    /** The command's letter, 0 for none. */
    static char verb(List<String> words) {
        for (String word : words) {
            int known = COMMANDS.indexOf(word.indexOf('=') > 0 ? word.substring(0, word.indexOf('=')) : word);
            if (known >= 0) { return COMMANDS.get(known % 2 == 0 ? known + 1 : known).charAt(1); }
            if (word.length() > 1 && word.charAt(0) == '-' && word.charAt(1) != '-') {
                for (int i = 1; i < word.length() && "AIDRNXFPEZLSC".indexOf(word.charAt(1)) >= 0
                        || i < word.length() && "nvx".indexOf(word.charAt(i)) >= 0; i++) {
                    if ("AIDRNXFPEZLSC".indexOf(word.charAt(i)) >= 0) { return word.charAt(i); }
                }
            }
        }
        return 0;
    }

    private void emit(int line, int end, String program, List<String> words, List<String> named, char verb,
            boolean saved) {
        String text = text(program, words);
        if (text == null) {
            walk.ledger.remark(line, "a control character in a rule", "remove it", false);
            walk.leftLine(line, "a control character in a rule");
            return;
        }
        OutLine out = OutLine.of(line, text, program + " " + Expansion.join(named));
        out.verb = verb;
        out.table = program + " " + table(words);
        out.saved = saved;
        walk.add(out);
        walk.ledger.taken(line, end);
        walk.ledger.built(line, end);
        for (int i = words.indexOf("set") + 1; i > 0 && i + 1 < words.size(); i++) {
            boolean asks = words.get(i).equals("--match-set") || words.get(i).equals("--set");
            if (asks && !walk.ledger.sets.containsKey(words.get(i + 1))) {
                walk.ledger.sets.put(words.get(i + 1), line);
            }
        }
        if (verb == 'N') {
            present.add(program + " " + table(words) + " -N " + words.get(words.size() - 1));
        } else if (verb == 'A' || verb == 'I') { present.add(program + " " + key(words)); }
    }

    private void cut(int line, List<String> words, List<String> named) {
        for (int i = 0; i + 1 < words.size(); i++) {
            int known = CUT.indexOf(words.get(i));
            int limit = known < 0 ? 0 : Integer.parseInt(CUT.get(known + 1));
            String value = words.get(i + 1);
            if (known >= 0 && value.length() > limit && !Quote.isMarked(value)) {
                words.set(i + 1, value.substring(0, limit));
                walk.ledger.remark(line, words.get(i) + " is cut to " + limit + " characters, as iptables does",
                        "choose a shorter one if its end counts", true);
                named.clear();
                for (String word : words) {
                    named.add(Quote.word(word));
                }
            }
        }
    }

    /** {@code -A PREROUTING … -j DNAT} without -t: no iptables takes that, and there is one table that was meant. */
    private void natTable(Node node, List<String> words, List<String> named) {
        int jump = words.indexOf("-j");
        boolean nat = jump >= 0 && jump + 1 < words.size() && NAT_TARGETS.contains(words.get(jump + 1));
        boolean chain = words.contains("PREROUTING") || words.contains("POSTROUTING");
        if (nat && chain && table(words).equals("filter")) {
            words.addAll(0, Arrays.asList("-t", "nat"));
            named.addAll(0, Arrays.asList("-t", "nat"));
            walk.ledger.remark(node.line, "taken with -t nat: " + words.get(jump + 3) + " works in no other table",
                    "nothing to do", true);
        }
    }

    /** Remarks on each -s and -d without a value; true if there was one. */
    private boolean addresses(Node node, List<String> words) {
        boolean missing = false;
        for (int i = 0; i < words.size(); i++) {
            if (MissingAddress.at(words, i)) {
                String what = "address missing after " + words.get(i);
                walk.ledger.remark(node.line, what, MissingAddress.suggest(words, i, walk.ledger.source(node.line)),
                        false);
                if (!missing) { walk.leftLine(node.line, what, null); }
                missing = true;
            }
        }
        if (missing) { walk.ledger.structure(node.line, node.end); }
        return missing;
    }

    /** A here-document for iptables-restore; from a file or a pipe nothing can be read here. */
    Answer restore(Node node, boolean six, List<Redirect> redirects, List<ShellWord> options) {
        Redirect here = null;
        for (Redirect redirect : redirects) {
            here = redirect.isHere() ? redirect : here;
        }
        if (here == null) {
            walk.leftOut.left(node,
                    "iptables-restore reads a file, and no file is opened here: " + walk.ledger.shown(node.line),
                    "import that file too: boxwall import FILE");
            return Answer.UNKNOWN;
        }
        boolean adds = false;
        for (ShellWord option : options) {
            adds |= "-n".equals(option.plain()) || "--noflush".equals(option.plain());
        }
        SaveDump dump = new SaveDump(walk, six ? 6 : 4, adds);
        for (int i = 0; i < here.body.size(); i++) {
            int line = here.bodyLine + i;
            String text = here.body.get(i);
            try {
                dump.line(line,
                        here.expand ? Expansion.single(ShellLexer.hereLine(text, line), walk.scope, false) : text);
            } catch (Undecided e) {
                dump.refuse(line, e.getMessage(), e.todo());
            } catch (ShellSyntax e) {
                dump.refuse(line, e.getMessage(), "write it without a shell's signs");
            }
        }
        dump.end();
        for (ShellWord option : options) {
            walk.ledger.structure(option.line, option.line);
        }
        walk.ledger.taken(node.line, node.line);
        walk.ledger.structure(node.line, here.bodyLine + here.body.size());
        return Answer.YES;
    }

    /** A line of the ruleset language itself: keep, own, expect. */
    Answer own(Node node, String name, List<ShellWord> rest) {
        try {
            Expansion all = Expansion.of(rest, walk.scope);
            StringBuilder text = new StringBuilder(name);
            boolean fits = true;
            for (String word : all.texts) {
                text.append(' ').append(Quote.word(word));
                fits &= Quote.fits(word);
            }
            if (!fits) {
                walk.leftOut.left(node, "a control character", "remove it");
                return Answer.UNKNOWN;
            }
            walk.add(OutLine.of(node.line, text.toString(), name + " " + Expansion.join(all.named)));
            walk.ledger.taken(node.line, node.end);
            return Answer.YES;
        } catch (Undecided e) {
            walk.leftOut.left(node, e.getMessage(), e.todo());
            return Answer.UNKNOWN;
        }
    }

    /** A rule of a dump, in words. */
    void saved(int line, String program, List<String> words) {
        List<String> named = new ArrayList<String>();
        for (String word : words) {
            named.add(Quote.word(word));
        }
        Node node = new Node(Node.Kind.SIMPLE, line);
        cut(line, words, named);
        if (!addresses(node, words)) { emit(line, line, program, words, named, verb(words), true); }
    }
}
