package boxwall.box;

/** MAC addresses in every form, by their shapes in {@code secrets}. */
final class SecretForms {
    private SecretForms() {}

    /** The line with zeros in their place. */
    static String without(String line) {
        StringBuilder out = null;
        int i = 0;
        while (i < line.length()) {
            int end = SecretTable.hex(line.charAt(i)) && (i == 0 || !SecretTable.isAlphanumeric(line.charAt(i - 1)))
                    && line.length() - i > 8 ? form(line, i) : -1;
            if (end >= 0 && out == null) { out = new StringBuilder(line.substring(0, i)); }
            if (end >= 0) {
                out.append(put(line, i, end));
                i = end;
            } else {
                if (out != null) { out.append(line.charAt(i)); }
                i++;
            }
        }
        return out == null ? line : out.toString();
    }

    /** Where text of one of the shapes that begins here ends, or -1. */
    private static int form(String line, int from) {
        for (String[] form : SecretTable.FORMS) {
            int end = match(form[0], 0, line, from);
            if (end >= 0 && isAlone(form[0], line, from, end)) { return end; }
        }
        return -1;
    }

    private static String put(String line, int from, int end) {
        for (String[] form : SecretTable.FORMS) {
            if (match(form[0], 0, line, from) == end && isAlone(form[0], line, from, end)) {
                StringBuilder put = new StringBuilder(form[1]);
                for (int i = 0; i < put.length() && put.charAt(i) == '='; i++) {
                    put.setCharAt(i, line.charAt(from + i));
                }
                return put.toString();
            }
        }
        throw new IllegalStateException(line);
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
