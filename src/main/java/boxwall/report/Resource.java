package boxwall.report;

import boxwall.box.Rows;

/** A text that is in the jar. */
public final class Resource {
    private Resource() {}

    /** The text (UTF-8) at an absolute path of the jar; IllegalStateException when the jar is damaged. */
    public static String text(String path) {
        return Rows.text(Resource.class.getResourceAsStream(path), "UTF-8", Integer.MAX_VALUE);
    }

    /** Its bytes. */
    public static byte[] bytes(String path) {
        return Rows.bytes(Resource.class.getResourceAsStream(path), Integer.MAX_VALUE).toByteArray();
    }
}
