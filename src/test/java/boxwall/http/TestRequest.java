package boxwall.http;

import java.util.Map;

/** Requests without a connection, whose client never disconnects. */
public final class TestRequest {
    private TestRequest() {}

    public static Request of(String method, String path, Map<String, String> query, Map<String, String> headers,
            Client client, String body) {
        return new Request(method, path, query, headers, client, body,
                new RequestDeadline(() -> false, Integer.MAX_VALUE, 0));
    }
}
