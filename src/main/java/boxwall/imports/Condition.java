package boxwall.imports;

import java.util.List;

/** {@code [ … ]} and test: comparisons of texts and numbers are decided, questions about the box's files aren't. */
final class Condition {
    /** Each -o and ! is one more on a small stack. */
    static final int WORDS_LIMIT = 100;

    private Condition() {}

    /** The answer for the words between the brackets. */
    static Answer of(List<String> words) {
        int or = words.lastIndexOf("-o");
        if (or > 0 && or < words.size() - 1) {
            Answer a = of(words.subList(0, or));
            Answer b = of(words.subList(or + 1, words.size()));
            return a == Answer.YES || b == Answer.YES ? Answer.YES : a == Answer.NO ? b : a;
        }
        int and = words.lastIndexOf("-a");
        if (and > 0 && and < words.size() - 1) {
            Answer a = of(words.subList(0, and));
            Answer b = of(words.subList(and + 1, words.size()));
            return a == Answer.NO || b == Answer.NO ? Answer.NO : a == Answer.YES ? b : a;
        }
        if (words.size() > 1 && words.get(0).equals("!")) { return of(words.subList(1, words.size())).not(); }
        if (words.size() == 1) { return Answer.of(words.get(0).length() > 0); }
        if (words.isEmpty()) { return Answer.NO; }
        return words.size() == 2 ? unary(words.get(0), words.get(1))
                : words.size() == 3 ? binary(words.get(0), words.get(1), words.get(2)) : Answer.UNKNOWN;
    }

    private static Answer unary(String operator, String value) {
        if (operator.equals("-z") || operator.equals("-n")) {
            return Answer.of(value.length() == 0 == operator.equals("-z"));
        }
        String name = Script.baseName(value);
        boolean program = name.equals("iptables") || name.equals("ip6tables") || name.equals("iptables-restore")
                || name.equals("ip6tables-restore") || name.equals("modprobe") || name.equals("insmod");
        // boxwall is of no use without them, and says so itself
        return program && (operator.equals("-x") || operator.equals("-f") || operator.equals("-e")) ? Answer.YES
                : Answer.UNKNOWN;
    }

    private static Answer binary(String a, String operator, String b) {
        if (Quote.isMarked(a) || Quote.isMarked(b)) { return Answer.UNKNOWN; }
        if (operator.equals("=") || operator.equals("==")) { return Answer.of(a.equals(b)); }
        if (operator.equals("!=")) { return Answer.of(!a.equals(b)); }
        long x;
        long y;
        try {
            x = Long.parseLong(a);
            y = Long.parseLong(b);
        } catch (NumberFormatException e) {
            return Answer.UNKNOWN;
        }
        switch (operator) {
            case "-eq" :
                return Answer.of(x == y);
            case "-ne" :
                return Answer.of(x != y);
            case "-lt" :
                return Answer.of(x < y);
            case "-le" :
                return Answer.of(x <= y);
            case "-gt" :
                return Answer.of(x > y);
            case "-ge" :
                return Answer.of(x >= y);
            default :
                return Answer.UNKNOWN;
        }
    }
}
