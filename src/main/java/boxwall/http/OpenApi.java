package boxwall.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** GET /openapi.json: the API as OpenAPI 3 has it, from the jar. */
final class OpenApi {
    private OpenApi() {
    }

    static Reply reply() {
        InputStream in = OpenApi.class.getResourceAsStream("openapi.json");
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(16 * 1024);
            byte[] buffer = new byte[4096];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
            return Reply.json(200, out.toString("UTF-8"));
        } catch (IOException e) {
            throw new IllegalStateException("openapi.json in the jar", e);
        } finally {
            close(in);
        }
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // it was read; nothing can get lost
            return;
        }
    }
}
