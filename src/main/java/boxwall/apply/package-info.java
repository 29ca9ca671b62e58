/**
 * Plans carried to the box: written as a directory, handed to boxwall-apply, and what came of it read back.
 *
 * <p>It decides nothing that the plan or the script has decided: it starts one command and turns its lines into an Outcome.
 */
package boxwall.apply;
