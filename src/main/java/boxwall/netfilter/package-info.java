/**
 * Netfilter's terms as immutable values: family, table, hook, chain, rule, match, target, policy.
 *
 * <p>
 * In: parsed parts from package syntax. Out: values that every other package reads. Nothing here knows a box, reads a
 * file or parses a line.
 */
package boxwall.netfilter;
