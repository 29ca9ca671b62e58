/**
 * The ruleset language, read into {@link boxwall.netfilter.Ruleset}, written as iptables-save prints it.
 *
 * <p>
 * In: text; the resource {@code extensions} with all matches and targets. Out: a ruleset with the origin of each rule,
 * or all errors with line and column.
 *
 * <p>
 * Options are kept in the canonical form of iptables-save 1.8: {@code --syn} is {@code --tcp-flags} with the values
 * {@code FIN,SYN,RST,ACK} and {@code SYN}; ports and ICMP types are numbers; {@code --set-mark} is {@code --set-xmark}.
 * A value that nobody interprets (kind {@code word}) stays as it is written.
 */
package boxwall.syntax;
