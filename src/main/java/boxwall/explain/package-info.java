/**
 * Which rule decides a packet: the walk of one packet, or of a set of packets, through the tables and chains that it would cross.
 *
 * <p>In: a ruleset, and the box's interfaces and addresses ({@link boxwall.explain.Site}). Out: an {@link boxwall.explain.Answer}
 * with verdict, deciding rule and trail. What a rule asks is parsed once into {@link boxwall.explain.Criteria}; the walks only
 * interpret those. Nothing here reads the box, and nothing guesses: a match that can't be known is unknown, and the answer then
 * names the lines that it depends on.
 */
package boxwall.explain;
