/**
 * The verbs and the daemon: everything wired together.
 *
 * <p>Reads the configuration, asks probe for readings, hands them through check, compile and plan, and the plan to apply; answers
 * the control port.
 */
package boxwall.daemon;
