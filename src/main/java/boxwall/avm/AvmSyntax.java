package boxwall.avm;

import java.util.ArrayList;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * AVM's configuration language, as far as ar7.cfg needs it: sections in braces, values with {@code =}, lists with
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
 *                 } } { name = "voip"; … }            a second section of the same name has none of its own
 *         internet_forwardrules = "tcp 0.0.0.0:444+2 0.0.0.0:444 0 mark 1";      FRITZ!OS 5.55 and later
 * }
 * </pre> Sources: Freetz-NG's avm-forwarding and avm-portfw packages for the forwardings, its avm-firewall package for
 * the lists. Tolerant: what isn't understood is skipped, a missing end is taken as there. Nothing but what is named
 * here is ever handed on.
 */
final class AvmSyntax {
    /** A value that may be kept. */
    static final class Value {
        /** Which dslifaces section, from 0; -1 outside of them. */
        final int number;
        /** The innermost section's name. */
        final String section;
        final String key;
        /** The list's strings, already harmless; never empty. */
        final List<String> texts;

        private Value(int number, String section, String key, List<String> texts) {
            this.number = number;
            this.section = section;
            this.key = key;
            this.texts = texts;
        }
    }

    /** Longer than any list that a box can have; what follows is skipped. */
    private static final int MAX_TOKENS = 200000;
    private static final int MAX_DEPTH = 20;
    private static final String ACTIONS = "permit deny reject";

    private final String text;
    private final List<Value> values = new ArrayList<>();
    private final List<String> path = new ArrayList<>();
    private int at;
    private int interfaces = -1;
    private String closed = "";

    private AvmSyntax(String text) { this.text = text; }

    static List<Value> values(String text) {
        AvmSyntax syntax = new AvmSyntax(text);
        syntax.sections();
        return syntax.values;
    }

    private void sections() {
        String before = "";
        for (int i = 0; i < MAX_TOKENS; i++) {
            String token = next();
            if (token == null) { return; }
            if (token.equals("{")) {
                open(before.length() > 0 ? before : closed);
            } else if (token.equals("}")) {
                closed = path.isEmpty() ? "" : path.remove(path.size() - 1);
            } else if (token.equals("=")) { value(before); }
            before = token.length() == 1 && "{}=,;".contains(token) ? "" : token;
        }
    }

    private void open(String name) {
        if (path.size() < MAX_DEPTH) { path.add(name); }
        interfaces += name.equals("dslifaces") ? 1 : 0;
    }

    private void value(String key) {
        List<String> texts = new ArrayList<>();
        int mark = at;
        String token = next();
        boolean wanted = true;
        while (token != null && !token.equals(";") && !token.equals("}") && !token.equals("{") && !token.equals("=")) {
            if (!token.equals(",")) {
                // two values without a comma between them: the ';' is lost, and the second begins the next statement
                if (!wanted) { break; }
                String plain = harmless(key, token.startsWith("\"") ? token.substring(1) : token);
                if (plain != null) { texts.add(plain); }
            }
            wanted = token.equals(",");
            mark = at;
            token = next();
        }
        if (token != null && !token.equals(";")) { at = mark; }
        String section = path.isEmpty() ? "" : path.get(path.size() - 1);
        if (!texts.isEmpty() && isKept(section, key)) {
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

    /** A word or rule of plain characters, names that users gave left out; null for anything else. */
    private static String harmless(String key, String text) {
        String plain = text.trim();
        if (key.endsWith("forwardrules")) {
            boolean off = plain.startsWith("#");
            String rule = off ? plain.substring(1) : plain;
            int name = rule.indexOf('#');
            plain = (off ? "# " : "") + (name < 0 ? rule : rule.substring(0, name)).trim();
            return isPlain(off ? plain.substring(2) : plain, "tcp udp gre esp ah icmp", true, ".:+ ", 80) ? plain
                    : null;
        }
        if (key.equals("accesslist")) { return isPlain(plain, ACTIONS, false, ". -", 120) ? plain : null; }
        boolean dpsec = plain.length() > 6 && plain.length() < 27 && plain.startsWith("dpsec_")
                && isLower(plain.substring(6), false, "");
        return (key.equals("name") ? plain.equals("internet") : key.equals("policy") ? isOneOf(plain, ACTIONS) : dpsec)
                ? plain : null;
    }

    /**
     * One of the words, or a number of up to three digits where that is allowed, a blank, then so many small letters,
     * digits and others.
     */
    private static boolean isPlain(String text, String words, boolean number, String others, int most) {
        int blank = text.indexOf(' ');
        String first = blank < 0 ? "" : text.substring(0, blank);
        String rest = text.substring(blank + 1);
        return (isOneOf(first, words) || number && first.length() < 4 && Words.isNumber(first)) && rest.length() <= most
                && isLower(rest, true, others);
    }

    private static boolean isOneOf(String word, String words) {
        return word.length() > 0 && word.indexOf(' ') < 0 && (' ' + words + ' ').indexOf(' ' + word + ' ') >= 0;
    }

    private static boolean isLower(String text, boolean digits, String others) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || digits && c >= '0' && c <= '9' || others.indexOf(c) >= 0)) { return false; }
        }
        return text.length() > 0;
    }

    /** A word, a string with its opening quote, or one of {@code { } = , ;}; null at the end. */
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

    /** A string doesn't go over a line's end: a lost quote must not swallow the rest. */
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
