/**
 * Which rule decides a packet, for one packet or for sets of packets.
 *
 * <p>
 * In: a ruleset, the box's interfaces and addresses ({@link boxwall.explain.Site}). Out: an
 * {@link boxwall.explain.Answer} with verdict, deciding rule, trail; for sets an {@link boxwall.explain.Expectation},
 * an {@link boxwall.explain.AdminProof}, an {@link boxwall.explain.Exposure} or a {@link boxwall.explain.Difference}.
 *
 * <p>
 * One engine walks both ({@link boxwall.explain.HookWalk} through the hooks, {@link boxwall.explain.ChainWalk} through
 * a chain): a packet is a set whose fields are all written. {@link boxwall.explain.Verdicts} keeps one walk of all
 * packets for each hook; what is asked of a ruleset is an intersection with it.
 *
 * <p>
 * Sets are binary decision diagrams. Lists of disjoint boxes were the other choice: easier to read, but every negation,
 * port list and mask with holes multiplies them, and two lists that mean the same don't look the same. In a diagram
 * those cost a few nodes, a set is one int, equal sets are equal ints, and the nodes lie in a few int arrays, which is
 * what a small heap likes. The price is that some rulesets (hundreds of masks with holes) grow without bound: a third
 * of the heap is the limit, beyond it the question ends undecided, "too complex", which never counts as proved. People
 * get regions, not diagrams.
 *
 * <p>
 * Facts of the kernel that the walks hold: raw, mangle, nat, filter, security is the order at a hook, nat being last at
 * INPUT; nat is asked for a connection's first packet only; IPv4 puts fragments together before INPUT, so later ones
 * are never asked there; matches that look into the transport header never match later fragments, negated or not; what
 * nat's OUTPUT has translated is routed again, but filter's OUTPUT still sees the first interface.
 */
package boxwall.explain;
