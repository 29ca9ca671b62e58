package boxwall.box;

import boxwall.netfilter.Words;

/** A line that was read, and how it is shown as evidence: {@code dmesg: nf_conntrack: exports duplicate symbol …}. */
public final class Line {
    /** A line is quoted up to here; the longest honest kernel line is shorter. */
    private static final int MAX = 300;

    /** The file's path, or the command as it was typed. */
    public final String source;
    /** What matters of the line: all of it, a message of the kernel's without its head, or a value. */
    public final String text;
    private final String whole;

    Line(String source, String text, String whole) {
        this.source = source;
        this.text = text;
        this.whole = whole;
    }

    /** The same, but for what matters of it. */
    Line with(String other) { return new Line(source, other, whole); }

    /** What blanks separate. */
    public String[] words() { return Words.of(text); }

    /** The line as evidence, its source in front. */
    public String evidence() { return evidence(source, whole); }

    /** A line as evidence: shortened, and without control characters, which would reach a terminal or a page. */
    public static String evidence(String source, String line) {
        String text = line.trim();
        StringBuilder out = new StringBuilder(source).append(": ");
        int start = out.length();
        out.append(text.substring(0, Math.min(MAX, text.length()))).append(text.length() > MAX ? "…" : "");
        for (int i = start; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c < ' ' || c >= 0x7f && c < 0xa0) { out.setCharAt(i, ' '); }
        }
        return out.toString();
    }
}
