/**
 * Everything known about one box.
 *
 * <p>
 * In: {@link boxwall.box.Readings}. Out: {@link BoxFacts}, put together from packages box, modules and avm, and its
 * {@link boxwall.box.Finding}s with evidence and remedy.
 */
package boxwall.facts;
