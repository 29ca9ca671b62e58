/**
 * The program itself: verbs, configuration, daemon.
 *
 * <p>
 * In: arguments, boxwall.cfg. Out: exit status with output, or a daemon that holds the candidate, the pending change,
 * the watch, the history.
 */
package boxwall.daemon;
