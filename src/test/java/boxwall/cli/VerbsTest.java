package boxwall.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.plan.Counted;
import boxwall.plan.LiveRules;
import boxwall.plan.Origins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a PC, with the recorded virtual boxes. */
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
    void shippedRulesAreAcceptedWithoutLockout() {
        assertEquals(0, run("check", "conf/boxwall.rules", "--root", BOX));
        assertTrue(out.contains("stateful, rules: "), out);
        assertFalse(err.contains("lockout"), err);
    }

    @Test
    void shippedRulesAreStatelessWithConntrackOfAvm() {
        assertEquals(0, run("check", "conf/boxwall.rules", "--root=" + AVM));
        assertTrue(out.contains("stateless, rules: "), out);
        assertFalse(err.contains("lockout"), err);
    }

    /** As at PUT /rules. A plan for a recorded box can't know what is loaded there. */
    @Test
    void tableThatBoxwallLoadedHereIsEmptied(@TempDir Path folder) throws IOException {
        Path rules = Files.writeString(folder.resolve("my.rules"), "iptables -P INPUT DROP\n");
        Path conf = Files.writeString(folder.resolve("cfg"), "export BOXWALL_RUN='" + folder + "'\n");
        Files.createDirectory(folder.resolve("live"));
        Files.writeString(folder.resolve("live/4.raw"), "-A PREROUTING -s 203.0.113.66 -j DROP\n");
        Files.writeString(folder.resolve("live/6.filter"), "");
        run("check", rules.toString(), "--config", conf.toString());
        assertTrue(err.contains("the ruleset has no table raw of iptables any more"), err);
        assertFalse(err.contains("table filter of ip6tables"), "it is empty: " + err);
        run("check", rules.toString(), "--config", conf.toString(), "--root", BOX);
        assertFalse(err.contains("any more"), err);
    }

    @Test
    void emptyTextIsRefusedAndCommentIsNot(@TempDir Path folder) throws IOException {
        Path rules = Files.writeString(folder.resolve("my.rules"), "");
        assertEquals(1, run("check", rules.toString(), "--root", BOX));
        assertTrue(out.startsWith("refused: 1 error") && err.contains("the ruleset is empty"), out + err);
        assertEquals(1, run("compile", rules.toString(), "--root", BOX, "--out", folder + "/plan"), out);
        Files.writeString(rules, "# none\n");
        assertEquals(0, run("check", rules.toString(), "--root", BOX), out + err);
        assertTrue(err.contains("no rule and no policy is in this ruleset"), err);
    }

    @Test
    void mistypedRootIsToldWhatRootTakes() {
        assertEquals(2, run("check", "conf/boxwall.rules", "--root=/nonexistent"), out);
        assertEquals("boxwall: /nonexistent can't be opened; --root needs the folder of a recorded box\n", err);
    }

    @Test
    void statefulPlanIncludesStatelessForm(@TempDir Path folder) throws IOException {
        Path plan = folder.resolve("plan");
        assertEquals(0, run("compile", "conf/boxwall.rules", "--root", BOX, "--out", plan.toString()));
        assertTrue(Files.readString(plan.resolve("stamp")).contains("\nmode=stateful\n"));
        String safe = Files.readString(plan.resolve("safe/stamp"));
        assertTrue(safe.contains("\nmode=stateless\n") && safe.contains("\nadmin=proved\n"), safe);
        assertFalse((Files.readString(plan.resolve("safe/restore4")) + Files.readString(plan.resolve("safe/modules")))
                .contains("state"));
        assertFalse(Files.exists(plan.resolve("safe/rules")), "the text is saved once");
        assertEquals(2, run("compile", "conf/boxwall.rules", "--root", AVM, "--out", plan.toString()));
        assertTrue(err.contains("choose an empty folder"), err);
    }

    @Test
    void planForBoxThatRefusesConntrackContainsNothingOfIt(@TempDir Path folder) throws IOException {
        assertEquals(0,
                run("compile", "conf/boxwall.rules", "--root", AVM, "--out", folder.resolve("plan").toString()));
        for (String file : new String[] {"modules", "restore4", "restore6"}) {
            String text = Files.readString(folder.resolve("plan").resolve(file));
            for (String word : new String[] {"conntrack", "state", "nat", "NOTRACK"}) {
                assertFalse(text.contains(word), file + " contains " + word + ":\n" + text);
            }
        }
        assertTrue(Files.readString(folder.resolve("plan/stamp")).contains("\nadmin=proved\n"));
    }

    @Test
    void allErrorsAreReportedWithLineAndColumn(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("bad.rules");
        Files.writeString(rules, "iptables -A INPUT -m nosuch -j DROP\niptables -A INPUT -s -d 1.2.3.4 -j DROP\n"
                + "iptables -A INPUT -s $NOWHERE -j DROP\niptables -Q\n");
        assertEquals(1, run("check", rules.toString(), "--root", BOX));
        for (String position : new String[] {"bad.rules:1:22: ", "bad.rules:2:19: ", "bad.rules:3:22: ",
                "bad.rules:4:10: "}) {
            assertTrue(err.contains(position), position + "\n" + err);
        }
    }

    @Test
    void lockoutIsReportedAndWrittenToStamp(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("tight.rules");
        Files.writeString(rules, "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\n");
        assertEquals(0, run("compile", rules.toString(), "--root", BOX, "--out", folder.resolve("plan").toString()));
        assertTrue(err.contains("warn lockout"), err);
        assertTrue(Files.readString(folder.resolve("plan/stamp")).contains("\nadmin=failed\n"));
    }

    @Test
    void ruleWithNameMissingOnBoxIsOmittedWithNote(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("guest.rules");
        Files.writeString(rules,
                "iptables -A INPUT -i $GUEST_IF -s $GUEST_NET -j DROP\niptables -A INPUT -i lan -j ACCEPT\n");
        assertEquals(0, run("check", rules.toString(), "--root", "src/test/resources/boxes/6690-0820"), err);
        assertTrue(out.contains("guest.rules:1: note: ") && out.contains("GUEST_IF"), out);
        assertTrue(out.contains("rules: 1 IPv4"), out);
    }

    @Test
    void noteListsEachLineOnceAndErrorIsPrintedOnce(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("home.rules");
        Files.writeString(rules, "include home-basic\n");
        String config = Files.writeString(folder.resolve("cfg"), "export BOXWALL_PRESETS='conf/presets'\n").toString();
        String box = "src/test/resources/boxes/7490-0630";
        assertEquals(0, run("check", rules.toString(), "--root", box, "--config", config), err);
        List<String> notes = out.lines().filter(line -> line.contains(": note: ")).toList();
        assertTrue(notes.stream().anyMatch(note -> note.contains(", ")), out);
        for (String note : notes) {
            List<String> places = List.of(note.substring(0, note.indexOf(": note: ")).split(", "));
            assertEquals(places.stream().distinct().toList(), places, note);
        }
        Files.writeString(rules, "iptables -A INPUT -j NOWHERE\n");
        assertEquals(1, run("diff", rules.toString(), "--root", BOX));
        assertEquals(1, err.lines().filter(line -> line.contains("home.rules:1:")).count(), err);
    }

    /** The JSON has all places. */
    @Test
    void findingAndNoteNameSixPlacesAndCountTheRest(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("r");
        Files.writeString(rules, "iptables -A INPUT -i $GUEST_IF -p tcp --dport 1 -j DROP\n".repeat(7)
                + "iptables -A INPUT -p tcp --dport 2 -j LOG\n".repeat(8));
        assertEquals(0, run("check", rules.toString(), "--root", "src/test/resources/boxes/6690-0820"), err);
        assertTrue(out.contains("r:1, r:2, r:3, r:4, r:5, r:6 and 1 more: note: "), out);
        assertTrue(err.contains("r:8, r:9, r:10, r:11, r:12, r:13 and 2 more: note log-unlimited"), err);
        Files.writeString(rules, "iptables -A INPUT -p tcp --dport 2 -j LOG\n".repeat(6));
        run("check", rules.toString(), "--root", "src/test/resources/boxes/6690-0820");
        assertTrue(err.contains("r:1, r:2, r:3, r:4, r:5, r:6: note log-unlimited"), err);
    }

    @Test
    void missingFilesAndInvalidOptionsAreReported() {
        assertEquals(2, run("check", "/nowhere/rules", "--root", BOX));
        assertTrue(err.contains("/nowhere/rules can't be opened"), err);
        assertEquals(2, run("check", "conf/boxwall.rules", "--root", "/nowhere"));
        assertEquals(2, run("compile", "conf/boxwall.rules"));
        assertEquals(2, run("fly"));
        assertEquals(2, run("try", "my.rules"));
        assertTrue(err.startsWith("boxwall: try is for a box, where the script boxwall runs it\nusage: "), err);
        assertEquals(2, run("check", "--colour"));
        assertTrue(err.contains("usage:"), err);
    }

    /** The plan has the user's line of each of his rules, also for the rules read back from a kernel. */
    @Test
    void optimizedPlanKeepsLinesOfRules(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("list.rules");
        StringBuilder text = new StringBuilder("iptables -A INPUT -i lan -j ACCEPT\n");
        for (int i = 0; i < 40; i++) {
            text.append("iptables -A INPUT -s 10.").append(i * 5).append(".0.1 -j DROP\n");
        }
        Files.writeString(rules,
                text + "iptables -A INPUT -p tcp --dport 81 -j DROP\niptables -A INPUT -p tcp --dport 82 -j DROP\n");
        Path plan = folder.resolve("plan");
        assertEquals(0, run("compile", rules.toString(), "--root", BOX, "--out", plan.toString(), "--optimize"));
        String notes = Files.readString(plan.resolve("notes"));
        assertTrue(notes.contains("list.rules:2: begins a list of 40 rules of INPUT")
                && notes.contains("list.rules:42: stands for list.rules:43 as well"), notes);
        String restore = Files.readString(plan.resolve("restore4"));
        StringBuilder live = new StringBuilder("*filter\n");
        Map<String, List<String>> chains = new TreeMap<>();
        restore.lines().filter(line -> line.startsWith("-A ")).forEach(line -> {
            live.append(line).append('\n');
            chains.computeIfAbsent(line.split(" ")[1], k -> new ArrayList<>()).add(line);
        });
        List<String> saved = new ArrayList<>(List.of("*filter"));
        chains.values().forEach(saved::addAll);
        saved.add("COMMIT");
        Origins origins = Origins.of(Family.IPV4, restore, Files.readString(plan.resolve("origin")),
                Map.of("filter", live.toString()));
        int checked = 0;
        for (Counted counted : new LiveRules().add(Family.IPV4, saved, origins).rules) {
            if (counted.target().startsWith("bw_")) {
                assertEquals("list.rules", counted.origin.toString(), counted.rule);
                continue;
            }
            checked++;
            String line = text.toString().split("\n").length < counted.origin.line ? ""
                    : text.toString().split("\n")[counted.origin.line - 1];
            String source = counted.after("-s");
            assertTrue(source == null || line.contains(source.replace("/32", "") + " "),
                    counted.origin + ": " + counted.rule);
        }
        assertEquals(42, checked, restore);
        assertEquals(0, run("explain", rules.toString(), "--root", BOX, "--optimize", "in=dsl", "src=10.100.0.1"));
        assertTrue(out.contains("list.rules:22") && out.contains("bw_INPUT_"), out);
        assertEquals(0, run("explain", rules.toString(), "--root", BOX, "in=dsl", "src=10.100.0.1"));
        assertTrue(out.contains("list.rules:22") && !out.contains("bw_"), out);
    }

    @Test
    void optimizeSettingAppliesToCompile(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("boxwall.cfg");
        Files.writeString(config, "export BOXWALL_OPTIMIZE='yes'\n");
        Path rules = folder.resolve("two.rules");
        Files.writeString(rules, "iptables -A INPUT -s 10.0.0.0 -j DROP\niptables -A INPUT -s 10.0.0.1 -j DROP\n");
        assertEquals(0, run("compile", rules.toString(), "--root", BOX, "--out", folder.resolve("plan").toString(),
                "--config", config.toString()));
        assertTrue(Files.readString(folder.resolve("plan/restore4")).contains("-A INPUT -s 10.0.0.0/31 -j DROP\n"));
        assertEquals(0, run("compile", rules.toString(), "--root", BOX, "--out", folder.resolve("plan").toString()));
        assertFalse(Files.readString(folder.resolve("plan/restore4")).contains("/31"));
    }

    @Test
    void factsPrintsOneLineOfJson() {
        assertEquals(0, run("facts", "--root", BOX));
        assertTrue(out.startsWith("{\"kernel\":{") && out.endsWith("}\n"), out);
    }

    @Test
    void recordOfRecordedBoxHasSameFactsExceptWanAddresses(@TempDir Path folder) {
        assertEquals(0, run("facts", "--root", AVM));
        String facts = out;
        assertEquals(0, run("record", folder.resolve("box").toString(), "--root", AVM));
        assertTrue(out.matches("(?s)[0-9]{2} files in .*"), out);
        assertEquals(0, run("facts", "--root", folder.resolve("box").toString()));
        // except the WAN addresses, which identify the owner
        assertEquals(facts.replace("203.0.113.", "198.18.0.").replace("2001:db8:d51:", "2001:db8:ff00:"), out);
        assertTrue(facts.contains("203.0.113.2"), facts);
        assertEquals(2, run("record"));
        assertEquals(2, run("record", "/proc/version/no/such"));
    }

    /** Without --model and --firmware, which only needs takes, check would be about this machine. */
    @Test
    void optionOrFileThatAVerbDoesNotTakeIsRefused() {
        assertEquals(2, run("check", "/dev/null", "--model", "7490", "--root", BOX));
        assertTrue(err.startsWith("boxwall: check takes no --model\nusage: "), err);
        assertEquals(2, run("facts", BOX));
        assertTrue(err.startsWith("boxwall: facts takes no file, found '" + BOX + "'\nusage: "), err);
    }

    @Test
    void helpAndVersionArePrinted() throws IOException {
        assertEquals(0, run("--help"));
        assertTrue(out.startsWith("usage: boxwall facts"), out);
        assertEquals(0, run("check", "--version"));
        String version = Files.readString(Path.of("pom.xml")).replaceFirst("(?s).*?<version>(.*?)</version>.*", "$1");
        assertEquals("boxwall " + version + "\n", out);
    }

    @Test
    void presetsAreListedAsTextAndJson(@TempDir Path folder) throws IOException {
        assertEquals(2, run("presets"));
        String config = Files.writeString(folder.resolve("cfg"), "export BOXWALL_PRESETS='conf/presets'\n").toString();
        assertEquals(0, run("presets", "--config", config));
        assertTrue(out.contains("include block-device DEVICE=... [WHEN=always]\n    Block a device: "), out);
        assertEquals(0, run("presets", "--json", "--config", config));
        assertTrue(
                out.contains(
                        "\"name\":\"block-device\",\"title\":{\"en\":\"Block a device\",\"de\":\"Gerät sperren\"}"),
                out);
        assertTrue(out.contains("{\"name\":\"WHEN\",\"kind\":\"times\",\"default\":\"always\","), out);
    }

    /** The result comes first, then one note of each kind, regardless of the number of lines. */
    @Test
    void checkPrintsResultFirst(@TempDir Path folder) throws IOException {
        Path rules = folder.resolve("my.rules");
        String config = Files.writeString(folder.resolve("cfg"), "export BOXWALL_PRESETS='conf/presets'\n").toString();
        Files.writeString(rules, "include home-basic\n");
        assertEquals(0, run("check", rules.toString(), "--root", AVM, "--config", config), err);
        assertTrue(out.startsWith("accepted"), out);
        assertEquals(1, out.lines().filter(l -> l.contains("later fragments of such packets")).count(), out);
        Files.writeString(rules, "iptables -A INPUT -p tcp --dport 80,81 -j ACCEPT\nfoo\n");
        assertEquals(1, run("check", rules.toString(), "--root", AVM));
        assertTrue(out.startsWith("refused: 2 errors\n"), out);
    }
}
