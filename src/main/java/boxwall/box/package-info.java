/**
 * What is known of a box: raw readings in, facts and findings out. Pure: nothing here opens a file or starts a program.
 *
 * <p>Readings are texts as read; BoxFacts is what they mean; a Finding says what is wrong, by which evidence, and what to do.
 */
package boxwall.box;
