/**
 * The command line, on a PC and on the box.
 *
 * <p>
 * In: arguments and files. Out: text or JSON with an exit status, or the running {@link boxwall.daemon.Daemon}.
 */
package boxwall.cli;
