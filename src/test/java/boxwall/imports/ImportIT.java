package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The host's iptables accepts every imported ruleset, and running a script in a shell on the host gives the same rules
 * as its import. Needs root.
 */
class ImportIT {
    /** A namespace without names of protocols: a box may not have them, and boxwall writes numbers. */
    private static final String NAMESPACE =
            ": > protocols; mount -t tmpfs none /run; mount --bind protocols /etc/protocols; ";

    private static String run(Path folder, String command) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder("unshare", "-n", "-m", "sh", "-c", NAMESPACE + command)
                .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        // a restore takes milliseconds; after two minutes it hangs
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("did not end within 120 s: " + command);
        }
        String output = Files.readString(log, StandardCharsets.ISO_8859_1);
        assertEquals(0, process.exitValue(),
                () -> command + ": " + output + " (this test needs root, unshare and iptables)");
        return output;
    }

    private static void write(Path folder, Imported imported) throws IOException {
        ParsedRules parsed = ImportedRules.parse(imported);
        assertEquals(List.of(), parsed.errors());
        for (Family family : Family.values()) {
            RuleWriter.RestoreText text = RuleWriter.restore(parsed.ruleset(), family);
            Files.writeString(folder.resolve("restore" + family.digit()), text.text, StandardCharsets.ISO_8859_1);
        }
    }

    private static final String RESTORE = "iptables-legacy-restore < restore4 && ip6tables-legacy-restore < restore6";

    @Test
    void iptablesLoadsImportedRulesets(@TempDir Path folder) throws Exception {
        int rules = 0;
        for (Path file : Scripts.all()) {
            Imported imported = Scripts.imported(file);
            write(folder, imported);
            String saved = run(folder, RESTORE + " && iptables-legacy-save && ip6tables-legacy-save");
            List<String> loaded = lines(saved, "-A ");
            assertEquals(ImportedRules.lines(imported).stream().filter(l -> l.contains(" -A ")).count(), loaded.size(),
                    () -> file + ":\n" + saved);
            rules += loaded.size();
        }
        System.out.println("import: " + rules + " rules loaded");
        assertTrue(rules > 150, "only " + rules + " rules");
    }

    /**
     * Runs the scripts in a network namespace and compares the tables. The lines that an import leaves out have no
     * effect there either: the namespace has no interface addresses.
     */
    @Test
    void scriptRunInShellGivesSameTablesAsImport(@TempDir Path folder) throws Exception {
        int compared = 0;
        for (String name : List.of("debug.cfg", "rc.custom", "rc.firewall", "firewall.user", "restore.sh", "dual.sh",
                "gateway.sh")) {
            Imported imported = Scripts.imported(Scripts.FOLDER.resolve(name));
            write(folder, imported);
            List<String> ours =
                    lines(run(folder, RESTORE + " && iptables-legacy-save && ip6tables-legacy-save"), "-A ", ":", "*");
            Files.writeString(folder.resolve("script"),
                    Scripts.text(Scripts.FOLDER.resolve(name)).replace("/dev/console", "/dev/null"),
                    StandardCharsets.ISO_8859_1);
            // first in the PATH: the legacy iptables, and empty programs in place of those that would change the host
            String runScript = "mkdir -p bin; for p in iptables ip6tables iptables-restore ip6tables-restore; do "
                    + "l=$(command -v $(echo $p | sed 's/tables/tables-legacy/')); ln -sf \"$l\" bin/$p; done; "
                    + "for p in modprobe insmod logger; do printf '#!/bin/sh\\n' > bin/$p; chmod +x bin/$p; done; mount --bind bin/iptables /usr/sbin/iptables 2>/dev/null; "
                    + "PATH=$PWD/bin:$PATH sh ./script start > said 2>&1; iptables-legacy-save; ip6tables-legacy-save";
            List<String> theirs = lines(run(folder, runScript), "-A ", ":", "*");
            assertEquals(tables(theirs), tables(ours), name);
            compared += theirs.stream().filter(l -> l.startsWith("-A ")).count();
        }
        System.out.println("import: " + compared + " rules as a shell made them");
        assertTrue(compared > 130, "only " + compared + " rules");
    }

    private static List<String> lines(String saved, String... beginnings) {
        List<String> lines = new ArrayList<>();
        for (String line : saved.split("\n")) {
            for (String beginning : beginnings) {
                if (line.startsWith(beginning)) {
                    lines.add(Pattern.compile(" \\[[0-9:]+\\]$").matcher(line).replaceFirst(""));
                }
            }
        }
        return lines;
    }

    /** Ignores the order of tables, and empty tables. */
    private static List<String> tables(List<String> lines) {
        List<String> tables = new ArrayList<>();
        for (String table : String.join("\n", lines).split("(?m)^\\*")) {
            boolean empty = !table.contains("\n-A ") && !table.contains(" DROP") && !table.contains(" -");
            if (!empty) { tables.add(table.strip()); }
        }
        return tables.stream().sorted().toList();
    }
}
