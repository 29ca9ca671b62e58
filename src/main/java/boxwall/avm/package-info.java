/**
 * AVM's own software beside netfilter.
 *
 * <p>
 * In: {@link boxwall.box.Readings}. Out: dsld's filter as ar7.cfg has it, the state of Packet Acceleration, where
 * printk goes, and which services listen.
 */
package boxwall.avm;
