package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs at the desk, with the recorded virtual boxes. */
class VerbsTest {
    private static final String BOX = "src/test/resources/boxes/virtual";
    private static final String AVM = "src/test/resources/boxes/virtual-avm";

    private String out;
    private String err;

    private int run(String... words) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        ByteArrayOutputStream e = new ByteArrayOutputStream();
        int status = Main.run(Arrays.asList(words), new PrintStream(o, true), new PrintStream(e, true));
        out = o.toString(StandardCharsets.UTF_8);
        err = e.toString(StandardCharsets.UTF_8);
        return status;
    }

    @Test
    void theRulesInConfAreFineAndLockNobodyOut() {
        assertEquals(0, run("check", "conf/boxwall.rules", "--root", BOX));
        assertTrue(out.contains("stateful, rules: "), out);
        assertFalse(err.contains("lockout"), err);
    }

    @Test
    void theSameRulesAreStatelessBesideAvmsConntrack() {
        assertEquals(0, run("check", "conf/boxwall.rules", "--root", AVM));
        assertTrue(out.contains("stateless, rules: "), out);
        assertFalse(err.contains("lockout"), err);
    }

    @Test
    void aPlanWithStatesHasItsStatelessTwinBesideIt(@TempDir Path folder) throws IOException {
        Path plan = folder.resolve("plan");
        assertEquals(0, run("compile", "conf/boxwall.rules", "--root", BOX, "--out", plan.toString()));
        assertTrue(Files.readString(plan.resolve("stamp")).contains("\nmode=stateful\n"));
        String twin = Files.readString(plan.resolve("safe/stamp"));
        assertTrue(twin.contains("\nmode=stateless\n") && twin.contains("\nadmin=proved\n"), twin);
        assertFalse((Files.readString(plan.resolve("safe/restore4")) + Files.readString(plan.resolve("safe/modules"))).contains("state"));
        assertFalse(Files.exists(plan.resolve("safe/rules")), "the text is saved once");
        assertEquals(2, run("compile", "conf/boxwall.rules", "--root", AVM, "--out", plan.toString()));
        assertTrue(err.contains("choose an empty folder"), err);
    }

    @Test
    void noPlanForARefusingBoxHoldsAnythingOfConntrack(@TempDir Path folder) throws IOException {
        assertEquals(0, run("compile", "conf/boxwall.rules", "--root", AVM, "--out", folder.resolve("plan").toString()));
        for (String file : new String[] {"modules", "restore4", "restore6"}) {
            String text = Files.readString(folder.resolve("plan").resolve(file));
            for (String word : new String[] {"conntrack", "state", "nat", "NOTRACK"}) {
                assertFalse(text.contains(word), file + " holds " + word + ":\n" + text);
            }
        }
        assertTrue(Files.readString(folder.resolve("plan/stamp")).contains("\nadmin=proved\n"));
    }

    @Test
    void everythingWrongIsSaidAtOnceWithLineAndColumn(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("bad.rules");
        Files.writeString(rules, "iptables -A INPUT -m nosuch -j DROP\niptables -A INPUT -s -d 1.2.3.4 -j DROP\n"
                + "iptables -A INPUT -s $NOWHERE -j DROP\niptables -Q\n");
        assertEquals(1, run("check", rules.toString(), "--root", BOX));
        for (String place : new String[] {"bad.rules:1:22: ", "bad.rules:2:19: ", "bad.rules:3:22: ", "bad.rules:4:10: "}) {
            assertTrue(err.contains(place), place + "\n" + err);
        }
    }

    @Test
    void aLockOutIsAFindingAndGoesIntoTheStamp(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("tight.rules");
        Files.writeString(rules, "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\n");
        assertEquals(0, run("compile", rules.toString(), "--root", BOX, "--out", folder.resolve("plan").toString()));
        assertTrue(err.contains("warn lockout"), err);
        assertTrue(Files.readString(folder.resolve("plan/stamp")).contains("\nadmin=failed\n"));
    }

    @Test
    void aNameThatTheBoxLacksLeavesTheRuleOutWithANote(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("guest.rules");
        Files.writeString(rules, "iptables -A INPUT -i $GUEST_IF -s $GUEST_NET -j DROP\niptables -A INPUT -i lan -j ACCEPT\n");
        assertEquals(0, run("check", rules.toString(), "--root", "src/test/resources/boxes/6690-0820"), err);
        assertTrue(out.contains("guest.rules:1: note: ") && out.contains("GUEST_IF"), out);
        assertTrue(out.contains("rules: 1 IPv4"), out);
    }

    @Test
    void theFilesAndOptionsThatAreMissingAreSaid() {
        assertEquals(2, run("check", "/nowhere/rules", "--root", BOX));
        assertTrue(err.contains("/nowhere/rules can't be opened"), err);
        assertEquals(2, run("check", "conf/boxwall.rules", "--root", "/nowhere"));
        assertEquals(2, run("compile", "conf/boxwall.rules"));
        assertEquals(2, run("fly"));
        assertEquals(2, run("check", "--colour"));
        assertTrue(err.contains("usage:"), err);
    }

    @Test
    void factsAreOneLineOfJson() {
        assertEquals(0, run("facts", "--root", BOX));
        assertTrue(out.startsWith("{\"kernel\":{") && out.endsWith("}\n"), out);
    }

    @Test
    void aRecordOfARecordedBoxGivesItsFacts(@TempDir Path folder) {
        assertEquals(0, run("facts", "--root", AVM));
        String facts = out;
        assertEquals(0, run("record", folder.resolve("box").toString(), "--root", AVM));
        assertTrue(out.matches("(?s)[0-9]{2} files in .*"), out);
        assertEquals(0, run("facts", "--root", folder.resolve("box").toString()));
        assertEquals(facts, out);
        assertEquals(2, run("record"));
        assertEquals(2, run("record", "/proc/version/no/such"));
    }
}
