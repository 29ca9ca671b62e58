package boxwall.report;

import java.io.UnsupportedEncodingException;

/** Byte strings as characters again. */
final class Text {
    /**
     * The text whose UTF-8 bytes are the characters of {@code bytes}; unchanged when it holds other characters already.
     */
    static String of(String bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            if (bytes.charAt(i) > 255) { return bytes; }
        }
        try {
            String text = new String(bytes.getBytes("ISO-8859-1"), "UTF-8");
            return text.indexOf('\ufffd') >= 0 ? bytes : text;
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
