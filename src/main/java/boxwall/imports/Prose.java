package boxwall.imports;

/** Lines that aren't read as commands: ordinary text, rules as other programs write them, pieces of rules. */
final class Prose {
    private final Walk walk;
    /** Within what iptables -L printed. */
    private boolean listing;

    Prose(Walk walk) { this.walk = walk; }

    /**
     * A line that isn't read as a command; if it has a rule in it, or is in what calls itself a script, something may
     * be missing.
     */
    void read(Node node) {
        String line = walk.ledger.source(node.line);
        String[] foreign = RuleText.foreign(line);
        boolean chain = RuleText.isListing(line);
        listing = chain || listing && line.trim().length() > 0;
        if (chain || listing && line.indexOf('.') > 0 || listing && line.contains("anywhere")) {
            walk.ledger.rule(node.line);
            walk.leftOut.left(node, "a rule as iptables -L lists it, which leaves the interfaces out",
                    "import what iptables-save or iptables -S prints");
        } else if (foreign != null) {
            walk.ledger.rule(node.line);
            walk.leftOut.left(node, foreign[0] + ": boxwall reads those of iptables", foreign[1]);
        } else if (RuleText.isPart(line)) {
            walk.ledger.rule(node.line);
            walk.leftOut.left(node, "a rule in a line that isn't read as a command",
                    "write the rule as a line of its own");
        } else if (walk.ledger.source(1).startsWith("#!")) {
            walk.leftOut.left(node, "not read: the script as a whole can't be",
                    "write what it should do into the ruleset");
        } else {
            walk.ledger.remark(node.line, "a line of text, no command", "nothing to do", true);
        }
    }
}
