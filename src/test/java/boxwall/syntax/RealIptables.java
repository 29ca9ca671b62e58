package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs the host's iptables-legacy-restore and -save in a separate network namespace, without /etc/protocols and
 * /etc/iproute2: a box may not have them, and then iptables prints numbers. Needs root.
 */
final class RealIptables {
    /** Whether iptables accepted a text, its messages, and the rules afterwards. */
    record Answer(boolean accepted, String message, List<String> rules, String save) {
        @Override
        public String toString() {
            return "Answer[accepted=" + accepted + ", message=" + message + ", rules=" + rules + "]";
        }
    }

    private static final String SCRIPT = """
            set -e
            mount -t tmpfs none /run
            : > "$1/protocols"
            mount --bind "$1/protocols" /etc/protocols
            if [ -d /etc/iproute2 ]; then mkdir "$1/none"; mount --bind "$1/none" /etc/iproute2; fi
            set +e
            for f in "$1"/*.in; do
                p=iptables-legacy; case $f in *.6.in) p=ip6tables-legacy;; esac
                $p-restore < "$f" > "$f.said" 2>&1; echo $? > "$f.rc"
                $p-save > "$f.save" 2>/dev/null
            done
            """;

    private RealIptables() {}

    /**
     * Restores each text (whole tables, for iptables-restore) in turn. Every text must contain all tables, so that none
     * depends on the text before.
     */
    static List<Answer> restore(Family family, List<String> texts) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("boxwall-differential");
        try {
            for (int i = 0; i < texts.size(); i++) {
                Files.writeString(folder.resolve(name(i, family)), texts.get(i), StandardCharsets.UTF_8);
            }
            Process process = new ProcessBuilder("unshare", "-n", "-m", "sh", "-c", SCRIPT, "sh", folder.toString())
                    .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
            // a restore takes milliseconds; after two minutes it hangs
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("iptables-restore in a namespace didn't end within 120 s");
            }
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                answers.add(answer(folder, name(i, family)));
            }
            return answers;
        } finally {
            try (var files = Files.list(folder)) {
                files.forEach(f -> f.toFile().delete());
            }
            Files.delete(folder);
        }
    }

    private static String name(int i, Family family) { return String.format("%06d.%s.in", i, family.digit()); }

    private static Answer answer(Path folder, String name) throws IOException {
        Path rc = folder.resolve(name + ".rc");
        if (!Files.exists(rc)) {
            throw new IOException(
                    "no answer; this test needs root, unshare and iptables (Debian: apt-get install iptables): "
                            + Files.readString(folder.resolve("log")));
        }
        String message = Files.readString(folder.resolve(name + ".said"), StandardCharsets.ISO_8859_1).strip();
        List<String> rules = new ArrayList<>();
        String table = "";
        String save = Files.readString(folder.resolve(name + ".save"), StandardCharsets.ISO_8859_1);
        for (String line : save.split("\n")) {
            table = line.startsWith("*") ? line.substring(1) : table;
            if (line.startsWith("-A ")) {
                // Debian's iptables prints a newer name for protocol 135, which 1.4.11 cannot read
                rules.add(table + " " + line.replace("-p mobility-header", "-p ipv6-mh"));
            }
        }
        return new Answer(Files.readString(rc).strip().equals("0"), message, rules, save);
    }

    /** A text with all tables and these lines, each in its table. */
    static String text(List<Map.Entry<Table, String>> lines) {
        Map<Table, StringBuilder> tables = new TreeMap<>();
        for (Table table : Table.values()) {
            tables.put(table, new StringBuilder("*" + table.word() + "\n"));
        }
        lines.forEach(e -> tables.get(e.getKey()).append(e.getValue()).append('\n'));
        StringBuilder all = new StringBuilder();
        tables.values().forEach(t -> all.append(t).append("COMMIT\n"));
        return all.toString();
    }
}
