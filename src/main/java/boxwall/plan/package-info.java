/**
 * The contents of a plan directory, which boxwall-apply loads.
 *
 * <p>
 * In: compiled rules. Out: the text of each file. Package apply writes them.
 */
package boxwall.plan;
