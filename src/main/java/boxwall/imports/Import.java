package boxwall.imports;

/** Takes a text over: a script, a page with rules in it, a dump of iptables-save, or what iptables -S lists. */
public final class Import {
    private static final int SIZE_LIMIT = 256 * 1024;

    private Import() {
    }

    /**
     * The ruleset that a text stands for. Never throws for any text.
     *
     * @param name what the user calls it (a file's name without its folder); a name that ends in v6 tells a dump's family
     * @param text one character for each byte, or Unicode
     */
    public static Imported read(String name, String text) {
        String clean = clean(text);
        Ledger ledger = new Ledger(clean.length() > SIZE_LIMIT ? "" : clean);
        Walk walk = new Walk(ledger);
        if (clean.length() > SIZE_LIMIT) {
            ledger.remark(1, "a text of more than " + SIZE_LIMIT / 1024 + " KiB", "import it in parts", false);
        } else if (SaveDump.is(clean)) {
            dump(walk, name, clean);
        } else {
            Script script = Script.read(listed(clean) ? commands(clean) : clean);
            walk.play(script);
            CommentedRules.remark(clean, ledger);
        }
        String ruleset = new Sieve(walk, name).ruleset();
        ledger.close();
        return new Imported(ruleset, ledger.remarks(), ledger.ruleLines(), ledger.rulesLeft());
    }

    /** Lines' ends as Unix has them, no byte order mark, no NUL, nothing of the private area that the walk's marks are from. */
    private static String clean(String text) {
        String from = text.startsWith("\uFEFF") ? text.substring(1) : text.startsWith("\u00EF\u00BB\u00BF") ? text.substring(3) : text;
        return from.replace("\r\n", "\n").replace(Quote.MARK, '?');
    }

    private static void dump(Walk walk, String name, String text) {
        SaveDump dump = new SaveDump(walk, SaveDump.looksSix(name, text), false);
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            dump.line(i + 1, lines[i]);
        }
        dump.end();
    }

    /** What iptables -S prints: each line an iptables command without the program's name. */
    private static boolean listed(String text) {
        for (String line : text.split("\n", -1)) {
            String trimmed = line.trim();
            if (trimmed.length() > 0 && trimmed.charAt(0) != '#') {
                return isListed(trimmed);
            }
        }
        return false;
    }

    private static boolean isListed(String trimmed) {
        return trimmed.length() > 3 && trimmed.charAt(0) == '-' && "APNI".indexOf(trimmed.charAt(1)) >= 0 && trimmed.charAt(2) == ' ';
    }

    private static String commands(String text) {
        StringBuilder out = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            out.append(out.length() == 0 ? "" : "\n").append(isListed(line.trim()) ? "iptables " + line.trim() : line);
        }
        return out.toString();
    }
}
