/**
 * Reads what people have before they have boxwall (shell scripts such as debug.cfg and rc.custom, iptables-save dumps, pages with rules in
 * them) and writes it as a ruleset, with a remark for every line that isn't in it.
 *
 * <p>Read in this order: {@link Import} (what kind of text it is), ShellLexer, ShellParser and Script (a script as a tree of Nodes), Walk (the
 * script played through with what can be known of it), Commands (what a single command means), Expansion (its words), SaveDump (dumps), Sieve
 * (nothing goes out that the ruleset language would refuse), Ledger (each line accounted for).
 *
 * <p>Pure: text in, text and remarks out. Nothing is executed and no file is opened; what only a shell on the box could answer is left out
 * and said.
 */
package boxwall.imports;
