/**
 * The control port: routes, refusals and limits, and the only package that sees NanoHTTPD.
 *
 * <p>It decides who may ask and whether a request is well formed; what is asked goes through {@link boxwall.http.Handler}, and
 * what is answered was written by package report. One connection carries one request: so an old connection can never confirm a
 * change, and nobody keeps a thread. GET never changes anything.
 */
package boxwall.http;
