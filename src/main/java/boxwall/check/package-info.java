/**
 * What is wrong with a ruleset for a box, before anything is touched: syntax, what the kernel can't do here, what would lock out.
 *
 * <p>Pure. A finding with severity refuse keeps a ruleset from being applied; nothing is applied in part.
 */
package boxwall.check;
