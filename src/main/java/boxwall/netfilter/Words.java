package boxwall.netfilter;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Splits text into lines and words without java.util.regex: GNU Classpath runs String.split, matches and replaceAll on
 * a backtracking regex, which was two thirds of the time that reading a box took on JamVM. ASCII only.
 */
public final class Words {
    private Words() {}

    /** The bytes as characters (ISO-8859-1), without a decoder: GNU Classpath's calls four methods for each byte. */
    @SuppressWarnings("deprecation")
    public static String text(byte[] bytes) { return new String(bytes, 0); }

    /** The reverse of {@link #text}, for characters below 256. */
    @SuppressWarnings("deprecation")
    public static byte[] bytesOf(String text) {
        byte[] bytes = new byte[text.length()];
        text.getBytes(0, bytes.length, bytes, 0);
        return bytes;
    }

    /** The bytes in UTF-8 of a text with any characters. */
    public static byte[] utf8(String text) {
        // most texts are ASCII; Classpath's encoders are slow, because they encode each character separately
        return highest(text) < 128 ? bytesOf(text) : text.getBytes(Charset.forName("UTF-8"));
    }

    /** The character with the highest number; 0 for an empty text. */
    public static char highest(String text) {
        char highest = 0;
        // an array, because JamVM spends most of the time in calls
        for (char c : text.toCharArray()) {
            highest = c > highest ? c : highest;
        }
        return highest;
    }

