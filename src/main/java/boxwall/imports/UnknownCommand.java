package boxwall.imports;

/** A command that no firewall script is known by: its remark, and whether it holds a rule. */
final class UnknownCommand {
    static final String IPSET =
            "the set must exist before boxwall loads the rules at boot, and rc.custom runs after that (without it, nothing of the table loads);"
                    + " or write the networks as rules: --optimize makes long lists cheap";

    private final Walk walk;

    UnknownCommand(Walk walk) { this.walk = walk; }

    Answer answer(Node node, boolean asks, String what) {
        if (asks && !Functions.isRule(node)) {
            walk.ledger.remark(node.line, "a condition that only the box can decide: " + walk.ledger.shown(node.line),
                    "nothing to do", true);
            return Answer.UNKNOWN;
        }
        String line = walk.ledger.source(node.line).trim();
        String[] foreign = RuleText.foreign(line);
        String name = node.command() == null ? "" : Script.baseName(node.command().toString());
        if (foreign != null) {
            walk.ledger.rule(node.line);
            walk.leftOut.left(node, foreign[0] + ": boxwall reads those of iptables", foreign[1]);
        } else if (name.equals("ipset")) {
            for (ShellWord word : node.words) {
                walk.ledger.sets.put(word.toString(), 0);
            }
            walk.leftOut.left(node, "makes or fills a set: " + walk.ledger.shown(node.line), IPSET);
        } else if (Functions.isRule(node)) {
            walk.leftOut.left(node, "a rule in a command that isn't known: " + walk.ledger.shown(node.line),
                    "write it as an iptables command");
        } else {
            walk.leftOut.aside(node, what, "keep it in rc.custom if it is needed");
        }
        return Answer.UNKNOWN;
    }

    /** {@code service iptables save} and its like: boxwall does that itself. */
    static boolean isSaving(String name, String line) {
        boolean service = name.equals("service") || name.equals("systemctl") || name.equals("netfilter-persistent")
                || name.equals("chkconfig") || name.equals("update-rc.d");
        return (service || name.endsWith("tables"))
                && (line.contains("tables") || line.contains("netfilter-persistent"));
    }
}
