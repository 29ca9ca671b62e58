/**
 * The plan directory as text: everything that boxwall-apply needs to load a ruleset, to check it and to say where it came from.
 *
 * <p>Pure: it makes the files' contents; writing them is package apply's.
 */
package boxwall.plan;
