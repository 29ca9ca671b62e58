/**
 * The edge to the world: processes, files, the clock. The only package that executes a program or opens a file of the box.
 *
 * <p>It holds no decision: what to run, read or write is the caller's business, and so is what the answer means. What JamVM
 * and GNU Classpath do otherwise with processes is worked around here, with sockets in {@code http}; the table in JamVmRules, which a test
 * holds, says for each workaround which classes have it.
 */
package boxwall.sys;
