package boxwall.imports;

/** Takes a text over: a script, a page with rules in it, a dump of iptables-save, or what iptables -S lists. */
public final class Import {
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
        Imported started = started(name, text, word, false);
        if (word != null || started.isWhole() || started.rulesTaken() > 0) { return started; }
        Imported alone = started(name, text, "", true);
        return alone.rulesTaken() > 0 ? alone : started;
    }

    private static Imported started(String name, String text, String word, boolean withoutWord) {
        SourceText source = new SourceText(name, text);
        SourceLines lines = source.lines;
        Interpreter shell = new Interpreter(lines, name, word);
        if (withoutWord) { lines.note(1, "without-word"); }
        shell.run(new Script(source.commands(), lines));
        source.remarkOnComments();
        return new Imported(new Output(shell.state), lines);
    }
}
