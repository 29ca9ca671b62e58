package boxwall.http;

import java.util.Map;

/** A request with its client. */
public final class Request {
    /** GET, PUT, POST, DELETE or HEAD. */
    public final String method;
    /** The path without the query, decoded once. */
    public final String path;
    /** All query parameters. */
    public final Map<String, String> query;
    private final Map<String, String> headers;
    public final Client client;
    /** One character for each byte; empty if there is no body. */
    public final String body;
    /** Ends the work on this request when it takes too long. */
    public final RequestDeadline deadline;

    /** {@code query} and {@code headers} by name; header names in lower case. */
    Request(String method, String path, Map<String, String> query, Map<String, String> headers, Client client,
            String body, RequestDeadline deadline) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.client = client;
        this.body = body;
        this.deadline = deadline;
    }

    /** A query parameter, or null. */
    public String query(String name) { return query.get(name); }

    /** The value of a header, or null. */
    public String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    Request with(String text) { return new Request(method, path, query, headers, client, text, deadline); }
}
