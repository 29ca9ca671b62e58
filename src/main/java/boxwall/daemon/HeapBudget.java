package boxwall.daemon;

import boxwall.http.Reply;

/**
 * Estimates before parsing whether a ruleset fits into the heap: with a heap that is nearly full, an interpreter
 * collects garbage for minutes before it runs out of memory. The estimate is high; a ruleset that exceeds it is
 * answered when memory runs out.
 */
final class HeapBudget {
    /**
     * Bytes of heap for a character of rules: a rule of 50 characters takes 0.8 to 1.4 KB once parsed and compiled, and
     * as much temporarily.
     */
    private static final int BYTES_A_CHARACTER = 32;
    /** The part of the heap for the proofs, which take a third of it at most (Bdd) and a sixth for usual rulesets. */
    private static final int PROOF_PART = 6;
    /** Characters of a usual line. */
    private static final int LINE = 50;

    private HeapBudget() {}

    /** Returns null if the rules fit, else a refusal. */
    static Reply lacking(String text) {
        Runtime runtime = Runtime.getRuntime();
        Reply refusal = lacking(text, runtime.maxMemory(), free(runtime));
        if (refusal == null) { return null; }
        // a collection takes a tenth of a second on a box with a small heap
        System.gc();
        return lacking(text, runtime.maxMemory(), free(runtime));
    }

    private static long free(Runtime runtime) {
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /** For a heap of {@code max} bytes, of which {@code free} are free. */
    static Reply lacking(String text, long max, long free) {
        long room = Math.max(0, free - max / PROOF_PART) / BYTES_A_CHARACTER;
        // an interpreter counts a long text for seconds; most are short
        long length = 2L * text.length() <= room ? 0 : characters(text);
        if (length <= room) { return null; }
        return Reply.problem("heap-too-small", max + 524288 >> 20, room / LINE, LINE, length / LINE);
    }

    /** Counts the characters that become rules: not those of comments, and twice those of a line for both families. */
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
