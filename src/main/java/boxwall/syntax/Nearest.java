package boxwall.syntax;

/** Finds the most similar known word for a misspelt one. */
final class Nearest {
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
        return best == null ? otherwise : "did you mean " + Letters.show(best) + "?";
    }

    /** The Levenshtein distance of two words, case ignored; at most {@code limit}. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > 64) { return limit; }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int cost = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }
        return Math.min(limit, row[b.length()]);
    }
}
