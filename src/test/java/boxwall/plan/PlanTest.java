package boxwall.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Readings;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.compile.AutoYesNo;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The files of the plan directory. */
class PlanTest {
    private static final String RULES =
            "# first\niptables -P INPUT DROP\niptables -A INPUT -i lan -j ACCEPT\nip6tables -P INPUT DROP\n";

    private static Map<String, String> plan() {
        ParsedRules parsed = RulesetParser.parse(new Source("rules", RULES), Map.of(), Includes.NONE);
        BoxFacts facts = new BoxFacts(Readings.none());
        Compiled compiled = Compiler.compile(parsed, facts, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
        return Plan.files(compiled, RULES, new Stamp().put("id", "1-2").put("kernel", null), "flush");
    }

    @Test
    void everyFileEndsWithItsNameAndCounts() {
        for (Map.Entry<String, String> file : plan().entrySet()) {
            String text = file.getValue();
            if (file.getKey().equals("rules")) {
                assertEquals(RULES, text);
                continue;
            }
            int mark = text.lastIndexOf("# end ");
            String above = text.substring(0, mark);
            assertEquals("# end " + file.getKey() + " " + above.lines().count() + " " + above.length() + "\n",
                    text.substring(mark), file.getKey());
        }
    }

    @Test
    void originMapsRestoreLinesToTheUsersLines() {
        String[] restore = plan().get("restore4").split("\n");
        int line = 0;
        while (!restore[line].startsWith("-A INPUT")) {
            line++;
        }
        assertTrue(plan().get("origin").contains("4 " + (line + 1) + " rules:3\n"), plan().get("origin"));
    }

    @Test
    void stampDescribesThePlan() {
        Stamp stamp = Stamp.parse(plan().get("stamp"));
        assertEquals("1-2", stamp.get("id"));
        assertEquals("unknown", stamp.get("kernel"));
        assertEquals("ipv4,ipv6", stamp.get("families"));
        assertEquals("filter", stamp.get("tables4"));
        assertEquals("stateless", stamp.get("mode"), "unknown box: connection tracking might reboot it");
        for (String file : new String[] {"modules", "restore4", "restore6", "pa"}) {
            assertEquals(Plan.sha1(plan().get(file)), stamp.get("sha1." + file),
                    "the checksum of the whole file, like sha1sum");
        }
    }

    @Test
    void valueCannotContainANewline() {
        assertThrows(IllegalArgumentException.class, () -> new Stamp().put("name.X", "a\nadmin=proved"));
    }
}
