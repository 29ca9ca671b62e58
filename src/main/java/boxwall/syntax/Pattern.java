package boxwall.syntax;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;

/**
 * The bytes that -m string looks for: {@code abc}, or {@code GET |2f 0d0a|x} for --hex-string, where {@code \} takes a
 * character as it is.
 */
final class Pattern {
    private static final int LIMIT = 128;

    static byte[] bytes(String text) throws ValueException { return checked(Letters.bytes(text)); }

    private static byte[] checked(byte[] bytes) throws ValueException {
        if (bytes.length == 0 || bytes.length > LIMIT) {
            throw new ValueException("a pattern of " + bytes.length + " bytes", "1 to " + LIMIT + " can be looked for");
        }
        return bytes;
    }

    static byte[] parse(String text) throws ValueException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean hex = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '|') {
                hex = !hex;
            } else if (hex && c == ' ') {
                continue;
            } else if (hex) {
                int high = c < 128 ? Character.digit(c, 16) : -1;
                int low = i + 1 < text.length() && text.charAt(i + 1) < 128 ? Character.digit(text.charAt(i + 1), 16)
                        : -1;
                if (high < 0 || low < 0) {
                    throw new ValueException("not two hex digits in " + Errors.show(text),
                            "write bytes between bars, as |0d 0a|");
                }
                out.write(high * 16 + low);
                i++;
            } else {
                int from = c == '\\' && i + 1 < text.length() ? ++i : i;
                byte[] one = Letters.bytes(text.substring(from, from + 1));
                out.write(one, 0, one.length);
            }
        }
        if (hex) { throw new ValueException("a | that isn't closed in " + Errors.show(text), "close it with |"); }
        return checked(out.toByteArray());
    }

    /** As libxt_string decides: ASCII that can be printed, and no backslash at the end. */
    static boolean printable(byte[] bytes) {
        for (byte b : bytes) {
            if (b < ' ' || b > '~') { return false; }
        }
        return bytes[bytes.length - 1] != '\\';
    }

    static String print(byte[] bytes) {
        if (printable(bytes)) { return new String(bytes, Charset.forName("US-ASCII")); }
        StringBuilder out = new StringBuilder("|");
        for (byte b : bytes) {
            out.append(Integer.toHexString(256 | b & 255).substring(1));
        }
        return out.append('|').toString();
    }
}
