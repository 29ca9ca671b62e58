package boxwall.http;

import java.util.Map;

/** A request that passed the access control. */
public final class Request {
    /** GET, PUT, POST, DELETE or HEAD. */
    public final String method;
    /** The path without the query, decoded once. */
    public final String path;
    /** All query parameters. */
    public final Map<String, String> query;
    private final Map<String, String> headers;
    public final Client client;
    /** One character a byte; empty when there is none. */
    public final String body;
    /** How long the answer is waited for. */
    public final RequestDeadline patience;

    /** Makes a request; query and headers by name, header names in lower case. */
    Request(String method, String path, Map<String, String> query, Map<String, String> headers, Client client,
            String body, RequestDeadline patience) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.client = client;
        this.body = body;
        this.patience = patience;
    }

    /** A query parameter, or null. */
    public String query(String name) { return query.get(name); }

    /** A header by its name in lower case, or null. */
    public String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    Request with(String text) { return new Request(method, path, query, headers, client, text, patience); }
}
