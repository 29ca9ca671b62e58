package boxwall.daemon;

import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Prints texts whose characters are bytes (see {@code Sys.read}) as those bytes, so that what was UTF-8 in a file is
 * UTF-8 on the terminal.
 */
final class ByteText {
    private ByteText() {}

    static void print(PrintStream to, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                to.print(text);
                return;
            }
        }
        byte[] bytes = text.getBytes(Charset.forName("ISO-8859-1"));
        to.write(bytes, 0, bytes.length);
        to.flush();
    }
}
