package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts values in for the names in words, as a shell does: unquoted values are split at blanks, an unquoted empty one
 * leaves no word.
 */
final class Expansion {
    /** Values can repeat each other; nothing that is meant comes near. */
    private static final int LIMIT = 64 * 1024;
    private static final int DEPTH_LIMIT = 20;

    /** The words with values put in. */
    final List<String> texts = new ArrayList<String>();
    /** Each source word as the ruleset language writes it, with the kept names in it. */
    final List<String> named = new ArrayList<String>();

    private final Scope scope;
    private int size;

    private StringBuilder text;
    private boolean open;
    private StringBuilder name;
    private StringBuilder literal;

    private Expansion(Scope scope) { this.scope = scope; }

    /**
     * All words of a command. An unset name in a command is Undecided: the shell would put nothing there, which nobody
     * wants of a rule.
     */
    static Expansion of(List<ShellWord> words, Scope scope) throws Undecided {
        Expansion all = new Expansion(scope);
        for (ShellWord word : words) {
            all.word(word);
        }
        return all;
    }

    /** One word without splitting, as in an assignment; an unset name is empty if {@code lenient}. */
    static String single(ShellWord word, Scope scope, boolean lenient) throws Undecided {
        return single(word, scope, lenient, 0);
    }

    private static String single(ShellWord word, Scope scope, boolean lenient, int depth) throws Undecided {
        if (depth > DEPTH_LIMIT) { throw new Undecided("expansions nested too deeply", "write the value"); }
        StringBuilder out = new StringBuilder();
        for (Piece piece : word.pieces) {
            String value = piece.kind == Piece.Kind.NAME && (piece.text.equals("@") || piece.text.equals("*"))
                    ? join(scope.positional()) : value(piece, scope, lenient, depth);
            out.append(value);
            if (out.length() > LIMIT) {
                throw new Undecided("a value of more than " + LIMIT + " characters", "write the values of the rule");
            }
        }
        return out.toString();
    }

    static String join(List<String> words) {
        StringBuilder out = new StringBuilder();
        for (String word : words) {
            out.append(out.length() == 0 ? "" : " ").append(word);
        }
        return out.toString();
    }

    private static String value(Piece piece, Scope scope, boolean lenient, int depth) throws Undecided {
        if (piece.kind == Piece.Kind.TEXT) { return piece.text; }
        if (piece.kind == Piece.Kind.UNKNOWN) {
            String meant = Settings.meant(piece.text);
            throw new Undecided("nothing is executed here: " + Show.text(piece.text),
                    "write " + (meant == null ? "its output" : meant), meant);
        }
        String value = scope.value(piece.text);
        if (piece.operator != null) {
            boolean colon = piece.operator.charAt(0) == ':';
            boolean without = value == null || colon && value.length() == 0;
            boolean plus = piece.operator.endsWith("+");
            if (value != null && Quote.isMarked(value)) { without = !plus; }
            if (without == plus) { return plus ? "" : value; }
            String other = single(piece.other, scope, lenient, depth + 1);
            if (piece.operator.endsWith("=")) { scope.set(piece.text, other); }
            return other;
        }
        if (value == null && !lenient) {
            throw new Undecided("the name " + piece.text + " isn't set in this file", nameHint(piece.text));
        }
        return value == null ? "" : value;
    }

    private static String nameHint(String name) {
        if (Character.isDigit(name.charAt(0))) { return "the function is called with fewer words"; }
        String upper = name.toUpperCase(java.util.Locale.ROOT);
        String known =
                upper.contains("GUEST") ? "GUEST_NET" : upper.contains("LAN") || upper.contains("INT") ? "LAN_NET"
                        : upper.contains("WAN") || upper.contains("EXT") || upper.contains("INET") ? "WAN_IF" : null;
        return "put " + name + "=... before it" + (known == null ? "" : "; $" + known + " is known without being set");
    }

    private void word(ShellWord word) throws Undecided {
        text = new StringBuilder();
        name = new StringBuilder();
        literal = new StringBuilder();
        open = false;
        int before = texts.size();
        for (Piece piece : word.pieces) {
            if (piece.kind == Piece.Kind.NAME && (piece.text.equals("@") || piece.text.equals("*"))) {
                positional(piece);
                continue;
            }
            String value = value(piece, scope, false, 0);
            boolean kept = piece.kind == Piece.Kind.NAME && piece.operator == null && scope.isKept(piece.text);
            if (piece.kind == Piece.Kind.NAME && !piece.quoted) {
                split(value, !kept);
            } else {
                open = true;
                text.append(value);
                literal.append(kept ? "" : value);
            }
            if (kept) {
                flush();
                String reference = "${" + piece.text + "}";
                name.append(piece.quoted ? '"' + reference + '"' : reference);
            }
            check(value);
        }
        close();
        flush();
        if (texts.size() > before) { named.add(name.length() == 0 ? "''" : name.toString()); }
    }

    /** What stands side by side is quoted as one. */
    private void flush() {
        if (literal.length() > 0) {
            name.append(Quote.word(literal.toString()));
            literal.setLength(0);
        }
    }

    private void check(String value) throws Undecided {
        size += value.length();
        if (size > LIMIT) {
            throw new Undecided("a value of more than " + LIMIT + " characters", "write the values of the rule");
        }
    }

    private void close() {
        if (open) { texts.add(text.toString()); }
        text = new StringBuilder();
        open = false;
    }

    /** An unquoted value; {@code written} unless the name itself stands in the line. */
    private void split(String value, boolean written) {
        int i = 0;
        while (i < value.length()) {
            char c = value.charAt(i);
            if (c == ' ' || c == '\t' || c == '\n') {
                if (open) { close(); }
                if (written) { blank(); }
                i++;
                continue;
            }
            int end = i;
            while (end < value.length() && " \t\n".indexOf(value.charAt(end)) < 0) {
                end++;
            }
            open = true;
            text.append(value, i, end);
            if (written) { literal.append(value, i, end); }
            i = end;
        }
    }

    private void blank() {
        flush();
        if (name.length() > 0 && name.charAt(name.length() - 1) != ' ') { name.append(' '); }
    }

    private void positional(Piece piece) throws Undecided {
        boolean first = true;
        for (String each : scope.positional()) {
            if (!first) {
                close();
                blank();
            }
            first = false;
            check(each);
            if (piece.quoted && piece.text.equals("@")) {
                open = true;
                text.append(each);
                literal.append(each);
                if (each.length() == 0) { name.append("''"); }
            } else {
                split(each, true);
            }
        }
    }
}
