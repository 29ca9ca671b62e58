package boxwall.box;

/** MAC addresses in every form, by their shapes in {@code secrets}. */
final class SecretForms {
    private SecretForms() {}

    /** The line with zeros in their place. */
    static String without(String line) {
        StringBuilder out = null;
        int i = 0;
        while (i < line.length()) {
            String[] form =
                    SecretTable.hex(line.charAt(i)) && (i == 0 || !SecretTable.isAlphanumeric(line.charAt(i - 1)))
                            && line.length() - i > 8 ? form(line, i) : null;
            if (form != null) {
                out = out == null ? new StringBuilder(line.substring(0, i)) : out;
                int kept = form[1].lastIndexOf('=') + 1;
                out.append(line, i, i + kept).append(form[1], kept, form[1].length());
                i = match(form[0], 0, line, i);
            } else {
                if (out != null) { out.append(line.charAt(i)); }
                i++;
            }
        }
        return out == null ? line : out.toString();
    }

    /** The first shape that the text which begins here has; null for none. */
    private static String[] form(String line, int from) {
        for (String[] form : SecretTable.FORMS) {
            int end = match(form[0], 0, line, from);
            if (end >= 0 && isAlone(form[0], line, from, end)) { return form; }
        }
        return null;
    }

    /** Whether it is no part of something longer; a short form would be one of an IPv6 address. */
    private static boolean isAlone(String shape, String line, int from, int end) {
        boolean more = line.startsWith(":", end) && end + 1 < line.length()
                && (SecretTable.hex(line.charAt(end + 1)) || line.charAt(end + 1) == ':');
        return (end == line.length() || !SecretTable.isAlphanumeric(line.charAt(end)))
                && !(shape.startsWith("H:") && (more || from > 0 && line.charAt(from - 1) == ':'));
    }

    /** Where the text that begins at {@code at} and has the shape from {@code s} on ends, the longest first; or -1. */
    private static int match(String shape, int s, String line, int at) {
        if (s == shape.length()) { return at; }
        char c = shape.charAt(s);
        int most = c == 'h' ? 1 : c == 'H' || c == 'g' ? 2 : c == 'G' ? 4 : 0;
        if (most == 0) {
            return at < line.length() && (line.charAt(at) | (c > '9' ? ' ' : 0)) == c
                    ? match(shape, s + 1, line, at + 1) : -1;
        }
        int digits = 0;
        while (digits < most && at + digits < line.length() && SecretTable.hex(line.charAt(at + digits))) {
            digits++;
        }
        for (int least = c == 'g' ? 0 : 1; digits >= least; digits--) {
            int end = match(shape, s + 1, line, at + digits);
            if (end >= 0) { return end; }
        }
        return -1;
    }
}
