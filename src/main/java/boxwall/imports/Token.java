package boxwall.imports;

/** What the lexer hands out: a word, an operator, a line's end or the text's. */
final class Token {
    /** What the token is. */
    enum Kind { WORD, OPERATOR, NEWLINE, END }

    final Kind kind;
    /** The operator's text; for words null. */
    final String operator;
    final ShellWord word;
    /** 1-based line where it starts. */
    final int line;
    /** Whether it follows the token before it without a blank, as the 2 in {@code 2>}. */
    final boolean glued;

    Token(Kind kind, String operator, ShellWord word, int line, boolean glued) {
        this.kind = kind;
        this.operator = operator;
        this.word = word;
        this.line = line;
        this.glued = glued;
    }

    boolean is(String text) { return kind == Kind.OPERATOR && operator.equals(text); }

    /** Whether it is that unquoted word. */
    boolean isWord(String text) {
        return kind == Kind.WORD && text.equals(word.plain());
    }

    @Override
    public String toString() {
        return kind == Kind.WORD ? word.toString() : kind == Kind.OPERATOR ? operator
                : kind == Kind.NEWLINE ? "the line's end" : "the text's end";
    }
}
