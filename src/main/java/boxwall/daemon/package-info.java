/**
 * The service on the box: candidate, change, watch, history.
 *
 * <p>
 * In: boxwall.cfg, requests. Out: replies, and changes by boxwall-apply.
 */
package boxwall.daemon;
