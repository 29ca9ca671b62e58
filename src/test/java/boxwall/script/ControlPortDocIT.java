package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks the answers in docs/http.md: runs each line {@code $ curl …} with curl, in order, and compares the answer with
 * the documented one; an ellipsis there stands for any text. {@code -Dboxwall.rewrite=true} updates the page instead.
 */
class ControlPortDocIT {
    private static final Path PAGE = Path.of("docs/http.md");
    private static final int MAX_SHOWN = 900;
    private static final Pattern VARYING = Pattern.compile(
            "(?<=\"(at|protected_at|daemon_at|deadline|until|uptime|clock|time|packets|bytes)\":)[0-9.]+|(?<=\"id\":\")[^\"]+"
                    + "|(?<=\"saved\":\")[^\"]+|(?<=Content-Length: )[0-9]+|(?m)(?<= )[0-9.E]+$|(?<=Linux |uname -r: |release\":\")[^\" ]+|(?<=memory_mb\":)[0-9]+");

    @Test
    void documentedAnswersAreCurrent() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        List<String> current = new ArrayList<>();
        try (DaemonBox daemon = new DaemonBox(ControlPortIT.RULES)) {
            prepare(daemon);
            String id = "";
            for (int i = 0; i < lines.size(); i++) {
                current.add(lines.get(i));
                if (!lines.get(i).startsWith("    $ curl ")) { continue; }
                String answer = curl(daemon, lines.get(i).substring(11).replace("/ID", "/" + id));
                Matcher named = Pattern.compile("\"id\":\"([^\"]+)\",\"deadline\"").matcher(answer);
                id = named.find() ? named.group(1) : id;
                List<String> documented = new ArrayList<>();
                while (i + 1 < lines.size() && lines.get(i + 1).startsWith("    ")
                        && !lines.get(i + 1).startsWith("    $")) {
                    documented.add(lines.get(++i).substring(4));
                }
                current.addAll(updated(String.join("\n", documented), answer));
            }
        }
        if (Boolean.getBoolean("boxwall.rewrite")) { Files.write(PAGE, current); }
        assertTrue(current.stream().filter(line -> line.startsWith("    $ curl ")).count() >= 25,
                "the page must have a line for every path");
        assertEquals(String.join("\n", current), String.join("\n", lines));
    }

    /** The lines to document: the present ones if they match. */
    private static List<String> updated(String documented, String answer) {
        StringBuilder pattern = new StringBuilder();
        for (String part : documented.split("…", -1)) {
            pattern.append(pattern.length() == 0 ? "" : "(?s:.*)").append(Pattern.quote(part));
        }
        String text = Pattern.compile(pattern.toString()).matcher(answer).matches() ? documented
                : VARYING.matcher(answer).replaceAll("…");
        String cut = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
        return cut.isEmpty() ? List.of() : cut.lines().map(line -> "    " + line).toList();
    }

    private static void prepare(DaemonBox daemon) throws IOException {
        daemon.box.script("dmesg", "#!/bin/sh\necho '" + ControlPortIT.LOG + "'\n");
        daemon.box.settings.put("BOXWALL_DEBUG", Files.writeString(daemon.box.folder.resolve("debug"), "").toString());
        Files.writeString(daemon.box.folder.resolve("new.rules"),
                ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport 7 -j DROP\n");
        Files.writeString(daemon.box.folder.resolve("bad.rules"), "iptables -A NOWHERE -j ACCEPT\n");
        Files.writeString(daemon.box.folder.resolve("debug.cfg"),
                "iptables -A INPUT -i lan -j ACCEPT\niptables -A INPUT -s $(nslookup a) -j ACCEPT\n");
        daemon.start();
        daemon.applyAndConfirm();
    }

    private static String curl(DaemonBox daemon, String line) {
        return daemon
                .sh("cd " + daemon.box.folder + "; B=http://127.0.0.1:8181; T='Authorization: Bearer " + DaemonBox.TOKEN
                        + "'; curl -s " + line)
                .replace("\r", "").replace(daemon.box.folder.toString(), "…").stripTrailing();
    }
}
