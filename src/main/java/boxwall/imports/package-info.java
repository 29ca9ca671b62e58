/**
 * Converts shell scripts, iptables-save dumps or pages with rules to a ruleset.
 *
 * <p>
 * In: one text. Out: a ruleset that parses, with a remark for every line that is not in it; the resource messages has
 * their texts. Nothing is executed, no other file is opened.
 */
package boxwall.imports;
