/**
 * Reads a box: files by path, outputs of commands, into {@link boxwall.box.Readings}. What they mean is box's business.
 *
 * <p>A live box is read with files and one single process, {@code boxwall-apply probe}; a recorded one with files alone. What is
 * secret never gets into the readings.
 */
package boxwall.probe;
