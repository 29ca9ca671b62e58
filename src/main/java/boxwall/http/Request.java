package boxwall.http;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** A request that passed the gate. */
public final class Request {
    private final String method;
    private final String path;
    private final Map<String, String> query;
    private final Map<String, String> headers;
    private final Client client;
    private final String body;
    private final RequestDeadline patience;

    /** Makes a request; query and headers by name, header names in lower case. */
    public Request(String method, String path, Map<String, String> query, Map<String, String> headers, Client client,
            String body) {
        this(method, path, query, headers, client, body, new RequestDeadline(null, Integer.MAX_VALUE, 0));
    }

    private Request(String method, String path, Map<String, String> query, Map<String, String> headers, Client client,
            String body, RequestDeadline patience) {
        this.method = method;
        this.path = path;
        this.query = Collections.unmodifiableMap(new HashMap<String, String>(query));
        this.headers = Collections.unmodifiableMap(new HashMap<String, String>(headers));
        this.client = client;
        this.body = body;
        this.patience = patience;
    }

    /** GET, PUT, POST, DELETE or HEAD. */
    public String method() { return method; }

    /** The path without the query, decoded once. */
    public String path() { return path; }

    /** A query parameter, or null. */
    public String query(String name) { return query.get(name); }

    /** All query parameters. */
    public Map<String, String> query() { return query; }

    /** A header by its name in lower case, or null. */
    public String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    /** The client. */
    public Client client() { return client; }

    /** The body, one character a byte; empty when there is none. */
    public String body() { return body; }

    /** How long the answer is waited for. */
    public RequestDeadline patience() { return patience; }

    Request with(String text, RequestDeadline bounds) {
        return new Request(method, path, query, headers, client, text, bounds);
    }
}
