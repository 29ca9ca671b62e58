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
    /** The word that is being built, and whether it exists even if empty. */
    private final StringBuilder text = new StringBuilder();
    private boolean started;

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
            out.append(piece.isAll() ? joined(piece, variables) : value(piece, variables, lenient));
            check(out.length());
        }
        return out.toString();
    }

    /** All positional parameters as one text. */
    private static String joined(ShellWord.Piece all, Variables variables) throws ShellError {
        String separators = all.text.equals("@") ? " " : variables.separators(" ");
        return Words.join(variables.positional, separators.substring(0, Math.min(1, separators.length())));
    }

    /** Expands words only for the names that they set: {@code ${A:=x}}, {@code $((A+=1))}. */
    static void set(List<ShellWord> words, Variables variables) {
        for (ShellWord word : words) {
            try {
                single(word, variables, true);
            } catch (ShellError e) {
                continue;
            }
        }
    }

    private static void check(int length) throws ShellError {
        if (length > LIMIT) { throw new ShellError("value-long", LIMIT); }
    }

    private static String value(ShellWord.Piece piece, Variables variables, boolean lenient) throws ShellError {
        if (piece.kind == ShellWord.Kind.TEXT) { return piece.text; }
        if (piece.isUnknown()) {
            String boxName = Messages.boxName(piece.text);
            String todo = boxName == null ? "its output" : boxName;
            if (piece.text.startsWith("$((")) {
                forgetAssigned(piece.text, variables);
                throw new ShellError("arithmetic", Characters.show(piece.text));
            }
            throw new ShellError("not-executed", Characters.show(piece.text), todo).standsFor(boxName);
        }
        String value = variables.value(piece.text);
        if (piece.operator != null) {
            boolean absent = value == null || piece.operator.charAt(0) == ':' && value.length() == 0;
            boolean plus = piece.operator.endsWith("+");
            if (value != null && Quoting.isMarked(value)) { absent = !plus; }
            if (absent == plus) { return plus ? "" : value; }
            variables.lacksName |= piece.operator.endsWith("?");
            if (piece.operator.endsWith("?")) { throw new ShellError("unset", piece.text, hint(piece.text)); }
            String other = single(piece.other, variables, lenient);
            if (piece.operator.endsWith("=")) { variables.set(piece.text, other); }
            return other;
        }
        variables.lacksName |= value == null && variables.stopsAtUnset;
        if (value == null && (!lenient || variables.stopsAtUnset)) {
            throw new ShellError("unset", piece.text, hint(piece.text));
        }
        return value == null ? "" : value;
    }

    /** Makes the names in arithmetic unknown if it may set one. */
    private static void forgetAssigned(String arithmetic, Variables variables) {
        boolean sets = arithmetic.contains("=") || arithmetic.contains("++") || arithmetic.contains("--");
        for (int at = 0; at < arithmetic.length() && sets; at++) {
            int end = ShellLexer.nameEnd(arithmetic, at);
            if (end > at) { variables.forget(arithmetic.substring(at, end), "arithmetic may set it", null); }
            at = Math.max(at, end);
        }
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
        int before = texts.size();
        boolean names = false;
        boolean literal = true;
        for (ShellWord.Piece piece : word.pieces) {
            names |= isKept(piece);
            literal &= isKept(piece) || piece.kind == ShellWord.Kind.TEXT;
            List<String> values = !piece.isAll() ? Collections.singletonList(value(piece, variables, false))
                    : piece.quoted && piece.text.equals("*") ? Collections.singletonList(joined(piece, variables))
                    : variables.positional;
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) { endWord(); }
                check(size += values.get(i).length());
                if (!piece.isName() || piece.quoted) {
                    append(values.get(i));
                } else {
                    split(values.get(i));
                }
            }
        }
        endWord();
        if (texts.size() == before) { return; }
        List<String> values = texts.subList(before, texts.size());
        named.add(names && literal ? withNames(word) : Words.join(Quoting.words(values), " "));
    }

    private boolean isKept(ShellWord.Piece piece) {
        return piece.isName() && piece.operator == null && variables.kept.contains(piece.text);
    }

    /** A word of text and kept names in the ruleset language. */
    private static String withNames(ShellWord word) {
        StringBuilder out = new StringBuilder();
        for (ShellWord.Piece piece : word.pieces) {
            String quote = piece.isName() && piece.quoted ? "\"" : "";
            out.append(quote).append(piece.isName() ? "${" + piece.text + "}" : Quoting.word(piece.text)).append(quote);
        }
        return out.toString();
    }

    private void append(String value) {
        started = true;
        text.append(value);
    }

    private void split(String value) throws ShellError {
        String separators = variables.separators(value);
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            boolean ends = i < value.length() && separators.indexOf(value.charAt(i)) >= 0;
            if ((ends || i == value.length()) && from < i) { append(value.substring(from, i)); }
            if (ends) {
                started |= value.charAt(i) > ' ';
                endWord();
                from = i + 1;
            }
        }
    }

    private void endWord() {
        if (started) { texts.add(text.toString()); }
        text.setLength(0);
        started = false;
    }
}
