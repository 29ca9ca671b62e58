/**
 * A ruleset made fit for one box: which modules it needs, and where conntrack can't be had, its stateless twin.
 *
 * <p>Pure: rules and facts in, rules, modules and notes out. It weakens nothing silently: whatever the compiled form decides
 * otherwise than the written one is a note with the user's line.
 */
package boxwall.compile;
