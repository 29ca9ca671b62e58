package boxwall.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.EndedCommand;
import boxwall.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search for a refused rule, with a kernel that refuses the rules that a test chooses. */
class RefusedRuleTest {
    /** Accepts texts like iptables-restore --noflush; refuses a table if one of its lines contains BAD. */
    private static final class Kernel implements Sys {
        final List<String> texts = new ArrayList<>();
        int runs;
        final List<String> log = new ArrayList<>(List.of("[1.0] boot"));
        boolean chainExists;
        String errorOutput;
        int failAt = -1;
        boolean refuseTogether;

        @Override
        public CommandResult run(List<String> command, String stdin, int limitSeconds) throws BoxException {
            runs++;
            if (command.get(0).equals("/bin/dmesg")) {
                assertEquals(1, command.size());
                return new EndedCommand(command, String.join("\n", log) + "\n", "", 0);
            }
            assertEquals(List.of("/sbin/iptables-restore", "--noflush"), command);
            texts.add(stdin);
            if (texts.size() == failAt) { throw new BoxException("no memory"); }
            String[] lines = stdin.split("\n");
            assertEquals("*filter", lines[0]);
            assertEquals(":boxwall-halving - [0:0]", lines[1]);
            assertEquals("COMMIT", lines[lines.length - 1]);
            if (errorOutput != null && !stdin.contains("-X ")) { return new EndedCommand(command, "", errorOutput, 4); }
            boolean refused = refuseTogether ? stdin.contains("one") && stdin.contains("two") : stdin.contains("BAD");
            if (refused) {
                log.add("[2.0] xt_bad: never");
                return new EndedCommand(command, "", "iptables-restore: line " + lines.length + " failed\n", 1);
            }
            chainExists = !stdin.contains("-X boxwall-halving");
            return new EndedCommand(command, "", "", 0);
        }

        @Override
        public String read(String path, int limitBytes) { throw new AssertionError(); }

        @Override
        public void write(String path, String text) { throw new AssertionError(); }

        @Override
        public List<String> list(String directory) { throw new AssertionError(); }

        @Override
        public long uptimeMillis() { return 0; }
    }

    private static List<String> rules(int count, int... bad) {
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add("-A boxwall-halving -m mark --mark " + i);
        }
        for (int each : bad) {
            rules.set(each, "-A boxwall-halving -m BAD");
        }
        return rules;
    }

    private static RefusedRule.Found find(Kernel kernel, List<String> rules) {
        return new RefusedRule(kernel, "/sbin/iptables-restore", "/bin/dmesg", "filter", rules).find();
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,0", "2,1", "3,1", "7,6", "64,0", "64,63", "100,41", "1000,999"})
    void refusedRuleIsFoundInLogarithmicStepsWithItsLogLine(int count, int bad) {
        Kernel kernel = new Kernel();
        RefusedRule.Found found = find(kernel, rules(count, bad));
        assertEquals(bad, found.index);
        assertEquals(List.of("[2.0] xt_bad: never"), found.log);
        assertTrue(found.words.contains("line 4 failed"), found.words);
        int log2 = 32 - Integer.numberOfLeadingZeros(count - 1);
        assertTrue(kernel.texts.size() <= 3 + log2, kernel.texts.size() + " restores for " + count);
        assertTrue(kernel.runs <= 5 + log2, kernel.runs + " programs for " + count);
        assertTrue(!kernel.chainExists, "the chain was not removed");
        assertTrue(kernel.texts.get(kernel.texts.size() - 1).contains("\n-X boxwall-halving\n"));
    }

    @Test
    void firstOfSeveralRefusedRulesIsFound() { assertEquals(3, find(new Kernel(), rules(10, 3, 7, 9)).index); }

    @Test
    void rulesThatAreAcceptedAloneAreNotFound() {
        Kernel kernel = new Kernel();
        assertNull(find(kernel, rules(10)));
        assertEquals(2, kernel.texts.size(), "one attempt, and the removal of the chain");
        assertTrue(!kernel.chainExists);
        Kernel pair = new Kernel();
        pair.refuseTogether = true;
        assertNull(find(pair, List.of("-A boxwall-halving one", "-A boxwall-halving two")), "refused together only");
        assertTrue(!pair.chainExists);
        Kernel none = new Kernel();
        assertNull(find(none, List.of()));
        assertEquals(0, none.texts.size(), "no rules, no processes");
    }

    @Test
    void chainIsRemovedAfterErrors() {
        Kernel busy = new Kernel();
        busy.errorOutput = "iptables-restore: line 4 failed: Resource temporarily unavailable.";
        assertNull(find(busy, rules(10, 3)));
        assertTrue(busy.texts.get(busy.texts.size() - 1).contains("-X boxwall-halving"));
        Kernel dying = new Kernel();
        dying.failAt = 3;
        assertNull(find(dying, rules(10, 3)));
        assertTrue(!dying.chainExists);
        assertTrue(dying.texts.get(dying.texts.size() - 1).contains("-X boxwall-halving"));
    }

    @Test
    void ruleIsFoundWithoutALog() {
        RefusedRule.Found found =
                new RefusedRule(new Kernel(), "/sbin/iptables-restore", null, "filter", rules(5, 2)).find();
        assertEquals(2, found.index);
        assertEquals(List.of(), found.log);
    }
}
