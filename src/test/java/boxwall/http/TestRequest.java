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

    /** A request from a PC in the LAN, over a connection accepted at this uptime. */
    public static Request fromLan(String method, String path, Map<String, String> query, String body,
            long acceptedMillis) {
        Client pc = new Client(new byte[] {(byte) 192, (byte) 168, (byte) 178, 20}, acceptedMillis);
        return of(method, path, query, Map.of(), pc, body);
    }
}
