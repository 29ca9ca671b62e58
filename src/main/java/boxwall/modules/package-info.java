/**
 * Which modules implement which features of netfilter on each kernel, and which of them this box has.
 *
 * <p>
 * In: {@link boxwall.box.Readings} and the table generations.txt. Out: a {@link Capability} for each table, match,
 * target and module, and the verdict on connection tracking, {@link ConntrackVerdict}.
 */
package boxwall.modules;
