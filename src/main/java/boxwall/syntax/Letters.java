package boxwall.syntax;

import boxwall.netfilter.Words;
import java.util.Locale;

/**
 * The characters of a text whose bytes are its characters (ISO-8859-1, as texts are kept here): UTF-8 sequences are
 * found in it, so that what a web page or an editor put in is named as a person sees it.
 */
public final class Letters {
    private static final String UNSEEN =
            "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff";
    /** Characters that no keyboard types, what each is ($ itself, # its number), and what to write. */
    private static final String[][] FOREIGN = {
            {"\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad", "$ is a dash as web pages write it",
                    "write - or --"},
            {"\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u00b4\uff07", "$ is a quote as web pages write it",
                    "write '"},
            {"\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02", "$ is a quote as web pages write it",
                    "write \""},
            {"\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
                    "a non-breaking space or another blank of web pages (#)", "write an ordinary blank"},
            {UNSEEN, "a character that nobody sees (#)", "remove it; it came from a web page or an editor"},
            {"\u2026", "$ is one character, not three dots", "write what belongs there"}};
    /** 0x91 to 0x97 of Windows-1252. */
    private static final String WINDOWS = "\u2018\u2019\u201c\u201d\u2022\u2013\u2014";

    /** So many characters of a text stand in a message. */
    private static final int SHOWN = 60;

    private Letters() {}

    /** Whether a ruleset may have this text in quotes: no control characters but tabs, and none that nobody sees. */
    public static boolean isText(String text) {
        for (int i = 0; i < text.length(); i += length(text, i)) {
            if (refused(text, i, true) != null) { return false; }
        }
        return true;
    }

    /** Where the letters, digits and {@code _ , - . / :} that begin at an index end: they mean themselves anywhere. */
    static int plain(String text, int from) {
        int end = from;
        for (; end < text.length(); end++) {
            char c = text.charAt(end);
            if (!(c >= 'a' && c <= 'z' || c >= ',' && c <= ':' || c >= 'A' && c <= 'Z' || c == '_')) { break; }
        }
        return end;
    }

    /** How many chars the character at an index takes: more than one for a UTF-8 sequence, 1 for anything else. */
    public static int length(CharSequence text, int at) {
        char c = text.charAt(at);
        int length = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 1;
        if (at + length > text.length()) { return 1; }
        for (int i = 1; i < length; i++) {
            char next = text.charAt(at + i);
            if (next < 0x80 || next > 0xbf) { return 1; }
        }
        return length;
    }

    /** The character's number. */
    public static int code(CharSequence text, int at) {
        int length = length(text, at);
        char c = text.charAt(at);
        if (length == 1) { return c; }
        int code = c & 0x7f >> length;
        for (int i = 1; i < length; i++) {
            code = code << 6 | text.charAt(at + i) & 0x3f;
        }
        return code;
    }

    /** A byte order mark at an index: its length, else 0. */
    public static int mark(CharSequence text, int at) {
        return at < text.length() && code(text, at) == 0xfeff ? length(text, at) : 0;
    }

    /**
     * Why the character at an index can't be taken; null when it can. Quotes may hold any that is seen; outside of them
     * some are refused that no keyboard types into a command.
     */
    static ValueException refused(CharSequence text, int at, boolean inQuotes) {
        if (text.charAt(at) >= ' ' && text.charAt(at) <= '~') { return null; }
        int length = length(text, at);
        int code = code(text, at);
        int seen = length == 1 && code >= 0x91 && code <= 0x97 ? WINDOWS.charAt(code - 0x91) : code;
        for (String[] row : FOREIGN) {
            if ((!inQuotes || length == 1 || unseen(code)) && row[0].indexOf(seen) >= 0) {
                String number = "U+" + Integer.toHexString(0x10000 | code).substring(1).toUpperCase(Locale.ROOT);
                String shown = text.subSequence(at, at + length).toString();
                return new ValueException(Words.replace(Words.replace(row[1], "#", number), "$", shown), row[2]);
            }
        }
        return !Character.isISOControl(code) || code == '\t' ? null
                : new ValueException("a control character (code " + code + ")", "remove it");
    }

    /** It shows nothing, or turns the text. */
    static boolean unseen(int code) { return UNSEEN.indexOf(code) >= 0; }

    /** Names of extensions, modules, chains, lists: nothing that a path or an option could be made of. */
    static String name(String text, int limit) throws ValueException {
        if (text.length() == 0) { throw new ValueException("a name is missing", "write it"); }
        if (!Words.isName(text, "_.+-") || text.charAt(0) == '-') {
            throw new ValueException("not a name: " + show(text),
                    "use letters, digits and _ . + -, and don't begin with -");
        }
        if (text.length() > limit) {
            throw new ValueException("a name of " + text.length() + " characters, the limit is " + limit, "shorten it");
        }
        return text;
    }

    /** A piece of the user's text for a message: quoted, cut, without characters that would upset a terminal. */
    static String show(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length();) {
            int length = length(text, i);
            int code = code(text, i);
            if (i + length > SHOWN) {
                out.append("...");
                break;
            }
            out.append(Character.isISOControl(code) || unseen(code) ? "?" : text.substring(i, i + length));
            i += length;
        }
        return out.append('"').toString();
    }
}
