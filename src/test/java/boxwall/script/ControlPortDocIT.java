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
 * What docs/http.md shows is what the daemon answers: each line {@code $ curl …} is sent again, in its order, with curl
 * itself, and what follows is compared; an ellipsis there stands for anything. {@code -Dboxwall.rewrite=true} writes
 * the page anew instead.
 */
class ControlPortDocIT {
    private static final Path PAGE = Path.of("docs/http.md");
    private static final int SHOWN = 900;
    private static final Pattern OTHER_EACH_TIME = Pattern.compile(
            "(?<=\"(at|protected_at|daemon_at|deadline|until|uptime|clock|time|packets|bytes)\":)[0-9.]+|(?<=\"id\":\")[^\"]+"
                    + "|(?<=\"saved\":\")[^\"]+|(?<=Content-Length: )[0-9]+|(?m)(?<= )[0-9.E]+$|(?<=Linux |uname -r: |release\":\")[^\" ]+|(?<=memory_mb\":)[0-9]+");

    @Test
    void thePageShowsWhatIsAnswered() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        List<String> now = new ArrayList<>();
        try (DaemonBox daemon = new DaemonBox(ControlPortIT.RULES)) {
            prepare(daemon);
            String id = "";
            for (int i = 0; i < lines.size(); i++) {
                now.add(lines.get(i));
                if (!lines.get(i).startsWith("    $ curl ")) { continue; }
                String answer = curl(daemon, lines.get(i).substring(11).replace("/ID", "/" + id));
                Matcher named = Pattern.compile("\"id\":\"([^\"]+)\",\"deadline\"").matcher(answer);
                id = named.find() ? named.group(1) : id;
                List<String> shown = new ArrayList<>();
                while (i + 1 < lines.size() && lines.get(i + 1).startsWith("    ")
                        && !lines.get(i + 1).startsWith("    $")) {
                    shown.add(lines.get(++i).substring(4));
                }
                now.addAll(compared(String.join("\n", shown), answer));
            }
        }
        if (Boolean.getBoolean("boxwall.rewrite")) { Files.write(PAGE, now); }
        assertTrue(now.stream().filter(line -> line.startsWith("    $ curl ")).count() >= 25,
                "every path has its line");
        assertEquals(String.join("\n", now), String.join("\n", lines));
    }

    /** The lines to show: those there are when they fit. */
    private static List<String> compared(String shown, String answer) {
        StringBuilder pattern = new StringBuilder();
        for (String part : shown.split("…", -1)) {
            pattern.append(pattern.length() == 0 ? "" : "(?s:.*)").append(Pattern.quote(part));
        }
        String text = Pattern.compile(pattern.toString()).matcher(answer).matches() ? shown
                : OTHER_EACH_TIME.matcher(answer).replaceAll("…");
        String cut = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
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
