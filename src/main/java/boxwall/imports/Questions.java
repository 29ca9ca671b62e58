package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Conditions in brackets, and pipes: what they ask of the box isn't answered, and they build no rules but through
 * iptables-restore.
 */
final class Questions {
    private static final List<String> FILTERS =
            Arrays.asList("awk", "sed", "tr", "cut", "tee", "wc", "sort", "uniq", "egrep", "fgrep");

    private final Walk walk;

    Questions(Walk walk) { this.walk = walk; }

    /** {@code [ ... ]}, test and {@code [[ ]]}. */
    Answer condition(Node node, String name, List<ShellWord> words) {
        try {
            List<String> texts = new ArrayList<String>();
            for (ShellWord word : words) {
                // an unset name is empty in a condition, as scripts ask just that
                texts.add(Expansion.single(word, walk.scope, true));
            }
            if (name.equals("[") && (texts.isEmpty() || !texts.remove(texts.size() - 1).equals("]"))) {
                walk.leftOut.left(node, "a [ without its ]", "write ] as the last word");
                return Answer.UNKNOWN;
            }
            for (int i = 0; i < texts.size() && walk.scope.assumed && texts.size() == 3; i += 2) {
                boolean own =
                        texts.get(i).equals("start") && words.get(i).plain() == null && texts.get(1).startsWith("=");
                if (own && texts.get(2 - i).length() > 0) { walk.ledger.words.add(texts.get(2 - i)); }
            }
            Answer answer = texts.size() > Condition.WORDS_LIMIT ? Answer.UNKNOWN : Condition.of(texts);
            if (answer != Answer.UNKNOWN) {
                walk.ledger.taken(node.line, node.end);
                return answer;
            }
            walk.ledger.remark(node.line, "a condition that only the box can decide: " + walk.ledger.shown(node.line),
                    "nothing to do", true);
        } catch (Undecided e) {
            walk.ledger.remark(node.line, "a condition that can't be decided here: " + e.getMessage(), "nothing to do",
                    true);
        }
        return Answer.UNKNOWN;
    }

    /** Several commands side by side: a here-document into iptables-restore, or a question. */
    Answer pipe(Node node, boolean question, Commands commands) {
        boolean asks = question;
        Node first = node.parts.get(0);
        Node last = node.parts.get(node.parts.size() - 1);
        String from = first.command() == null ? "" : Script.baseName(first.command().toString());
        String to = last.command() == null ? "" : Script.baseName(last.command().toString());
        if (IptablesLines.isProgram(from)) {
            Answer answer = commands.run(first, asks);
            for (Node behind : node.parts.subList(1, node.parts.size())) {
                if (!isQuiet(behind)) {
                    walk.leftOut.left(behind, "no command that only prints, but perhaps a part of a rule: "
                            + walk.ledger.shown(behind.line), "write the rule without |");
                }
            }
            return answer;
        }
        if (to.endsWith("tables-restore")) {
            boolean here = node.parts.size() == 2 && from.equals("cat") && first.words.size() == 1
                    && first.redirects.size() == 1 && first.redirects.get(0).isHere();
            if (here) {
                Answer answer = commands.iptables.restore(last, to.startsWith("ip6"), first.redirects,
                        last.words.subList(1, last.words.size()));
                walk.ledger.structure(first.line, Walk.last(first));
                return answer;
            }
            walk.leftOut.left(node,
                    "iptables-restore reads what another command prints: " + walk.ledger.shown(node.line),
                    "import the text that it reads as a file of its own");
            return Answer.UNKNOWN;
        }
        boolean quiet = true;
        for (Node simple : node.simple()) {
            quiet &= isQuiet(simple);
        }
        for (Node simple : node.simple()) {
            if (walk.functions.adds(simple)) {
                asks = false;
                quiet = false;
            }
        }
        if (asks || quiet) {
            walk.ledger.remark(node.line,
                    asks ? "a condition that only the box can decide: " + walk.ledger.shown(node.line)
                            : "builds no rule: " + walk.ledger.shown(node.line),
                    "nothing to do", true);
        } else {
            walk.leftOut.left(node,
                    "a chain of commands, and nothing is executed here: " + walk.ledger.shown(node.line),
                    "write its result");
        }
        walk.ledger.structure(node.line, node.end);
        return Answer.UNKNOWN;
    }

    private boolean isQuiet(Node simple) {
        String name = simple.command() == null ? "" : Script.baseName(simple.command().toString());
        return (Commands.PRINTING.contains(name) || FILTERS.contains(name))
                && Commands.written(simple, walk.scope) == null;
    }
}
