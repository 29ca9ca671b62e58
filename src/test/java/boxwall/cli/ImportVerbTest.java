package boxwall.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code boxwall import FILE}: the ruleset on stdout, the remarks on stderr, and the exit status. */
class ImportVerbTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... words) {
        return Main.run(List.of(words), new PrintStream(out, true), new PrintStream(err, true));
    }

    @Test
    void completeImportGivesStatus0AndValidRuleset(@TempDir Path folder) throws IOException {
        assertEquals(0, run("import", "src/test/resources/imports/rc.custom"), err::toString);
        Path rules = Files.write(folder.resolve("rules"), out.toByteArray());
        assertTrue(err.toString(StandardCharsets.UTF_8)
                .contains("rc.custom:32: tables are empty at the start; nothing to do"), err::toString);
        out.reset();
        assertEquals(0, run("check", rules.toString(), "--root", "src/test/resources/boxes/virtual"),
                () -> out.toString() + err);
    }

    @Test
    void incompleteImportGivesStatus1AndReportsFileAndLine() {
        assertEquals(1, run("import", "src/test/resources/imports/gateway.sh"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("\n* gateway.sh:56: the value of MY_IP is unknown"),
                err::toString);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\n# left out, line 56: "), out::toString);
    }

    @Test
    void missingRulesAreMarkedAndTotalsPrintedLast(@TempDir Path folder) throws IOException {
        Path script = Files.writeString(folder.resolve("fw"),
                "WAN=$(nvram get wan0_ifname)\niptables -A FORWARD -i guest ! -o $WAN -j DROP\niptables -A FORWARD -i guest -j ACCEPT\n");
        assertEquals(1, run("import", script.toString()));
        String remarks = err.toString(StandardCharsets.UTF_8);
        assertTrue(remarks.contains("\n* fw:2: the value of WAN is unknown") && remarks.startsWith("  fw:1: "),
                remarks);
        assertTrue(remarks.contains("* lets through what the script drops, or may drop: everything from guest"),
                remarks);
        assertTrue(remarks.endsWith("taken 1, missing 1\n"), remarks);
    }

    @Test
    void sameRemarkOnSeveralLinesIsPrintedOnce(@TempDir Path folder) throws IOException {
        Path script = Files.writeString(folder.resolve("fw"),
                "iptables -F\niptables -X\niptables -A INPUT -p tcp --dport 1,2 -j DROP\niptables -A INPUT -s $A -j DROP\niptables -A FORWARD -s $A -j DROP\n");
        assertEquals(1, run("import", script.toString()));
        assertEquals("""
                  fw:1: tables are empty at the start; nothing to do; also line 2
                * fw:3: --dport: a list of ports: "1,2"; put -m multiport before --dports (or --sports)
                * fw:4: the name A isn't set in this file; put A=... before it; also line 5
                """, err.toString(StandardCharsets.UTF_8).replaceAll("(?m)^(\\* lets through|taken).*\n", ""));
    }

    @Test
    void secondArgumentIsPassedToScript(@TempDir Path folder) throws IOException {
        Path script = Files.writeString(folder.resolve("fw"),
                "case $1 in run-firewall) iptables -A INPUT -j DROP;; *) exit 1;; esac\n");
        assertEquals(1, run("import", script.toString()));
        assertEquals(0, run("import", script.toString(), "run-firewall"), err::toString);
        assertTrue(out.toString(StandardCharsets.UTF_8).endsWith("iptables -A INPUT -j DROP\n"), out::toString);
    }

    @Test
    void missingFileGivesStatus2() {
        assertEquals(2, run("import"));
        assertEquals(2, run("import", "/no/such/file"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("/no/such/file can't be opened"), err::toString);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }
}
