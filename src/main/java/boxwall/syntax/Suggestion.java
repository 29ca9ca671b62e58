package boxwall.syntax;

/** Finds the most similar known word for a misspelt one. */
final class Suggestion {
    /** Candidates that are compared: a file can have thousands of names and hundreds of errors. */
    private static final int CANDIDATES_LIMIT = 500;

    /** {@code did you mean "x"?}, or {@code otherwise} if no candidate is similar. */
    static String hint(String word, Iterable<String> candidates, String otherwise) {
        return hint(word, candidates, Math.max(1, word.length() / 3) + 1, otherwise);
    }

    /** The same for candidates with a distance below the limit. */
    static String hint(String word, Iterable<String> candidates, int limit, String otherwise) {
        String best = null;
        int least = limit;
        int count = 0;
        for (String candidate : candidates) {
            if (++count > CANDIDATES_LIMIT) { break; }
            int distance = distance(word, candidate, least);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best == null ? otherwise : "did you mean " + Characters.show(best) + "?";
    }

    /**
     * How many letters to insert, delete, replace or exchange with their neighbour; case ignored; at most
     * {@code limit}.
     */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > 64) { return limit; }
        int[][] least = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    least[i][j] = i + j;
                    continue;
                }
                int cost = Math.min(Math.min(least[i - 1][j], least[i][j - 1]) + 1,
                        least[i - 1][j - 1] + (same(a, i, b, j) ? 0 : 1));
                boolean exchanged = i > 1 && j > 1 && same(a, i, b, j - 1) && same(a, i - 1, b, j);
                least[i][j] = exchanged ? Math.min(cost, least[i - 2][j - 2] + 1) : cost;
            }
        }
        return Math.min(limit, least[a.length()][b.length()]);
    }

    /** Whether the i-th letter of a word is the j-th of another, counted from 1. */
    private static boolean same(String a, int i, String b, int j) {
        return Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
    }
}
