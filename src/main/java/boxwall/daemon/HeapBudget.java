package boxwall.daemon;

import boxwall.report.Problem;

/**
 * Whether a ruleset fits into the heap, told before it is parsed: a heap that is nearly full keeps an interpreter
 * collecting for minutes before it runs out. An estimate on the safe side; what slips through is answered when memory
 * does run out.
 */
final class HeapBudget {
    /**
     * Bytes of heap for a character of rules; a rule of 50 characters takes 0.8 to 1.4 KB once parsed and compiled, and
     * as much in passing.
     */
    private static final int BYTES_A_CHARACTER = 32;
    /** What the proofs take beside: a third of the heap is the most (Bdd), these rulesets came to a sixth. */
    private static final int PROOF_PART = 6;
    /** A usual line. */
    private static final int LINE = 50;

    private HeapBudget() {}

    /** Null when the rules fit, else what to do. */
    static Problem lacking(String text) {
        long max = Runtime.getRuntime().maxMemory();
        return lacking(text, max, free(false)) == null ? null : lacking(text, max, free(true));
    }

    /** {@code max} is the whole heap's bytes, {@code free} those that nobody uses. */
    static Problem lacking(String text, long max, long free) {
        long room = Math.max(0, free - max / PROOF_PART) / BYTES_A_CHARACTER;
        // an interpreter counts a long text for seconds; most are short
        long length = 2L * text.length() <= room ? 0 : characters(text);
        if (length <= room) { return null; }
        return new Problem(503, "too long for this heap",
                "with " + (max + 524288 >> 20) + " MB of heap the daemon can take about " + room / LINE + " rules of "
                        + LINE + " characters now; this ruleset is as long as " + length / LINE + "; "
                        + Problem.TOO_LONG);
    }

    /**
     * Bytes that the heap still has; with garbage only after a collection, which takes a small heap's box a tenth of a
     * second.
     */
    private static long free(boolean collected) {
        Runtime runtime = Runtime.getRuntime();
        if (collected) { System.gc(); }
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /** Characters of what becomes rules: comments don't, and a line for both families counts twice. */
    private static long characters(String text) {
        long count = 0;
        for (int at = 0; at < text.length();) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end + 1;
            count += text.charAt(at) == '#' ? 1 : text.startsWith("ip46", at) ? 2 * (end - at) : end - at;
            at = end;
        }
        return count;
    }
}
