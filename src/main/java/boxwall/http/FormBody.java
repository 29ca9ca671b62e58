package boxwall.http;

/**
 * Recognises a ruleset that curl changed on its way. By default curl sends every body as
 * application/x-www-form-urlencoded: {@code --data-binary} sends a file as it is, {@code -d @FILE} without its line
 * ends (the whole file becomes one comment or one command), {@code --data-urlencode} encodes it.
 */
final class FormBody {
    /** Beginnings of a command. No other word of a ruleset ends like this. */
    private static final String[] COMMANDS = {"iptables -", "ip6tables -", "ip46tables -"};

    private FormBody() {}

    /** Returns why a body is refused, or null. {@code asForm}: its Content-Type is that of a form. */
    static Reply refusal(String body, boolean asForm) {
        if (body.length() == 0 || body.indexOf('\n') >= 0) { return null; }
        if (asForm && body.indexOf(' ') < 0) { return Reply.problem("form"); }
        boolean joined = body.charAt(0) == '*' || asForm && body.charAt(0) == '#' || commandIn(body);
        return joined ? Reply.problem("no-line-ends") : null;
    }

    /** Whether a command begins within the line, outside of quotes, where a rule's comment may mention one. */
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
