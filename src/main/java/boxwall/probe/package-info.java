/**
 * Reads a box, live or recorded, into {@link boxwall.box.Readings}.
 *
 * <p>
 * In: files by path, the output of {@code boxwall-apply probe}; for a recording only files. Out: texts exactly as read,
 * without secrets. Package box interprets them.
 */
package boxwall.probe;
