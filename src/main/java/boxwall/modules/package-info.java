/**
 * Which module carries what on which kernel, and what of it this box has.
 *
 * <p>
 * In: {@link boxwall.box.Readings} and the table generations.txt. Out: a {@link Capability} for each table, match,
 * target and module, and the verdict on connection tracking, {@link ConntrackVerdict}.
 */
package boxwall.modules;
