/**
 * Which rule decides a packet, for one packet or for sets of packets.
 *
 * <p>
 * In: a ruleset, the box's interfaces and addresses ({@link boxwall.explain.BoxNetwork}). Out: an
 * {@link boxwall.explain.Answer} with verdict, deciding rule, trail; for sets an {@link boxwall.explain.Expectation},
 * an {@link boxwall.explain.AdminProof}, an {@link boxwall.explain.Exposure} or a {@link boxwall.explain.Difference}.
 *
 * <p>
 * One engine walks both ({@link boxwall.explain.HookWalk} through the hooks, {@link boxwall.explain.ChainWalk} through
 * a chain): a packet is a set whose fields are all written. {@link boxwall.explain.Verdicts} keeps one walk of all
 * packets for each hook; every query about a ruleset is an intersection with it.
 *
 * <p>
 * Sets are binary decision diagrams. Lists of disjoint boxes would be easier to read, but every negation, port list and
 * mask with holes multiplies them, and equal lists may look different. In a diagram those cost a few nodes, a set is an
 * int, equal sets are equal ints, and the nodes are in a few int arrays, which suits a small heap. Some rulesets
 * (hundreds of masks with holes) make a diagram grow without bound: the limit is a third of the heap, beyond it the
 * query ends undecided, "too complex", which never counts as proved. People get regions, not diagrams.
 *
 * <p>
 * Facts of the kernel in the walks: raw, mangle, nat, filter, security is the order at a hook, nat being last at INPUT;
 * only a connection's first packet enters nat; IPv4 reassembles fragments before INPUT, so later fragments never get
 * there; matches that read the transport header never match later fragments, negated or not; packets that nat's OUTPUT
 * translated are routed again, but filter's OUTPUT still sees the first interface.
 */
package boxwall.explain;
