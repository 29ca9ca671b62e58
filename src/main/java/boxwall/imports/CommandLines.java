package boxwall.imports;

import java.util.Arrays;
import java.util.List;

/**
 * Files whose commands stand behind a key (wg-quick's PostUp, ifupdown's up, systemd's ExecStart) and lines copied with
 * a prompt or sudo before them, as the commands alone: line for line, so that a line's number stays what it is.
 */
final class CommandLines {
    private static final List<String> UP =
            Arrays.asList("preup", "postup", "execstart", "execstartpre", "execstartpost", "pre-up", "post-up", "up");
    private static final List<String> DOWN = Arrays.asList("predown", "postdown", "execstop", "execstoppost",
            "execreload", "pre-down", "post-down", "down");

    private CommandLines() {}

    static String of(String text, String name, Ledger ledger) {
        int first = 0;
        boolean keyed = false;
        for (int i = 1; i <= ledger.lines() && !keyed; i++) {
            String line = ledger.source(i).trim();
            keyed = line.equals("[Interface]") || line.equals("[Service]")
                    || line.startsWith("iface ") && line.contains(" inet");
            first = keyed ? i : first;
            if (!keyed && line.length() > 0 && line.charAt(0) != '#' && line.charAt(0) != '['
                    && !line.startsWith("auto ") && !line.startsWith("allow-") && line.indexOf('=') < 0) {
                break;
            }
        }
        StringBuilder out = new StringBuilder();
        boolean changed = keyed;
        boolean goesOn = false;
        for (int i = 1; i <= ledger.lines(); i++) {
            String source = ledger.source(i);
            String line = keyed ? goesOn ? source : keyed(source.trim(), i, name, ledger) : bare(source);
            goesOn = keyed && line.endsWith("\\");
            changed |= !line.equals(source);
            out.append(i > 1 ? "\n" : "").append(line);
        }
        return changed ? out.toString() : text;
    }

    private static String keyed(String line, int number, String name, Ledger ledger) {
        int end = 0;
        while (end < line.length() && (Character.isLetter(line.charAt(end)) || line.charAt(end) == '-')) {
            end++;
        }
        String key = line.substring(0, end).toLowerCase(java.util.Locale.ROOT);
        String rest = line.substring(end).trim();
        if (line.length() == 0 || line.charAt(0) == '#' || line.charAt(0) == ';') { return ""; }
        if (UP.contains(key) && end < line.length()) {
            String command = rest.startsWith("=") ? rest.substring(1).trim() : rest;
            if (command.contains("%i") && name.endsWith(".conf")) {
                String device = name.substring(0, name.length() - 5);
                ledger.remark(number, "%i is taken as " + Show.plain(device, 30) + ", after the file's name",
                        "see that the interface is called so", true);
                command = command.replace("%i", device);
            }
            ledger.remark(number, line.substring(0, end) + " is taken as a command",
                    "remove it there: what reads that file would run it a second time", true);
            return command.startsWith("-") ? command.substring(1) : command;
        }
        boolean down = DOWN.contains(key);
        ledger.remark(number,
                down ? line.substring(0, end) + " is for when it goes down" : "no command of a firewall's",
                "nothing to do", down || !RuleText.isPart(line));
        return "";
    }

    /** Without a prompt and sudo. */
    private static String bare(String line) {
        String text = line.trim();
        int end = text.indexOf(' ');
        int rest = text.startsWith("$ ") || text.startsWith("> ") ? 2 : 0;
        int sign = end > 1 ? text.indexOf("# ") : -1;
        sign = sign < 0 ? text.indexOf("$ ") : sign;
        if (rest == 0 && sign > 0 && text.charAt(0) != '#' && text.lastIndexOf('@', sign) > 0
                && text.indexOf('"') < 0) {
            rest = sign + 2;
        }
        String command = text.substring(rest).trim();
        if (command.startsWith("sudo ")) {
            command = command.substring(5).trim();
            rest = 1;
        }
        boolean program = command.startsWith("iptables") || command.startsWith("ip6tables")
                || command.startsWith("/") && command.contains("tables ");
        return rest > 0 && program ? command : line;
    }
}
