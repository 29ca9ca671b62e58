/**
 * Makes a ruleset compare a packet with fewer rules.
 *
 * <p>
 * In: a ruleset fit for the box. Out: an equivalent ruleset, each step proved by explain over all packets; notes with
 * the user's lines.
 */
package boxwall.optimize;