    /** The words of a line, separated by blanks, tabs and other control characters; none for an empty line. */
    public static String[] of(String line) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= line.length(); i++) {
            boolean blank = i == line.length() || line.charAt(i) <= ' ';
            if (blank && start >= 0) {
                words.add(line.substring(start, i));
                start = -1;
            } else if (!blank && start < 0) { start = i; }
        }
        return words.toArray(new String[words.size()]);
    }

    /**
     * The words as iptables-restore reads them: in double quotes a backslash quotes the next character. Null for an
     * open quote.
     */
    public static List<String> quoted(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean started = false;
        boolean quoted = false;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ' ' : text.charAt(i);
            if (quoted && c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
                started = true;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                if (started) { words.add(word.toString()); }
                word.setLength(0);
                started = false;
            } else {
                started = true;
                word.append(c);
            }
        }
        return quoted ? null : words;
    }

    /** The parts between separators, empty ones too; a text without a separator is one part. */
    public static String[] split(String text, char separator) {
        return split(text, separator, Integer.MAX_VALUE);
    }

    /** The same parts, at most so many: the last one contains the separators that are left. */
    static String[] split(String text, char separator, int most) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf(separator); end >= 0 && parts.size() < most - 1; end =
                text.indexOf(separator, start)) {
            parts.add(text.substring(start, end));
            start = end + 1;
        }
        parts.add(text.substring(start));
        return parts.toArray(new String[parts.size()]);
    }

    /** The text before the first separator; the whole text without one. */
    public static String before(String text, char separator) {
        int end = text.indexOf(separator);
        return end < 0 ? text : text.substring(0, end);
    }

    /** The text after the first separator; null without one. */
    public static String after(String text, char separator) {
        int index = text.indexOf(separator);
        return index < 0 ? null : text.substring(index + 1);
    }

    /** The texts of values with the separator between them. */
    public static String join(Iterable<?> values, String separator) {
        StringBuilder out = new StringBuilder();
        String before = "";
        for (Object value : values) {
            out.append(before).append(value);
            before = separator;
        }
        return out.toString();
    }

    /** The lines of a text without their ends (LF or CR LF), which the last may lack; none for null. */
    public static List<String> lines(String text) {
        return lines(text, "");
    }

    /** Those lines that contain a word, which may be empty; creates no strings for the others. */
    public static List<String> lines(String text, String word) {
        if (text == null || text.length() == 0) { return Collections.emptyList(); }
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int at = word.length() == 0 ? start : find(text, word, start);
            if (at < 0) { break; }
            start = at == start ? start : text.lastIndexOf('\n', at) + 1;
            int end = text.indexOf('\n', at);
            int next = end < 0 ? text.length() : end + 1;
            end = end < 0 ? text.length() : end;
            lines.add(text.substring(start, end > start && text.charAt(end - 1) == '\r' ? end - 1 : end));
            start = next;
        }
        return lines;
    }

    /** Whether a text has at least one character, and only digits 0 to 9. */
    public static boolean isNumber(String text) {
        return text.length() > 0 && digits(text, 0) == text.length();
    }

    /** A decimal or 0x number from 0 to {@code most}; -1 for another text. */
    public static long number(String text, long most) {
        int base = text.startsWith("0x") || text.startsWith("0X") ? 16 : 10;
        int from = base == 16 ? 2 : 0;
        long number = from == text.length() ? -1 : 0;
        for (int i = from; i < text.length() && number >= 0; i++) {
            int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), base) : -1;
            number = digit < 0 || number > (most - digit) / base ? -1 : number * base + digit;
        }
        return number;
    }

    /** The end of the digits 0 to 9 that begin at an index. */
    public static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** Whether a text has at least one character, and only ASCII letters, digits and {@code others}. */
    public static boolean isName(String text, String others) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || others.indexOf(c) >= 0)) {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** The same as indexOf, for which GNU Classpath makes a call for each character. */
    public static int find(String text, String word, int from) {
        int at = text.indexOf(word.charAt(0), from);
        while (at >= 0 && !text.startsWith(word, at)) {
            at = text.indexOf(word.charAt(0), at + 1);
        }
        return at;
    }

    /** The text with each occurrence of a word replaced. */
    public static String replace(String text, String word, String by) {
        int at = find(text, word, 0);
        if (at < 0) { return text; }
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        for (; at >= 0; at = find(text, word, start)) {
            out.append(text.substring(start, at)).append(by);
            start = at + word.length();
        }
        return out.append(text.substring(start)).toString();
    }

    /** Two hex digits for each byte. */
    public static String hex(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (byte value : bytes) {
            out.append(Character.forDigit(value >> 4 & 15, 16)).append(Character.forDigit(value & 15, 16));
        }
        return out.toString();
    }

    /** The bytes of a text as {@link #hex} writes it, in either case; null for another text. */
    public static byte[] bytes(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < hex.length(); i++) {
            int digit = hex.charAt(i) < 128 ? Character.digit(hex.charAt(i), 16) : -1;
            if (digit < 0 || hex.length() % 2 != 0) { return null; }
            bytes[i / 2] = (byte) (bytes[i / 2] << 4 | digit);
        }
        return bytes;
    }

    /**
     * The length of the UTF-8 sequence at an index of a byte string (one character per byte); 1 for another character,
     * also for overlong sequences, surrogates and numbers beyond U+10FFFF.
     */
    public static int utf8Length(CharSequence text, int at) {
        char c = text.charAt(at);
        int length = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 1;
        if (at + length > text.length()) { return 1; }
        for (int i = 1; i < length; i++) {
            char next = text.charAt(at + i);
            int least = i > 1 ? 0x80 : c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
            int most = i > 1 ? 0xbf : c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
            if (next < least || next > most) { return 1; }
        }
        return length;
    }

    /** At most so many bytes of a text, whole UTF-8 sequences. */
    public static String cut(String text, int limit) {
        if (text.length() <= limit) { return text; }
        int end = 0;
        while (end + utf8Length(text, end) <= limit) {
            end += utf8Length(text, end);
        }
        return text.substring(0, end);
    }

    /** Whether a byte string is UTF-8. */
    public static boolean isUtf8(CharSequence text) {
        for (int i = 0, length; i < text.length(); i += length) {
            length = utf8Length(text, i);
            if (length == 1 && text.charAt(i) > 0x7f) { return false; }
        }
        return true;
    }

    /** The Unicode number of the character at an index. */
    public static int codePoint(CharSequence text, int at) {
        int length = utf8Length(text, at);
        char c = text.charAt(at);
        if (length == 1) { return c; }
        int code = c & 0x7f >> length;
        for (int i = 1; i < length; i++) {
            code = code << 6 | text.charAt(at + i) & 0x3f;
        }
        return code;
    }
}
