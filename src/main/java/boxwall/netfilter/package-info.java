/**
 * Netfilter's terms as immutable values: family, table, hook, chain, rule, match, target, policy.
 *
 * <p>
 * In: parsed parts from package syntax. Out: values that every other package reads. This package does not depend on a
 * box, and reads no files but the tables in the jar.
 */
package boxwall.netfilter;
