package boxwall.http;

import java.util.Map;

/** Requests without a connection. */
public final class TestRequest {
    private TestRequest() {}

    /** A request whose client never disconnects. */
    public static Request of(String method, String path, Map<String, String> query, Map<String, String> headers,
            Client client, String body) {
        return new Request(method, path, query, headers, client, body,
                new RequestDeadline(() -> false, Integer.MAX_VALUE, 0));
    }

    /** A request whose client has closed its connection since. */
    public static Request abandoned(Request request) {
        return new Request(request.method, request.path, request.query, Map.of(), request.client, request.body,
                new RequestDeadline(() -> true, Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    /** A request from a PC in the LAN, over a connection accepted at this uptime. */
    public static Request fromLan(String method, String path, Map<String, String> query, String body,
            long acceptedMillis) {
        Client pc = new Client(new byte[] {(byte) 192, (byte) 168, (byte) 178, 20}, acceptedMillis);
        return of(method, path, query, Map.of(), pc, body);
    }
}
