package boxwall.syntax;

/** {@code [packets:bytes]}, as iptables-save prints them. */
final class Counters {
    static boolean is(String text) {
        int colon = text.indexOf(':');
        return text.length() >= 5 && text.startsWith("[") && text.endsWith("]") && colon > 1
                && digits(text.substring(1, colon)) > 0 && digits(text.substring(colon + 1, text.length() - 1)) > 0;
    }

    /** How many digits the text is made of; 0 when there is anything else in it, or more than a 64-bit number has. */
    static int digits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') { return 0; }
        }
        return text.length() > 20 ? 0 : text.length();
    }
}
