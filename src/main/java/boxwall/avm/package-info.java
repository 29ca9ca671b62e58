/**
 * AVM's own software beside netfilter.
 *
 * <p>
 * In: {@link boxwall.box.Readings}. Out: dsld's filter as ar7.cfg configures it, the state of Packet Acceleration, the
 * destination of printk, and the listening services.
 */
package boxwall.avm;
