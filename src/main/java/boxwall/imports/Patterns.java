package boxwall.imports;

import java.util.List;

/** The patterns of a case: {@code *}, {@code ?} and {@code [...]}, quoted characters as they are. */
final class Patterns {
    private Patterns() {
    }

    /**
     * The index of the branch that is taken, -1 for none. For {@code case "$1"} of the script itself, which is taken as started with the word
     * "start", a branch for "load" or for no word will do when there is none for that.
     */
    static int choose(Node node, Scope scope) throws Undecided {
        ShellWord word = node.words.get(0);
        String value = Expansion.single(word, scope, true);
        if (Quote.isMarked(value)) {
            throw new Undecided("it asks for a value of the box's", "write what shall hold on your box");
        }
        boolean own = word.pieces.size() == 1 && word.pieces.get(0).kind == Piece.Kind.NAME && word.pieces.get(0).text.equals("1");
        String[] words = own && value.equals("start") ? new String[] {"start", "load", "", "boot"} : new String[] {value};
        for (String each : words) {
            int index = index(node, each, scope, each.equals(words[words.length - 1]));
            if (index >= 0) {
                return index;
            }
        }
        return -1;
    }

    private static int index(Node node, String value, Scope scope, boolean any) throws Undecided {
        for (int i = 0; i < node.patterns.size(); i++) {
            List<ShellWord> patterns = node.patterns.get(i);
            for (ShellWord pattern : patterns) {
                boolean catchAll = "*".equals(pattern.plain());
                if (catchAll ? any : matches(pattern(pattern, scope), 0, value, 0)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** The pattern with {@code \} before each quoted character. */
    private static String pattern(ShellWord word, Scope scope) throws Undecided {
        StringBuilder out = new StringBuilder();
        for (Piece piece : word.pieces) {
            ShellWord one = new ShellWord(word.line);
            one.pieces.add(piece);
            String text = Expansion.single(one, scope, true);
            for (int i = 0; i < text.length(); i++) {
                out.append(piece.quoted ? "\\" : "").append(text.charAt(i));
            }
        }
        return out.toString();
    }

    /** Each star is tried short first; a pattern of stars against a long text stays small, both are a line's words. */
    static boolean matches(String pattern, int p, String text, int t) {
        int star = -1;
        int mark = 0;
        int i = p;
        int j = t;
        while (j < text.length()) {
            char c = i < pattern.length() ? pattern.charAt(i) : 0;
            int step = i < pattern.length() && c != '*' ? one(pattern, i, text.charAt(j)) : 0;
            if (step > 0) {
                i += step;
                j++;
            } else if (c == '*' && i < pattern.length()) {
                star = i++;
                mark = j;
            } else if (star >= 0) {
                i = star + 1;
                j = ++mark;
            } else {
                return false;
            }
        }
        while (i < pattern.length() && pattern.charAt(i) == '*') {
            i++;
        }
        return i == pattern.length();
    }

    /** How many characters of the pattern match this one, 0 when they don't. */
    private static int one(String pattern, int i, char c) {
        char p = pattern.charAt(i);
        if (p == '\\' && i + 1 < pattern.length()) {
            return pattern.charAt(i + 1) == c ? 2 : 0;
        }
        int close = p == '[' ? pattern.indexOf(']', i + 2) : -1;
        if (close > 0) {
            boolean not = pattern.charAt(i + 1) == '!';
            boolean in = false;
            for (int k = i + (not ? 2 : 1); k < close; k++) {
                boolean range = k + 2 < close && pattern.charAt(k + 1) == '-';
                in |= range ? c >= pattern.charAt(k) && c <= pattern.charAt(k + 2) : c == pattern.charAt(k);
                k += range ? 2 : 0;
            }
            return in != not ? close - i + 1 : 0;
        }
        return p == '?' || p == c ? 1 : 0;
    }
}
