package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Characters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Corrects a text before it is parsed, line by line, so that line numbers stay: line ends; dashes, quotes and blanks as
 * web pages and word processors write them, in lines with rules. Also finds the commands in files that have keys before
 * them (wg-quick's PostUp, ifupdown's up, systemd's ExecStart), and after a prompt or sudo.
 */
final class SourceText {
    /** Characters, each row followed by the ASCII character that was meant. */
    private static final String[] SIGNS = {"\u2013\u2014\u2212\u2010\u2011", "-", "\u201C\u201D\u201E\u00AB\u00BB",
            "\"", "\u2018\u2019", "'", "\u00A0\u202F\u2009", " ", "\u200B\uFEFF", ""};
    private static final List<String> UP =
            Arrays.asList("preup", "postup", "execstart", "execstartpre", "execstartpost", "pre-up", "post-up", "up");
    private static final List<String> DOWN = Arrays.asList("predown", "postdown", "execstop", "execstoppost",
            "execreload", "pre-down", "post-down", "down");

    private static final int SIZE_LIMIT = 256 * 1024;

    private final String name;
    /** Only an empty line if the text is too large. */
    final SourceLines lines;

    SourceText(String name, String original) {
        this.name = name;
        String clean = clean(original);
        lines = new SourceLines(clean.length() > SIZE_LIMIT ? "" : clean);
        if (clean.length() > SIZE_LIMIT) { lines.loss(1, "large", SIZE_LIMIT / 1024); }
        for (int i = 1; i <= lines.count; i++) {
            if (Words.highest(lines.text(i)) < 0x80) { continue; }
            String corrected = corrected(lines.text(i));
            if (!corrected.equals(lines.text(i)) && RuleText.resemblesRule(corrected)
                    && !corrected.trim().startsWith("#")) {
                lines.source[i - 1] = corrected;
                lines.note(i, "signs");
            }
        }
    }

    /** Unix line ends, no byte order mark, and none of {@link Quoting}'s marks. */
    private static String clean(String text) {
        String from = text.substring(Characters.mark(text, 0));
        String lines = from.indexOf('\n') < 0 ? from.replace('\r', '\n') : Words.replace(from, "\r\n", "\n");
        return lines.replace(Quoting.MARK, '?');
    }

    private static String corrected(String line) {
        StringBuilder out = new StringBuilder();
        for (int at = 0, after; at < line.length(); at = after) {
            after = at + Words.utf8Length(line, at);
            String meant = line.substring(at, after);
            int code = Words.codePoint(line, at);
            for (int i = 0; i < SIGNS.length && code >= 0x80; i += 2) {
                meant = SIGNS[i].indexOf(code) >= 0 ? SIGNS[i + 1] : meant;
            }
            // web pages make one dash of the two before a long option
            boolean two = code >= 0x80 && meant.equals("-") && (at == 0 || line.charAt(at - 1) == ' ')
                    && after + 1 < line.length() && Character.isLetter(line.charAt(after))
                    && Character.isLetter(line.charAt(after + 1));
            out.append(two ? "--" : meant);
        }
        return out.toString();
    }

    /** The text with only its commands, on the same lines. */
    String commands() {
        boolean keyed = hasKeys();
        boolean continued = false;
        List<String> commands = new ArrayList<>();
        for (int i = 1; i <= lines.count; i++) {
            String line = !keyed ? withoutPrompt(lines.text(i)) : continued ? lines.text(i) : afterKey(i);
            continued = line.endsWith("\\");
            commands.add(line);
        }
        // OpenWrt's rc.common calls the function that its first argument names
        if (lines.text(1).endsWith("/rc.common")) { commands.add("\"$1\""); }
        return Words.join(commands, "\n");
    }

    /** Whether a section or interface of such a file begins before any other kind of line. */
    private boolean hasKeys() {
        for (int i = 1; i <= lines.count; i++) {
            String line = lines.trimmed(i);
            if (ShellWord.isOneOf(line, "[Interface]", "[Service]")
                    || line.startsWith("iface ") && line.contains(" inet")) {
                return true;
            }
            boolean mayPrecede = line.length() == 0 || line.charAt(0) == '#' || line.charAt(0) == '['
                    || line.startsWith("auto ") || line.startsWith("allow-") || line.indexOf('=') >= 0;
            if (!mayPrecede) { return false; }
        }
        return false;
    }

    /** The command in {@code PostUp = iptables …}, {@code ExecStart=-/sbin/iptables …}, {@code up iptables …}. */
    private String afterKey(int number) {
        String line = lines.trimmed(number);
        int end = 0;
        while (end < line.length() && (Character.isLetter(line.charAt(end)) || line.charAt(end) == '-')) {
            end++;
        }
        String key = line.substring(0, end);
        String lower = key.toLowerCase(Locale.ROOT);
        if (line.length() == 0 || line.charAt(0) == '#' || line.charAt(0) == ';') { return ""; }
        if (!UP.contains(lower) || end == line.length()) {
            boolean down = DOWN.contains(lower);
            lines.remark(number, lines.message(number, down ? "key-down" : "key-other", key),
                    down || !RuleText.resemblesRule(line));
            return "";
        }
        String command = line.substring(end).trim();
        command = command.startsWith("=") ? command.substring(1).trim() : command;
        if (command.contains("%i") && name.endsWith(".conf")) {
            String device = name.substring(0, name.length() - 5);
            lines.note(number, "device", Characters.cut(device, 30));
            command = Words.replace(command, "%i", device);
        }
        lines.note(number, "key", key);
        return command.startsWith("-") ? command.substring(1) : command;
    }

    /** An iptables command without a prompt and sudo before it; any other line unchanged. */
    private static String withoutPrompt(String line) {
        String text = line.trim();
        int start = text.startsWith("$ ") || text.startsWith("> ") ? 2 : 0;
        // user@box:~# iptables ...
        int sign = text.indexOf(' ') > 1 ? text.indexOf("# ") : -1;
        sign = sign < 0 ? text.indexOf("$ ") : sign;
        if (start == 0 && sign > 0 && text.charAt(0) != '#' && text.lastIndexOf('@', sign) > 0
                && text.indexOf('"') < 0) {
            start = sign + 2;
        }
        String command = text.substring(start).trim();
        command = command.startsWith("sudo ") ? command.substring(5).trim() : command;
        boolean program = command.startsWith("iptables") || command.startsWith("ip6tables")
                || command.startsWith("/") && command.contains("tables ");
        return command.length() < text.length() && program ? command : line;
    }

    /** Remarks on rules in comments that lack an address, and on iptables-save's warnings of an incomplete dump. */
    void remarkOnComments() {
        for (int i = 1; i <= lines.count; i++) {
            String line = lines.trimmed(i);
            int start = 0;
            while (start < line.length() && "# \t".indexOf(line.charAt(start)) >= 0) {
                start++;
            }
            String text = start > 0 ? line.substring(start) : "";
            if (text.startsWith("Warning: ") && text.contains("tables present")) {
                lines.loss(i, "legacy", (text.contains("ip6tables-legacy") ? "ip6" : "ip") + "tables-legacy-save");
            } else if (text.startsWith("Table `") && text.contains("is incompatible")) {
                lines.loss(i, "incompatible");
            } else if (text.startsWith("iptables -") || text.startsWith("ip6tables -")) {
                int comment = text.indexOf(" #");
                List<String> words = Words.quoted(comment < 0 ? text : text.substring(0, comment));
                for (int w = 0; words != null && w < words.size(); w++) {
                    if (RuleText.lacksAddress(words, w)) {
                        lines.note(i, "comment-address", words.get(w), Messages.missingAddress(words, w, text));
                    }
                }
            }
        }
    }
}
