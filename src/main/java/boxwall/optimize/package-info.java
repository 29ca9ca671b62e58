/**
 * Makes a ruleset ask fewer rules of a packet.
 *
 * <p>
 * In: a ruleset fit for the box. Out: one that decides the same, each step proved by explain over all packets; notes
 * with the user's lines.
 */
package boxwall.optimize;
