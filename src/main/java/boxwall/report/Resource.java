package boxwall.report;

import boxwall.box.Rows;

/** A text that is in the jar. */
public final class Resource {
    private Resource() {}

    /** The text (UTF-8) at an absolute path of the jar; IllegalStateException when the jar is damaged. */
    public static String text(String path) {
        return Rows.text(Resource.class.getResourceAsStream(path), "UTF-8", Integer.MAX_VALUE);
    }
}
