package boxwall.http;

/**
 * Answers the routes, except /ok and /openapi.json. Several threads call it; it throws nothing for bad input.
 */
public interface Handler {
    /** {@code withToken}: whether the request showed the token, for routes that don't need it. */
    Reply answer(Route route, Request request, boolean withToken);
}
