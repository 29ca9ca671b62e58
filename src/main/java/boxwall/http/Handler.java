package boxwall.http;

/**
 * What answers the routes, but for /ok and /openapi.json. Called from several threads; throws nothing for bad input.
 */
public interface Handler {
    /** {@code withToken} tells for routes that don't need the token whether it was shown. */
    Reply answer(Route route, Request request, boolean withToken);
}
