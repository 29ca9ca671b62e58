/**
 * Finds what is wrong with a ruleset for a box before anything is loaded.
 *
 * <p>
 * In: a ruleset, the box's facts. Out: {@link boxwall.box.Finding}s. One with severity refuse keeps the whole ruleset
 * from being applied.
 */
package boxwall.check;
