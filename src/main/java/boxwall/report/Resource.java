package boxwall.report;

import boxwall.netfilter.Rows;
import java.io.UnsupportedEncodingException;

/** A text that is in the jar. */
public final class Resource {
    private Resource() {}

    /** The text (UTF-8) at an absolute path of the jar; IllegalStateException when the jar is damaged. */
    public static String text(String path) {
        try {
            return new String(bytes(path), "UTF-8");
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its bytes. */
    public static byte[] bytes(String path) {
        return Rows.bytes(Resource.class.getResourceAsStream(path), Integer.MAX_VALUE);
    }
}
