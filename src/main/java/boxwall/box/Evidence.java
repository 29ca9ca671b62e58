package boxwall.box;

/**
 * How evidence is written: the source in front of the verbatim line,
 * {@code dmesg: nf_conntrack: exports duplicate symbol …}.
 */
public final class Evidence {
    /** A line is quoted up to here; the longest honest kernel line is shorter. */
    private static final int MAX = 300;

    public static String line(String source, String line) {
        String text = line.trim();
        return source + ": " + printable(text.length() > MAX ? text.substring(0, MAX) + "…" : text);
    }

    /** Control characters would reach a terminal or a page. */
    private static String printable(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f && c < 0xa0) {
                if (out == null) { out = new StringBuilder(text); }
                out.setCharAt(i, ' ');
            }
        }
        return out == null ? text : out.toString();
    }
}
