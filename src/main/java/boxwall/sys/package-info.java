/**
 * Access to the machine: processes, files, clock.
 *
 * <p>
 * In: argument arrays, absolute paths. Out: output, exit status, file contents. No decisions: the caller chooses the
 * command and interprets the result. JamVM's deviations with processes are worked around here; JamVmRules lists the
 * classes.
 */
package boxwall.sys;
