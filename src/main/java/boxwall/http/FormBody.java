package boxwall.http;

/**
 * Bodies that a ruleset's text was in and is no more. curl sends every body as application/x-www-form-urlencoded unless
 * told otherwise: with {@code --data-binary} as it is, with {@code -d @FILE} without its line ends, which would make
 * one comment or one wrong command of a whole file, with {@code --data-urlencode} in percent signs.
 */
final class FormBody {
    private static final String REMEDY = "send the file as it is, with curl -T FILE or --data-binary @FILE";
    /** What a line begins with, and no other word of a ruleset ends with. */
    private static final String[] COMMANDS = {"iptables -", "ip6tables -", "ip46tables -"};

    private FormBody() {}

    /** Why a text is refused, or null. */
    static Reply.Refused refusal(String body, boolean saysForm) {
        if (body.length() == 0 || body.indexOf('\n') >= 0) { return null; }
        if (saysForm && body.indexOf(' ') < 0) {
            return new Reply.Refused(415, "a form, not a text",
                    "the body is encoded as a form's fields are; " + REMEDY);
        }
        if (body.charAt(0) == '*' || saysForm && body.charAt(0) == '#' || commandIn(body)) {
            return new Reply.Refused(415, "the line ends are gone",
                    "the body is one line, as curl -d makes it of a file; " + REMEDY);
        }
        return null;
    }

    /** Whether a command begins within the line, outside of quotes: in a comment of a rule it is just words. */
    private static boolean commandIn(String line) {
        char quote = 0;
        // the first command may have a path
        int first = line.charAt(0) == '/' ? line.lastIndexOf('/', line.indexOf(' ')) + 1 : 0;
        for (int i = first + 1; i < line.length(); i++) {
            char c = line.charAt(i - 1);
            if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'') && line.charAt(0) != '#') { quote = c; }
            for (String command : COMMANDS) {
                if (quote == 0 && line.startsWith(command, i)) { return true; }
            }
        }
        return false;
    }
}
