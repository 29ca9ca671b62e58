/**
 * The readings of a box and what they name.
 *
 * <p>
 * In: texts as read, {@link Readings}. Out: kernel, firmware, programs, interfaces and the kernel log as values, each
 * with its evidence; {@link Finding}; what is secret, {@link Secrets}. Opens no file, starts no program.
 */
package boxwall.box;
