/**
 * The edge to the world: processes, files, the clock. The only package that executes a program or opens a file of the box.
 *
 * <p>It holds no decision: what to run, read or write is the caller's business, and so is what the answer means. Each workaround
 * for JamVM and GNU Classpath has its one place here.
 */
package boxwall.sys;
