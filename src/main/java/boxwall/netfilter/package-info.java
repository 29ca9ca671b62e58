/**
 * What netfilter knows, as immutable values: family, table, hook, chain, rule, match, target, policy, ruleset.
 *
 * <p>Nothing here reads a file, knows a box or parses a line; every other package may use it, and it uses none.
 */
package boxwall.netfilter;
