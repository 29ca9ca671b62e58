package boxwall.netfilter;

/** Version numbers: {@code 2.6.32.61}, {@code 1.4.11.1}, {@code 6.1.0-32-4kc-malta}. */
public final class Versions {
    /** Compares the dotted numbers at the start of both; a missing part counts as 0. Negative, 0 or positive. */
    public static int compare(String a, String b) {
        int[] left = numbers(a);
        int[] right = numbers(b);
        for (int i = 0; i < left.length; i++) {
            if (left[i] != right[i]) { return left[i] < right[i] ? -1 : 1; }
        }
        return 0;
    }

    private static int[] numbers(String text) {
        int[] numbers = new int[5];
        int part = 0;
        for (int i = 0; i < text.length() && part < numbers.length; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                // longer than any version: keep it from overflowing
                numbers[part] = Math.min(99999999, numbers[part] * 10 + (c - '0'));
            } else if (c == '.') {
                part++;
            } else {
                break;
            }
        }
        return numbers;
    }

    /** Where the digits and dots that begin at an index end. */
    public static int end(String text, int from) {
        int end = from;
        while (end < text.length() && (text.charAt(end) == '.' || Words.digits(text, end) > end)) {
            end++;
        }
        return end;
    }

    /** {@code 2.6.32.61}, {@code 2.6.13.1-ohio}: a number, a dot, a digit, then what a release may have. */
    public static boolean isRelease(String text) {
        int dot = Words.digits(text, 0);
        return text.length() < 65 && dot > 0 && dot + 1 < text.length() && text.charAt(dot) == '.'
                && Words.digits(text, dot + 1) > dot + 1 && Words.isName(text, "._+-");
    }
}
