package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Characters;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Expands the names in words as a shell does: unquoted values are split at blanks, an unquoted empty value leaves no
 * word.
 */
final class Expansion {
    /** Values that contain each other grow fast; real scripts stay far below this. */
    private static final int LIMIT = 64 * 1024;

    /** The words that result. */
    final List<String> texts = new ArrayList<>();
    /** Each source word in the ruleset language, with the names that the ruleset knows. */
    final List<String> named = new ArrayList<>();

    private final Variables variables;
    private int size;
    /** The word that is being built for {@link #texts}, and whether it exists even if empty. */
    private final StringBuilder text = new StringBuilder();
    private boolean started;
    /** The word that is being built for {@link #named}, and its end that is not quoted yet. */
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder unquoted = new StringBuilder();

    private Expansion(Variables variables) { this.variables = variables; }

    /** Expands all words of a command. An unset name is an error: a rule without the value would be another one. */
    static Expansion of(List<ShellWord> words, Variables variables) throws ShellError {
        Expansion all = new Expansion(variables);
        for (ShellWord word : words) {
            all.expand(word);
        }
        return all;
    }

    /** Expands a word without splitting, as in an assignment; an unset name is empty if {@code lenient}. */
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
            String boxName = Messages.boxName(piece.text);
            String todo = boxName == null ? "its output" : boxName;
            throw new ShellError("not-executed", Characters.show(piece.text), todo).standsFor(boxName);
        }
        String value = variables.value(piece.text);
        if (piece.operator != null) {
            boolean absent = value == null || piece.operator.charAt(0) == ':' && value.length() == 0;
            boolean plus = piece.operator.endsWith("+");
            if (value != null && Quoting.isMarked(value)) { absent = !plus; }
            if (absent == plus) { return plus ? "" : value; }
            String other = single(piece.other, variables, lenient);
            if (piece.operator.endsWith("=")) { variables.set(piece.text, other); }
            return other;
        }
        if (value == null && !lenient) { throw new ShellError("unset", piece.text, hint(piece.text)); }
        return value == null ? "" : value;
    }

    /** The advice on an unset name. */
    private static String hint(String name) {
        if (Character.isDigit(name.charAt(0))) { return "the function is called with fewer words"; }
        String upper = name.toUpperCase(Locale.ROOT);
        String boxName =
                upper.contains("GUEST") ? "GUEST_NET" : upper.contains("LAN") || upper.contains("INT") ? "LAN_NET"
                        : upper.contains("WAN") || upper.contains("EXT") || upper.contains("INET") ? "WAN_IF" : null;
        return "put " + name + "=... before it"
                + (boxName == null ? "" : "; $" + boxName + " is known without being set");
    }

    private void expand(ShellWord word) throws ShellError {
        name.setLength(0);
        int before = texts.size();
        for (ShellWord.Piece piece : word.pieces) {
            boolean kept = piece.isName() && piece.operator == null && variables.kept.contains(piece.text);
            boolean whole = !piece.isName() || piece.quoted && !piece.text.equals("*");
            List<String> values =
                    piece.isAll() ? variables.positional : Collections.singletonList(value(piece, variables, false));
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) { endWord(true); }
                String value = values.get(i);
                check(size += value.length());
                if (whole) {
                    append(value, !kept);
                } else {
                    split(value, !kept);
                }
                if (whole && piece.isAll() && value.length() == 0) { name.append("''"); }
            }
            if (kept) {
                quote();
                String reference = "${" + piece.text + "}";
                name.append(piece.quoted ? '"' + reference + '"' : reference);
            }
        }
        endWord(false);
        quote();
        if (texts.size() > before) { named.add(name.length() == 0 ? "''" : name.toString()); }
    }

    /** {@code literally}: the value also replaces the name in {@link #named}. */
    private void append(String value, boolean literally) {
        started = true;
        text.append(value);
        unquoted.append(literally ? value : "");
    }

    private void split(String value, boolean literally) {
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            boolean blank = i < value.length() && " \t\n".indexOf(value.charAt(i)) >= 0;
            if ((blank || i == value.length()) && from < i) { append(value.substring(from, i), literally); }
            if (blank) {
                endWord(literally);
                from = i + 1;
            }
        }
    }

    private void endWord(boolean literally) {
        if (started) { texts.add(text.toString()); }
        text.setLength(0);
        started = false;
        if (literally) {
            quote();
            if (name.length() > 0 && name.charAt(name.length() - 1) != ' ') { name.append(' '); }
        }
    }

    private void quote() {
        name.append(unquoted.length() > 0 ? Quoting.word(unquoted.toString()) : "");
        unquoted.setLength(0);
    }
}
