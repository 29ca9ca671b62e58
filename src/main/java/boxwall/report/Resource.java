package boxwall.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** A text that is in the jar. */
public final class Resource {
    private Resource() {}

    /** The text (UTF-8) at an absolute path of the jar; IllegalStateException when the jar is damaged. */
    public static String text(String path) {
        try {
            InputStream in = Resource.class.getResourceAsStream(path);
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 * 1024);
                byte[] buffer = new byte[4096];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    bytes.write(buffer, 0, n);
                }
                return bytes.toString("UTF-8");
            } finally {
                in.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the jar's own " + path, e);
        }
    }
}
