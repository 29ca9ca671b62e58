/**
 * The ruleset language: text in, {@link boxwall.netfilter.Ruleset} out, and back to the text that iptables-save prints.
 *
 * <p>Read in this order: {@link RulesetParser} (lines and names), CommandParser (one iptables command), Extensions (matches and
 * targets as data, see the resource {@code extensions}), Draft (what the commands do to the tables), ChainCheck (what only shows
 * when all is read), {@link Writer}. Everything is pure: no file is opened here but the package's own tables.
 *
 * <p>Options are kept in the canonical form of iptables-save 1.8: {@code --syn} is {@code --tcp-flags} with the values
 * {@code FIN,SYN,RST,ACK} and {@code SYN}; ports and ICMP types are numbers; {@code --set-mark} is {@code --set-xmark}.
 */
package boxwall.syntax;
