/**
 * The HTTP port: routes, access control, limits.
 *
 * <p>
 * In: requests, through NanoHTTPD, which no other package sees. Out: responses, written by a
 * {@link boxwall.http.Handler}. One connection carries one request, so an old connection cannot confirm a change. GET
 * changes nothing.
 */
package boxwall.http;
