package boxwall.imports;

/** Pieces of the user's text for messages and comments: cut, and without characters that would upset a terminal. */
final class Show {
    private static final int SHOWN = 60;

    private Show() {}

    /** Quoted and cut. */
    static String text(String text) { return "\"" + plain(text, SHOWN) + "\""; }

    /** Cut at a number of characters; control characters as question marks. */
    static String plain(String text, int limit) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (i == limit) { return out.append("...").toString(); }
            char c = text.charAt(i);
            out.append(c == '\t' ? ' ' : Character.isISOControl(c) || c > 0xFF ? '?' : c);
        }
        return out.toString();
    }
}
