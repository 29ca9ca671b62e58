package boxwall.probe;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import boxwall.netfilter.Words;

/**
 * What {@code boxwall-apply probe} prints: for each command a head with its name (blanks as {@code _}, slashes as
 * {@code %2F}) and status, then its output, a character in front of each line: <pre>
 * &#64;iptables_--version rc=0
 * |iptables v1.4.11.1
 * &#64;ip_addr rc=127
 * </pre> {@code |} is stdout, {@code !} stderr. Status 127 with nothing printed means that there is no such command.
 */
final class Frames {
    private final Map<String, String> outputs = new TreeMap<>();

    static Frames parse(String text) {
        Frames frames = new Frames();
        String name = null;
        int status = 0;
        StringBuilder out = new StringBuilder();
        for (String line : Words.lines(text)) {
            if (line.startsWith("@")) {
                frames.add(name, status, out);
                int blank = line.indexOf(" rc=");
                name = isName(line, blank) ? line.substring(1, blank) : null;
                status = name == null ? 0 : number(line.substring(blank + 4).trim());
                out = new StringBuilder();
            } else if (line.startsWith("|")) { out.append(line, 1, line.length()).append('\n'); }
        }
        frames.add(name, status, out);
        return frames;
    }

    private static boolean isName(String line, int end) {
        return end > 1 && end < 122 && Words.isName(line.substring(1, end), "_.%+-");
    }

    private static int number(String text) {
        return text.length() < 4 && Words.isNumber(text) ? Integer.parseInt(text) : -1;
    }

    private void add(String name, int status, StringBuilder out) {
        if (name != null && (status != 127 || out.length() > 0)) { outputs.put(name, out.toString()); }
    }

    /** Output by command name; commands that are missing on the box are left out. */
    Map<String, String> outputs() {
        return Collections.unmodifiableMap(outputs);
    }
}
