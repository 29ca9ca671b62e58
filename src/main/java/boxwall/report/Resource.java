package boxwall.report;

import boxwall.netfilter.Rows;
import boxwall.netfilter.Words;

/** A text that is in the jar. */
public final class Resource {
    private Resource() {}

    /** The text (UTF-8) at an absolute path of the jar; IllegalStateException when the jar is damaged. */
    public static String text(String path) {
        return JsonText.utf8(Words.text(bytes(path)));
    }

    /** Its bytes. */
    public static byte[] bytes(String path) {
        return Rows.bytes(Resource.class.getResourceAsStream(path), Integer.MAX_VALUE);
    }
}
