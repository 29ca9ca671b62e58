/**
 * Adapts a ruleset to one box.
 *
 * <p>
 * In: a ruleset, the box's facts, the options of {@code compile}. Out: rules, modules in load order, notes. Every
 * deviation from the rules as written is a note with the user's line.
 */
package boxwall.compile;
