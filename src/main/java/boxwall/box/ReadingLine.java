package boxwall.box;

import boxwall.netfilter.Words;

/** A line of a reading, and its form as evidence: {@code dmesg: nf_conntrack: exports duplicate symbol …}. */
public final class ReadingLine {
    /** The most characters that are quoted; the kernel's longest lines are shorter. */
    private static final int MAX = 300;

    /** The file's path, or the command as it was typed. */
    public final String source;
    /** The line, a kernel message in it without its head, or a value in it. */
    public final String text;
    private final String whole;

    ReadingLine(String source, String text, String whole) {
        this.source = source;
        this.text = text;
        this.whole = whole;
    }

    /** This line with another text taken from it. */
    ReadingLine with(String other) {
        return new ReadingLine(source, other, whole);
    }

    /** The words of the text. */
    public String[] words() { return Words.of(text); }

    /** The line as evidence, after its source. */
    public String evidence() { return evidence(source, whole); }

    /** A line as evidence: shortened, and without control characters, because it is shown in terminals and pages. */
    public static String evidence(String source, String line) {
        String text = line.trim();
        String cut = Words.cut(text, MAX);
        StringBuilder out = new StringBuilder(source).append(": ").append(cut);
        // a line in another encoding is shown byte by byte
        boolean utf8 = Words.isUtf8(cut);
        for (int i = out.length() - cut.length(); i < out.length(); i += utf8 ? Words.utf8Length(out, i) : 1) {
            if (Character.isISOControl(utf8 ? Words.codePoint(out, i) : out.charAt(i))) { out.setCharAt(i, ' '); }
        }
        return out.append(cut.length() < text.length() ? "..." : "").toString();
    }
}
