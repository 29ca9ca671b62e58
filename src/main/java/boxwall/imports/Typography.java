package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * What web pages and word processors make of a rule's signs, put right where the line holds a rule: dashes, quotes,
 * blanks that don't break.
 */
final class Typography {
    /** As Unicode and as the bytes of UTF-8, one character each; then what was meant. */
    private static final String[][] SIGNS = {{"\u2013", "-"}, {"\u2014", "-"}, {"\u2212", "-"}, {"\u2010", "-"},
            {"\u2011", "-"}, {"\u201C", "\""}, {"\u201D", "\""}, {"\u201E", "\""}, {"\u00AB", "\""}, {"\u00BB", "\""},
            {"\u2018", "'"}, {"\u2019", "'"}, {"\u00A0", " "}, {"\u202F", " "}, {"\u2009", " "}, {"\u200B", ""},
            {"\uFEFF", ""},};

    private final StringBuilder out = new StringBuilder();
    private final List<Integer> changed = new ArrayList<Integer>();

    Typography(String text) {
        boolean plain = true;
        for (int i = 0; i < text.length(); i++) {
            plain &= text.charAt(i) < 0x80;
        }
        if (plain) {
            out.append(text);
            return;
        }
        int from = 0;
        for (int line = 1; from <= text.length(); line++) {
            int end = text.indexOf('\n', from) < 0 ? text.length() : text.indexOf('\n', from);
            String was = text.substring(from, end);
            String is = corrected(was);
            boolean rule = !is.equals(was) && RuleText.isPart(is) && !is.trim().startsWith("#");
            out.append(rule ? is : was).append(end < text.length() ? "\n" : "");
            if (rule) { changed.add(line); }
            from = end + 1;
        }
    }

    private static String corrected(String line) {
        String now = line;
        for (String[] sign : SIGNS) {
            now = sign(sign(now, sign[0], sign[1]), bytes(sign[0].charAt(0)), sign[1]);
        }
        return now;
    }

    /** The bytes of UTF-8, as a text that was read byte by byte has them. */
    private static String bytes(char c) {
        return c < 0x800 ? "" + (char) (0xC0 | c >> 6) + (char) (0x80 | c & 0x3F)
                : "" + (char) (0xE0 | c >> 12) + (char) (0x80 | c >> 6 & 0x3F) + (char) (0x80 | c & 0x3F);
    }

    private static String sign(String line, String sign, String meant) {
        int at = line.indexOf(sign);
        if (at < 0) { return line; }
        StringBuilder now = new StringBuilder();
        int from = 0;
        for (; at >= 0; at = line.indexOf(sign, from)) {
            int after = at + sign.length();
            // pages make one dash of the two before a long option
            boolean two = meant.equals("-") && (at == 0 || line.charAt(at - 1) == ' ') && after + 1 < line.length()
                    && Character.isLetter(line.charAt(after)) && Character.isLetter(line.charAt(after + 1));
            now.append(line, from, at).append(two ? "--" : meant);
            from = after;
        }
        return now.append(line.substring(from)).toString();
    }

    String text() { return out.toString(); }

    void remark(Ledger ledger) {
        for (int line : changed) {
            ledger.remark(line, "signs as web pages write them (a dash, a quote, a blank) are read as -, \" and blank",
                    "see that the rule is what was meant", true);
        }
    }
}
