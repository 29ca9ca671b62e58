package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Puts values in for the names in words, as a shell does: unquoted values are split at blanks, an unquoted empty one
 * leaves no word.
 */
final class Expansion {
    /** Values can repeat each other; nothing that is meant comes near. */
    private static final int LIMIT = 64 * 1024;

    /** The words with values put in. */
    final List<String> texts = new ArrayList<>();
    /** Each source word as the ruleset language writes it, with the kept names in it. */
    final List<String> named = new ArrayList<>();

    private final Variables variables;
    private int size;
    private final StringBuilder text = new StringBuilder();
    private boolean open;
    private final StringBuilder name = new StringBuilder();
    /** What stands side by side in {@link #name} is quoted as one. */
    private final StringBuilder literal = new StringBuilder();

    private Expansion(Variables variables) { this.variables = variables; }

    /**
     * All words of a command. An unset name in a command is an error: the shell would put nothing there, which nobody
     * wants of a rule.
     */
    static Expansion of(List<ShellWord> words, Variables variables) throws ShellError {
        Expansion all = new Expansion(variables);
        for (ShellWord word : words) {
            all.word(word);
        }
        return all;
    }

    /** One word without splitting, as in an assignment; an unset name is empty if {@code lenient}. */
    static String single(ShellWord word, Variables variables, boolean lenient) throws ShellError {
        StringBuilder out = new StringBuilder();
        for (ShellWord.Piece piece : word.pieces) {
            out.append(piece.isAll() ? Words.join(variables.positional, " ") : value(piece, variables, lenient));
            check(out.length());
        }
        return out.toString();
    }

    private static void check(int length) throws ShellError {
        if (length > LIMIT) { throw new ShellError("value-long", LIMIT); }
    }

    private static String value(ShellWord.Piece piece, Variables variables, boolean lenient) throws ShellError {
        if (piece.kind == ShellWord.Kind.TEXT) { return piece.text; }
        if (piece.isUnknown()) {
            String meant = Messages.meant(piece.text);
            throw new ShellError("not-executed", Quoting.excerpt(piece.text), meant == null ? "its output" : meant)
                    .meaning(meant);
        }
        String value = variables.value(piece.text);
        if (piece.operator != null) {
            boolean without = value == null || piece.operator.charAt(0) == ':' && value.length() == 0;
            boolean plus = piece.operator.endsWith("+");
            if (value != null && Quoting.isMarked(value)) { without = !plus; }
            if (without == plus) { return plus ? "" : value; }
            String other = single(piece.other, variables, lenient);
            if (piece.operator.endsWith("=")) { variables.set(piece.text, other); }
            return other;
        }
        if (value == null && !lenient) { throw new ShellError("unset", piece.text, nameHint(piece.text)); }
        return value == null ? "" : value;
    }

    private static String nameHint(String name) {
        if (Character.isDigit(name.charAt(0))) { return "the function is called with fewer words"; }
        String upper = name.toUpperCase(Locale.ROOT);
        String known =
                upper.contains("GUEST") ? "GUEST_NET" : upper.contains("LAN") || upper.contains("INT") ? "LAN_NET"
                        : upper.contains("WAN") || upper.contains("EXT") || upper.contains("INET") ? "WAN_IF" : null;
        return "put " + name + "=... before it" + (known == null ? "" : "; $" + known + " is known without being set");
    }

    private void word(ShellWord word) throws ShellError {
        name.setLength(0);
        int before = texts.size();
        for (ShellWord.Piece piece : word.pieces) {
            boolean kept = piece.isName() && piece.operator == null && variables.kept.contains(piece.text);
            boolean whole = !piece.isName() || piece.quoted && !piece.text.equals("*");
            List<String> values =
                    piece.isAll() ? variables.positional : Collections.singletonList(value(piece, variables, false));
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) { blank(true); }
                String value = values.get(i);
                check(size += value.length());
                if (whole) {
                    add(value, !kept);
                } else {
                    split(value, !kept);
                }
                if (whole && piece.isAll() && value.length() == 0) { name.append("''"); }
            }
            if (kept) {
                flush();
                String reference = "${" + piece.text + "}";
                name.append(piece.quoted ? '"' + reference + '"' : reference);
            }
        }
        blank(false);
        flush();
        if (texts.size() > before) { named.add(name.length() == 0 ? "''" : name.toString()); }
    }

    /** {@code written} unless the name itself stands in the line. */
    private void add(String value, boolean written) {
        open = true;
        text.append(value);
        literal.append(written ? value : "");
    }

    /** An unquoted value. */
    private void split(String value, boolean written) {
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            boolean blank = i < value.length() && " \t\n".indexOf(value.charAt(i)) >= 0;
            if ((blank || i == value.length()) && from < i) { add(value.substring(from, i), written); }
            if (blank) {
                blank(written);
                from = i + 1;
            }
        }
    }

    /** A word's end. */
    private void blank(boolean written) {
        if (open) { texts.add(text.toString()); }
        text.setLength(0);
        open = false;
        if (written) {
            flush();
            if (name.length() > 0 && name.charAt(name.length() - 1) != ' ') { name.append(' '); }
        }
    }

    private void flush() {
        name.append(literal.length() > 0 ? Quoting.word(literal.toString()) : "");
        literal.setLength(0);
    }
}
