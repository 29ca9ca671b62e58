package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** iptables and ip6tables commands of a script, and here-documents for iptables-restore. */
final class IptablesLines {
    private static final List<String> COMMANDS = Arrays.asList("--append", "-A", "--insert", "-I", "--delete", "-D", "--replace", "-R", "--new-chain", "-N", "--new", "-N",
            "--delete-chain", "-X", "--flush", "-F", "--policy", "-P", "--rename-chain", "-E", "--zero", "-Z", "--list", "-L", "--list-rules", "-S", "--check", "-C");
    private static final Set<String> NAT_TARGETS = new HashSet<String>(Arrays.asList("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP"));

    private final Walk walk;
    /** Rules and chains that are there at this point of the script, as texts: what {@code -C} and {@code -D} ask for. */
    private final Set<String> present = new HashSet<String>();

    IptablesLines(Walk walk) {
        this.walk = walk;
    }

    static boolean isProgram(String name) {
        return program(name) != null;
    }

    /** The ruleset language's name for a program, or null. */
    static String program(String name) {
        switch (name) {
            case "iptables":
            case "iptables-legacy":
                return "iptables";
            case "ip6tables":
            case "ip6tables-legacy":
                return "ip6tables";
            case "ip46tables":
                return name;
            default:
                return null;
        }
    }

