/**
 * Hands a plan to boxwall-apply.
 *
 * <p>
 * In: the files of a plan. Out: an {@link boxwall.apply.Outcome}, parsed from the script's output. One command per
 * change.
 */
package boxwall.apply;
