/**
 * What boxwall says of itself, as JSON and as words. The only package that sees minimal-json.
 *
 * <p>Texts inside boxwall are byte strings (one character a byte, as read from the box); here they become UTF-8 again.
 */
package boxwall.report;