    /** One command. {@code first} holds words that came with the program's name ({@code IPT="iptables -w"}). */
    Answer run(Node node, String program, List<String> first, List<ShellWord> rest) {
        for (Redirect redirect : node.redirects) {
            if (redirect.isInput() && redirect.operator.equals("<")) {
                walk.leftOut.left(node, "a place to fill in, or a file to read: <" + Show.plain(redirect.target.toString(), 40), "write the value itself");
                return Answer.UNKNOWN;
            }
        }
        Expansion all;
        try {
            all = Expansion.of(rest, walk.scope);
        } catch (Undecided e) {
            walk.leftOut.left(node, e.getMessage(), e.todo());
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

    private Answer line(Node node, String program, List<String> words, List<String> named) {
        if (addresses(node, words)) {
            return Answer.UNKNOWN;
        }
        char verb = verb(words);
        if (verb == 'L' || verb == 'S' || verb == 'C') {
            boolean builtin = words.size() < 2 || !isPlain(words, "-L") && !isPlain(words, "-S") && verb != 'C';
            walk.ledger.remark(node.line, verb == 'C' ? "asks for a rule" : "lists rules", "nothing to do", true);
            String asked = program + " " + key(words).replaceFirst("-C", "-A");
            return verb == 'C' ? Answer.of(present.contains(asked)) : builtin ? Answer.YES : Answer.of(isChain(program, words));
        }
        if (verb == 0 && (words.contains("-V") || words.contains("--version") || words.contains("-h") || words.contains("--help"))) {
            walk.ledger.remark(node.line, "builds no rule", "nothing to do", true);
            return Answer.YES;
        }
        natTable(node, words, named);
        emit(node.line, node.end, program, words, named, verb);
        return verb == 'D' && !forget(program, words) ? Answer.NO : Answer.YES;
    }

    private static boolean isPlain(List<String> words, String option) {
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() && !words.get(at + 1).startsWith("-");
    }

    private boolean isChain(String program, List<String> words) {
        int at = Math.max(words.indexOf("-L"), words.indexOf("-S"));
        String chain = words.get(at + 1);
        return chain.matches("INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING") || present.contains(program + " " + table(words) + " -N " + chain);
    }

    private boolean forget(String program, List<String> words) {
        return present.remove(program + " " + key(words).replaceFirst("-D", "-A"));
    }

    /** A rule as a text that is the same for the same rule: an insert counts as an append. */
    private static String key(List<String> words) {
        return (table(words) + " " + Expansion.join(words).replaceAll("-t [a-z]+ ?", "").replaceAll("(^| )-w( \\d+)?", "").trim()).replaceFirst("-I (\\S+)( \\d+)?", "-A $1");
    }

    static String table(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if ((words.get(i).equals("-t") || words.get(i).equals("--table")) && i + 1 < words.size()) {
                return words.get(i + 1);
            }
            if (words.get(i).startsWith("--table=") || words.get(i).startsWith("-t") && !words.get(i).startsWith("-t=") && words.get(i).length() > 4) {
                return words.get(i).replaceFirst("--table=|-t", "");
            }
        }
        return "filter";
    }

    /** The command's letter, 0 for none. */
    static char verb(List<String> words) {
        for (String word : words) {
            int known = COMMANDS.indexOf(word.indexOf('=') > 0 ? word.substring(0, word.indexOf('=')) : word);
            if (known >= 0) {
                return COMMANDS.get(known % 2 == 0 ? known + 1 : known).charAt(1);
            }
            if (word.length() > 1 && word.charAt(0) == '-' && word.charAt(1) != '-') {
                for (int i = 1; i < word.length() && "AIDRNXFPEZLSC".indexOf(word.charAt(1)) >= 0 || i < word.length() && "nvx".indexOf(word.charAt(i)) >= 0; i++) {
                    if ("AIDRNXFPEZLSC".indexOf(word.charAt(i)) >= 0) {
                        return word.charAt(i);
                    }
                }
            }
        }
        return 0;
    }

    private void emit(int line, int end, String program, List<String> words, List<String> named, char verb) {
        StringBuilder text = new StringBuilder(program);
        boolean fits = true;
        for (String word : words) {
            text.append(' ').append(Quote.word(word));
            fits &= Quote.fits(word);
        }
        if (!fits) {
            walk.ledger.remark(line, "a control character in a rule", "remove it", false);
            walk.leftLine(line, "a control character in a rule");
            return;
        }
        OutLine out = OutLine.of(line, text.toString(), program + " " + Expansion.join(named));
        out.verb = verb;
        out.table = program + " " + table(words);
        walk.add(out);
        walk.ledger.taken(line, end);
        if (verb == 'N') {
            present.add(program + " " + table(words) + " -N " + words.get(words.size() - 1));
        } else if (verb == 'A' || verb == 'I') {
            present.add(program + " " + key(words));
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
            walk.ledger.remark(node.line, "taken with -t nat: " + words.get(jump + 3) + " works in no other table", "nothing to do", true);
        }
    }

    /** Remarks on each -s and -d without a value; true if there was one. */
    private boolean addresses(Node node, List<String> words) {
        boolean missing = false;
        for (int i = 0; i < words.size(); i++) {
            if (MissingAddress.at(words, i)) {
                String what = "address missing after " + words.get(i);
                walk.ledger.remark(node.line, what, MissingAddress.suggest(words, i, walk.ledger.source(node.line)), false);
                if (!missing) {
                    walk.leftLine(node.line, what);
                }
                missing = true;
            }
        }
        if (missing) {
            walk.ledger.structure(node.line, node.end);
        }
        return missing;
    }

    /** A here-document for iptables-restore; from a file or a pipe nothing can be read here. */
    Answer restore(Node node, boolean six, List<Redirect> redirects, List<ShellWord> options) {
        Redirect here = null;
        for (Redirect redirect : redirects) {
            here = redirect.isHere() ? redirect : here;
        }
        if (here == null) {
            walk.leftOut.left(node, "iptables-restore reads a file, and no file is opened here: " + Show.text(walk.ledger.source(node.line).trim()),
                    "import that file too: boxwall import FILE");
            return Answer.UNKNOWN;
        }
        boolean adds = false;
        for (ShellWord option : options) {
            adds |= "-n".equals(option.plain()) || "--noflush".equals(option.plain());
        }
        SaveDump dump = new SaveDump(walk, six, adds);
        for (int i = 0; i < here.body.size(); i++) {
            int line = here.bodyLine + i;
            String text = here.body.get(i);
            try {
                dump.line(line, here.expand ? Expansion.single(ShellLexer.hereLine(text, line), walk.scope, false) : text);
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
        if (!addresses(node, words)) {
            emit(line, line, program, words, named, verb(words));
        }
    }
}
