/**
 * Writes results as JSON or text.
 *
 * <p>
 * In: findings, answers, facts, outcomes. Out: JSON (the only package that uses minimal-json) or text for people, in
 * UTF-8; texts inside boxwall are byte strings.
 */
package boxwall.report;
