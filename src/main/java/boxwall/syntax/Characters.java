package boxwall.syntax;

import boxwall.netfilter.Words;
import java.util.Locale;

/**
 * The characters of a byte string (ISO-8859-1, one character per byte). Recognises UTF-8 sequences, so that messages
 * show the characters that a web page or an editor inserted.
 */
public final class Characters {
    private static final String INVISIBLE =
            "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff";
    /** Characters that no keyboard types, the message ($ the character, # its number), and the replacement. */
    private static final String[][] UNTYPABLE = {
            {"\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad", "$ is a dash as web pages write it",
                    "write - or --"},
            {"\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u00b4\uff07", "$ is a quote as web pages write it",
                    "write '"},
            {"\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02", "$ is a quote as web pages write it",
                    "write \""},
            {"\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
                    "a non-breaking space or another blank of web pages (#)", "write an ordinary blank"},
            {INVISIBLE, "a character that nobody sees (#)", "remove it; it came from a web page or an editor"},
            {"\u2026", "$ is one character, not three dots", "write what belongs there"}};
    /** 0x91 to 0x97 of Windows-1252. */
    private static final String WINDOWS = "\u2018\u2019\u201c\u201d\u2022\u2013\u2014";

    /** Characters of a text that a message shows. */
    private static final int SHOWN = 60;

    private Characters() {}

    /** Whether a ruleset may have this text in quotes: no control characters except tabs, no invisible characters. */
    public static boolean isText(String text) {
        for (int i = 0; i < text.length(); i += Words.utf8Length(text, i)) {
            if (refused(text, i, true) != null) { return false; }
        }
        return true;
    }

    /** The end of the letters, digits and {@code _ , - . / :} that begin at an index, which need no quotes. */
    static int plain(String text, int from) {
        int end = from;
        for (; end < text.length(); end++) {
            char c = text.charAt(end);
            if (!(c >= 'a' && c <= 'z' || c >= ',' && c <= ':' || c >= 'A' && c <= 'Z' || c == '_')) { break; }
        }
        return end;
    }

    /** The length of a byte order mark at an index; 0 when there is none. */
    public static int mark(CharSequence text, int at) {
        return at < text.length() && Words.codePoint(text, at) == 0xfeff ? Words.utf8Length(text, at) : 0;
    }

    /** Why the character at an index isn't allowed, or null. Quotes may contain every visible character. */
    static ValueException refused(CharSequence text, int at, boolean inQuotes) {
        if (text.charAt(at) >= ' ' && text.charAt(at) <= '~') { return null; }
        int length = Words.utf8Length(text, at);
        int code = Words.codePoint(text, at);
        int meant = length == 1 && code >= 0x91 && code <= 0x97 ? WINDOWS.charAt(code - 0x91) : code;
        for (String[] row : UNTYPABLE) {
            if ((!inQuotes || length == 1 || isInvisible(code)) && row[0].indexOf(meant) >= 0) {
                String number = "U+" + Integer.toHexString(0x10000 | code).substring(1).toUpperCase(Locale.ROOT);
                String shown = text.subSequence(at, at + length).toString();
                return new ValueException(Words.replace(Words.replace(row[1], "#", number), "$", shown), row[2]);
            }
        }
        return !Character.isISOControl(code) || code == '\t' ? null
                : new ValueException("a control character (code " + code + ")", "remove it");
    }

    private static boolean isInvisible(int code) { return INVISIBLE.indexOf(code) >= 0; }

    /** Reads the name of an extension or a module, which can't be a path or an option. */
    static String name(String text, int limit) throws ValueException {
        return name(text, limit, "_.+-");
    }

    /** Reads the name of a chain or a list. Shorewall names chains {@code ~log0} and lists {@code %CURRENTTIME}. */
    static String chainName(String text, int limit) throws ValueException {
        return name(text, limit, "_.+-~%");
    }

    private static String name(String text, int limit, String signs) throws ValueException {
        if (text.length() == 0) { throw new ValueException("a name is missing", "write it"); }
        if (!Words.isName(text, signs) || text.charAt(0) == '-') {
            throw new ValueException("not a name: " + show(text), "use letters, digits and _ . + -"
                    + (signs.length() > 4 ? " ~ %" : "") + ", and don't begin with -");
        }
        if (text.length() > limit) {
            throw new ValueException("a name of " + text.length() + " characters, the limit is " + limit, "shorten it");
        }
        return text;
    }

    /** The user's text for a message: in quotes, and cut. */
    public static String show(String text) {
        return '"' + cut(text, SHOWN) + '"';
    }

    /** At most so many bytes of the user's text, without characters that disturb a terminal. */
    public static String cut(String text, int limit) {
        StringBuilder out = new StringBuilder();
        for (int i = 0, end; i < text.length(); i = end) {
            end = i + Words.utf8Length(text, i);
            int code = Words.codePoint(text, i);
            if (end > limit) { return out.append("...").toString(); }
            if (code == '\t') {
                out.append(' ');
            } else if (Character.isISOControl(code) || isInvisible(code) || text.charAt(i) > 0xFF) {
                out.append('?');
            } else {
                out.append(text, i, end);
            }
        }
        return out.toString();
    }
}
