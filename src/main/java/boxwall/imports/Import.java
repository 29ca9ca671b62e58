package boxwall.imports;

/** Takes a text over: a script, a page with rules in it, a dump of iptables-save, or what iptables -S lists. */
public final class Import {
    private static final int SIZE_LIMIT = 256 * 1024;

    private Import() {}

    /**
     * As {@link #read(String, String, String)}, a script started with the word start, or with none if that gave no
     * rule.
     */
    public static Imported read(String name, String text) { return read(name, text, null); }

    /**
     * The ruleset that a text stands for. Never throws for any text, but gives up when its thread is interrupted.
     *
     * @param name what the user calls it (a file's name without its folder); a name that ends in 6 tells a dump's
     * family
     * @param text one character for each byte, or Unicode
     * @param word what a script is started with; null for start, or none if that gave no rule
     */
    public static Imported read(String name, String text, String word) {
        Imported started = started(name, text, word, null);
        boolean none = word == null && !started.isWhole() && started.rulesTaken() == 0;
        Imported alone =
                none ? started(name, text, "", "taken as started without a word: with start none of its rules is run")
                        : started;
        return alone.rulesTaken() > 0 ? alone : started;
    }

    private static Imported started(String name, String text, String word, String note) {
        String clean = clean(text);
        boolean large = clean.length() > SIZE_LIMIT;
        Typography typography = new Typography(large ? "" : clean);
        Ledger ledger = new Ledger(typography.text());
        Walk walk = new Walk(ledger, name, word);
        typography.remark(ledger);
        if (note != null) { ledger.remark(1, note, "boxwall import FILE WORD, for another", true); }
        if (large) {
            ledger.remark(1, "a text of more than " + SIZE_LIMIT / 1024 + " KiB", "import it in parts", false);
        } else {
            walk.play(Script.read(CommandLines.of(typography.text(), name, ledger), ledger));
            CommentedRules.remark(ledger);
        }
        Sieve sieve = new Sieve(walk, name);
        String ruleset = sieve.ruleset();
        return new Imported(ruleset, ledger, sieve.result(), sieve.stricter());
    }

    /**
     * Lines' ends as Unix has them, no byte order mark, no NUL, nothing of the private area that the walk's marks are
     * from.
     */
    private static String clean(String text) {
        String from = text.startsWith("\uFEFF") ? text.substring(1)
                : text.startsWith("\u00EF\u00BB\u00BF") ? text.substring(3) : text;
        String lines = from.indexOf('\n') < 0 ? from.replace('\r', '\n') : from.replace("\r\n", "\n");
        return lines.replace(Quote.MARK, '?');
    }
}
