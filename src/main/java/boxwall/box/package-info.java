/**
 * Interprets the readings of a box.
 *
 * <p>
 * In: {@link boxwall.box.Readings}, texts as read. Out: {@link boxwall.box.BoxFacts}, and {@link boxwall.box.Finding}s
 * with evidence and remedy. Opens no file, starts no program.
 */
package boxwall.box;
