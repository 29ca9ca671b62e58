package boxwall.avm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * Parses AVM's configuration language as far as ar7.cfg uses it: sections in braces, values after {@code =}, lists with
 * commas. <pre>
 * ar7cfg {
 *         dslifaces {
 *                 name = "internet";
 *                 dsldpconfig {
 *                         security = dpsec_firewall;
 *                         lowinput {
 *                                 policy = "permit";
 *                                 accesslist = "deny udp any any eq 135",
 *                                              "deny tcp any any range 137 139";
 *                         }
 *                         forwardrules = "tcp 0.0.0.0:80 192.168.178.20:80 0 # a name", "# tcp 0.0.0.0:22 0.0.0.0:22";
 *                 } } { name = "voip"; … }            the next section of the list, without the list's name
 *         internet_forwardrules = "tcp 0.0.0.0:444+2 0.0.0.0:444 0 mark 1";      FRITZ!OS 5.55 and later
 * }
 * </pre> Sources: Freetz-NG's avm-forwarding and avm-portfw packages for the forwardings, its avm-firewall package for
 * the lists. Tolerant: skips unknown text, and adds missing ends. Returns only the values named here: the file also
 * contains accounts and keys.
 */
final class AvmSyntax {
    /** A value without secrets. */
    static final class Value {
        /** The index of its dslifaces section; -1 outside of them. */
        final int index;
        /** The innermost section's name. */
        final String section;
        final String key;
        /** The list's strings, without names that users gave; never empty. */
        final List<String> texts;

        private Value(int index, String section, String key, List<String> texts) {
            this.index = index;
            this.section = section;
            this.key = key;
            this.texts = texts;
        }
    }

    private static final int MAX_DEPTH = 20;
    private static final List<String> ACTIONS = Arrays.asList("permit", "deny", "reject");
    private static final List<String> PROTOCOLS = Arrays.asList("tcp", "udp", "gre", "esp", "ah", "icmp");

    private final String text;
    private final List<Value> values = new ArrayList<>();
    private final List<String> path = new ArrayList<>();
    private int at;
    private int interfaces = -1;
    /** The section closed last: the next one without a name continues its list. */
    private String closed = "";

    private AvmSyntax(String text) { this.text = text; }

    static List<Value> values(String text) {
        AvmSyntax syntax = new AvmSyntax(text);
        syntax.sections();
        return syntax.values;
    }

    private void sections() {
        String before = "";
        for (String token = next(); token != null; token = next()) {
            if (token.equals("{")) {
                String name = before.length() > 0 ? before : closed;
                if (path.size() < MAX_DEPTH) { path.add(name); }
                interfaces += name.equals("dslifaces") ? 1 : 0;
            } else if (token.equals("}")) {
                closed = path.isEmpty() ? "" : path.remove(path.size() - 1);
            } else if (token.equals("=")) { value(before); }
            before = "{}=,;".contains(token) ? "" : token;
        }
    }

    private void value(String key) {
        String section = path.isEmpty() ? "" : path.get(path.size() - 1);
        boolean kept = isKept(section, key);
        List<String> texts = new ArrayList<>();
        boolean wanted = true;
        int mark = at;
        String token = next();
        // two values without a comma between them: a ';' is missing, and the second value begins the next statement
        while (token != null && !"{}=;".contains(token) && (wanted || token.equals(","))) {
            String plain = kept ? harmless(key, token.startsWith("\"") ? token.substring(1) : token) : null;
            if (plain != null) { texts.add(plain); }
            wanted = token.equals(",");
            mark = at;
            token = next();
        }
        if (token != null && !token.equals(";")) { at = mark; }
        if (!texts.isEmpty()) {
            values.add(new Value(path.contains("dslifaces") ? interfaces : -1, section, key, texts));
        }
    }

    private boolean isKept(String section, String key) {
        if (section.equals("lowinput") || section.equals("highoutput")) {
            return path.contains("dsldpconfig") && (key.equals("policy") || key.equals("accesslist"));
        }
        if (section.equals("dsldpconfig")) { return key.equals("security") || key.equals("forwardrules"); }
        return section.equals("dslifaces") && key.equals("name")
                || section.equals("ar7cfg") && key.equals("internet_forwardrules");
    }

    /** The text without names that users gave; null unless it is a word or rule of plain characters. */
    private static String harmless(String key, String text) {
        String plain = text.trim();
        if (key.endsWith("forwardrules")) {
            boolean off = plain.startsWith("#");
            String rule = off ? plain.substring(1) : plain;
            int name = rule.indexOf('#');
            rule = (name < 0 ? rule : rule.substring(0, name)).trim();
            return isRule(rule, PROTOCOLS, ".:+ ", 80) ? (off ? "# " : "") + rule : null;
        }
        if (key.equals("accesslist")) { return isRule(plain, ACTIONS, ". -", 120) ? plain : null; }
        boolean harmless =
                key.equals("name") ? plain.equals("internet") : key.equals("policy") ? ACTIONS.contains(plain)
                        : plain.startsWith("dpsec_") && plain.length() < 27 && isLower(plain.substring(6), "");
        return harmless ? plain : null;
    }

    /**
     * Whether a text is one of the words (or a protocol number), a blank, then at most so many small letters, digits
     * and other characters.
     */
    private static boolean isRule(String text, List<String> words, String others, int most) {
        int blank = text.indexOf(' ');
        String first = blank < 0 ? "" : text.substring(0, blank);
        String rest = text.substring(blank + 1);
        return (words.contains(first) || words == PROTOCOLS && first.length() < 4 && Words.isNumber(first))
                && rest.length() <= most && isLower(rest, others + "0123456789");
    }

    private static boolean isLower(String text, String others) {
        for (char c : text.toCharArray()) {
            if (!(c >= 'a' && c <= 'z') && others.indexOf(c) < 0) { return false; }
        }
        return text.length() > 0;
    }

    /** The next token: a word, a string with its opening quote, or one of {@code { } = , ;}; null at the end. */
    private String next() {
        skip();
        if (at >= text.length()) { return null; }
        char c = text.charAt(at);
        int start = at++;
        if ("{}=,;".indexOf(c) >= 0) { return String.valueOf(c); }
        if (c == '"') { return string(); }
        while (at < text.length() && text.charAt(at) > ' ' && "{}=,;\"".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    /** The rest of a string; it ends at the line's end at the latest, so a lost quote doesn't swallow the file. */
    private String string() {
        StringBuilder out = new StringBuilder("\"");
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) { at++; }
            out.append(text.charAt(at++));
        }
        at++;
        return out.toString();
    }

    private void skip() {
        while (at < text.length()) {
            if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                at = end < 0 ? text.length() : end + 2;
            } else if (text.charAt(at) <= ' ') {
                at++;
            } else {
                return;
            }
        }
    }
}
