package boxwall.daemon;

import boxwall.syntax.TestIncludes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.avm.Listeners;
import boxwall.box.Readings;
import boxwall.cli.Main;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Counts;
import boxwall.explain.Difference;
import boxwall.explain.Explanation;
import boxwall.explain.Exposure;
import boxwall.explain.Verdicts;
import boxwall.http.Reply;
import boxwall.http.Route;
import boxwall.probe.BoxReader;
import boxwall.report.ExplainJson;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests explain, exposure and diff, for the control port and for the command line. */
class QuestionsTest {
    private static final String BOX = "src/test/resources/explain/box";

    private static Box box() { return new Box(BoxReader.read(new LiveSys(), BOX)); }

    private static Candidate rules(String text, Box box) {
        return Candidate.unchecked(new Source("rules", text), (TestIncludes) name -> null, box,
                Config.parse(null, java.util.Map.of()));
    }

    @Test
    void explainReturnsJsonWithDecidingRule() {
        Box box = box();
        Candidate about = rules("iptables -A INPUT -i lan -j ACCEPT\n"
                + "iptables -A INPUT -m state --state ESTABLISHED -j ACCEPT\niptables -P INPUT DROP\n", box);
        Reply reply = Api.query(Route.EXPLAIN, Map.of("in", "lan", "dst", "192.168.178.1"), about, "draft", box);
        assertEquals(200, reply.status);
        assertEquals("draft", Json.parse(new String(reply.body)).asObject().getString("of", ""));
        JsonObject json =
                Json.parse(ExplainJson.of(about.explain(Map.of("in", "lan", "dst", "192.168.178.1"), box.facts), 0))
                        .asObject();
        assertEquals("ACCEPT", json.getString("verdict", ""));
        assertEquals(1, json.get("decided_by").asObject().getInt("line", 0));
        assertEquals("INPUT", json.get("decided_by").asObject().getString("chain", ""));
        assertTrue(json.get("as_written").isObject(), "this box has no states: both forms are explained");
        assertEquals(400, Api.query(Route.EXPLAIN, Map.of("dst", "nowhere"), about, "", box).status);
        assertEquals(404, Api.query(Route.EXPOSURE, Map.of(), null, "", box).status);
        assertEquals(422, Api.query(Route.DIFF, Map.of(), rules("iptables -Q\n", box), "x", box).status);
    }

    @ParameterizedTest
    @CsvSource({"--timestart 19:00 --timestop 05:00, 19:00:00, 05:00:00, 20:00, true, 'now, too'",
            "--timestart 19:00 --timestop 05:00, 19:00:00, 05:00:00, 04:59, true, 'now, too'",
            "--timestart 19:00 --timestop 05:00, 19:00:00, 05:00:00, 05:01, false, not now",
            "--timestart 08:00 --timestop 12:00, 08:00:00, 12:00:00, 07:59, false, not now",
            "--timestop 12:00, 00:00:00, 12:00:00, 11:00, true, 'now, too'",
            "--timestart 19:00 --weekdays Mo, 19:00:00, 23:59:59, 20:00, false, not now",
            "--timestart 19:00 --monthdays 5, 19:00:00, 23:59:59, 20:00, null, on some days",
            "--timestart 19:00 --timestop 05:00, 19:00:00, 05:00:00, '', null, no clock tells whether now"})
    void explainReportsWhetherTimedRuleAppliesNow(String match, String from, String to, String clock, String now,
            String words) {
        Box box = box();
        Candidate about =
                rules("iptables -A FORWARD -o dsl -m time " + match + " -j DROP\niptables -P INPUT DROP\n", box);
        long millis = clock.isEmpty() ? 60_000 : Instant.parse("2026-11-28T" + clock + ":00Z").toEpochMilli();
        Explanation explanation = about.explain(Map.of("in", "lan", "out", "dsl", "dst", "198.51.100.7"), box.facts);
        assertEquals(
                "[{\"file\":\"rules\",\"line\":1,\"row\":1,\"from\":\"" + from + "\",\"to\":\"" + to + "\",\"now\":"
                        + now + "}]",
                Json.parse(ExplainJson.of(explanation, millis)).asObject().get("hours").toString());
        String printed = ExplainJson.inWords(explanation, millis);
        assertTrue(printed.contains("  hours:  rules:1 holds from " + from + " to " + to + " UTC: " + words + "\n"),
                printed);
    }

    /** Rules of FORWARD, each with its hours ("" for none) and target; 2026-11-28 is a Saturday. */
    @ParameterizedTest
    @CsvSource({"inside, 19:00 --timestop 21:00 DROP, 20:38, DROP, 1, 21:00:00",
            "its last second, 19:00 --timestop 20:38 DROP, 20:38, DROP, 1, 20:38:00",
            "outside, 19:00 --timestop 21:00 DROP, 18:00, ACCEPT, 0, 19:00:00",
            "after it, 19:00 --timestop 21:00 DROP, 22:00, ACCEPT, 0, 19:00:00",
            "before midnight, 19:00 --timestop 05:00 DROP, 20:38, DROP, 1, 05:00:00",
            "after midnight, 19:00 --timestop 05:00 DROP, 04:00, DROP, 1, 05:00:00",
            "between, 19:00 --timestop 05:00 DROP, 12:00, ACCEPT, 0, 19:00:00",
            "no end, 19:00 DROP, 20:38, DROP, 1, 23:59:59",
            "the second of two, 12:00 --timestop 13:00 DROP|19:00 --timestop 05:00 DROP, 20:38, DROP, 2, 05:00:00",
            "the first of two, 12:00 --timestop 13:00 DROP|19:00 --timestop 05:00 DROP, 12:30, DROP, 1, 13:00:00",
            "none of two, 12:00 --timestop 13:00 DROP|19:00 --timestop 05:00 DROP, 14:00, ACCEPT, 0, 19:00:00",
            "one before it begins, 22:00 --timestop 23:00 ACCEPT|19:00 --timestop 05:00 DROP, 20:38, DROP, 2, 22:00:00",
            "one after it ends, 19:00 --timestop 05:00 DROP|20:00 --timestop 21:00 DROP, 20:38, DROP, 1, 05:00:00",
            "then one without hours, 19:00 --timestop 05:00 ACCEPT|DROP, 12:00, DROP, 2, 19:00:00",
            "its day, 19:00 --timestop 05:00 --weekdays Sat DROP, 20:38, DROP, 1, 00:00:00",
            "its day and the next, '19:00 --timestop 05:00 --weekdays 6,7 DROP', 20:38, DROP, 1, 05:00:00",
            "another day, '19:00 --timestop 05:00 --weekdays Mo,Fr DROP', 20:38, ACCEPT, 0, ",
            "not that day, 19:00 --timestop 05:00 ! --weekdays Mo DROP, 20:38, DROP, 1, 05:00:00",
            "negated, 19:00 --timestop 05:00 ! --weekdays SA DROP, 20:38, ACCEPT, 0, 00:00:00",
            "all days, 00:00 DROP, 20:38, DROP, 1, ",
            "a date that does not matter, 19:00 --monthdays 5 DROP|19:00 DROP, 20:38, DROP, 2, 23:59:59",
            "a date that counts, 19:00 --monthdays 5 DROP|19:00 ACCEPT, 20:38, UNKNOWN, 0, ",
            "only a date, 19:00 --monthdays 5 DROP, 20:38, none, 0, ",
            "two times, 19:00 -m time --timestop 21:00 DROP, 20:38, none, 0, ",
            "clock unset, 19:00 --timestop 05:00 DROP, , none, 0, ",
            "an earlier rule decides, DROP|19:00 --timestop 05:00 DROP, 20:38, none, 0, ",
            "the same without it, 19:00 --timestop 05:00 ACCEPT, 20:38, none, 0, ",
            "something else counts, -m limit --limit 1/s DROP|19:00 --timestop 05:00 LOG, 20:38, none, 0, "})
    void explainReportsVerdictForCurrentTime(String what, String written, String time, String verdict, int number,
            String until) {
        StringBuilder text = new StringBuilder();
        for (String rule : written.split("[|]")) {
            int space = rule.lastIndexOf(' ');
            text.append("iptables -A FORWARD ").append(Character.isDigit(rule.charAt(0)) ? "-m time --timestart " : "")
                    .append(rule, 0, Math.max(0, space)).append(" -j ").append(rule.substring(space + 1)).append('\n');
        }
        Box box = box();
        long millis = time == null ? 60_000 : Instant.parse("2026-11-28T" + time + ":00Z").toEpochMilli();
        Explanation explanation = rules(text.toString(), box)
                .explain(Map.of("in", "lan", "out", "dsl", "dst", "198.51.100.7"), box.facts);
        JsonObject json = Json.parse(ExplainJson.of(explanation, millis)).asObject();
        String printed = ExplainJson.inWords(explanation, millis);
        if (verdict.equals("none")) {
            assertEquals(null, json.get("now"), text.toString());
            assertFalse(printed.contains("  now:"), printed);
            return;
        }
        JsonObject now = json.get("now").asObject();
        assertEquals("UNKNOWN", json.getString("verdict", ""), "at all hours");
        assertEquals(verdict, now.getString("verdict", ""), json.toString());
        JsonObject by = now.get("decided_by").isNull() ? null : now.get("decided_by").asObject();
        assertEquals(number, by == null || by.get("number").isNull() ? 0 : by.getInt("number", 0), json.toString());
        assertEquals(until == null ? Json.NULL : Json.value(until), now.get("until"), json.toString());
        String[] rule = text.toString().split("\n");
        if (number > 0) {
            assertEquals(number, by.getInt("line", 0));
            assertEquals(rule[number - 1].contains("-m time"), by.getString("rule", "").contains("-m time"));
        }
        String decidedBy =
                by == null ? "" : ", by " + (number > 0 ? "rules:" + number : "filter FORWARD policy ACCEPT");
        assertTrue(
                printed.contains(
                        "  now:    " + verdict + decidedBy + (until == null ? "" : ", until " + until + " UTC") + "\n"),
                printed);
    }

    /** The deciding rule occurs once in the ruleset and twice in the trail. */
    @Test
    void currentVerdictEndsWithHoursOfSecondJump() {
        Box box = box();
        Explanation explanation = rules(
                "iptables -N X\niptables -A FORWARD -m time --timestart 12:00 --timestop 13:00 -j X\n"
                        + "iptables -A FORWARD -m time --timestart 19:00 --timestop 05:00 -j X\niptables -A X -j DROP\n",
                box).explain(Map.of("in", "lan", "out", "dsl", "dst", "198.51.100.7"), box.facts);
        String printed = ExplainJson.inWords(explanation, Instant.parse("2026-11-28T20:38:00Z").toEpochMilli());
        assertTrue(printed.contains("  now:    DROP, by rules:4, until 05:00:00 UTC\n"), printed);
    }

    /** Two includes of one preset for one device: the JSON has the line of the right include. */
    @Test
    void explainReportsLineOfInclude() throws IOException {
        String preset = Files.readString(Path.of("conf/presets/block-device.rules"));
        Box box = box();
        Candidate about = Candidate.unchecked(
                new Source("rules",
                        "# mine\ninclude block-device DEVICE=192.168.178.3 WHEN=05:00-06:00\n"
                                + "include block-device DEVICE=192.168.178.30 WHEN=19:00-20:00\n"
                                + "include block-device DEVICE=192.168.178.30\niptables -P INPUT DROP\n"),
                (TestIncludes) name -> Source.preset(name, preset), box, Config.parse(null, java.util.Map.of()));
        JsonObject json = Json.parse(ExplainJson.of(about.explain(
                Map.of("in", "lan", "out", "dsl", "src", "192.168.178.30", "dst", "198.51.100.7"), box.facts), 0))
                .asObject();
        assertEquals("DROP", json.getString("verdict", ""));
        assertEquals(4, json.get("decided_by").asObject().getInt("row", 0));
        json = Json.parse(ExplainJson.of(about.explain(
                Map.of("in", "lan", "out", "dsl", "src", "192.168.178.3", "dst", "198.51.100.7"), box.facts), 0))
                .asObject();
        assertEquals(2, json.get("trail").asArray().get(0).asObject().getInt("row", 0), json.toString());
        String printed = ExplainJson.inWords(about
                .explain(Map.of("in", "lan", "out", "dsl", "src", "192.168.178.3", "dst", "198.51.100.7"), box.facts),
                Instant.parse("2026-11-28T05:30:00Z").toEpochMilli());
        assertTrue(printed.contains("  now:    DROP, by block-device:13 (line 2 of the rules), until 06:00:00 UTC\n"),
                printed);
    }

    /** After an apply the page requests the exposure of rules that are already live. */
    @Test
    void exposureOfLiveRulesIsComputedOnce() {
        Box box = new Box(saved());
        Candidate same = rules(
                "iptables -P INPUT DROP\niptables -A INPUT -i lan -j ACCEPT\nip6tables -A INPUT -i dsl -j DROP\n", box);
        long start = Counts.steps();
        Exposure.of(new Verdicts(box.live(), BoxNetwork.of(box.facts)), Listeners.of(box.readings),
                Listeners.exposedInterfaces(box.facts.interfaces));
        long once = Counts.steps() - start;
        String printed = same.exposure(box).json();
        assertEquals(once, Counts.steps() - start - once);
        assertTrue(printed.contains("\"forward_before\":[{"), printed);
    }

    @Test
    void liveRulesAreReadFromBothFamilies() {
        Box box = new Box(saved());
        Candidate same = rules(
                "iptables -P INPUT DROP\niptables -A INPUT -i lan -j ACCEPT\nip6tables -A INPUT -i dsl -j DROP\n", box);
        assertEquals(List.of(), difference(box, same).changes);
        Candidate other = rules("iptables -P INPUT DROP\n", box);
        assertTrue(
                difference(box, other).changes.get(0).toString().startsWith("ACCEPT becomes DROP: everything from lan"),
                "the ruleset does not own IPv6");
        assertEquals(1, difference(box, other).changes.size());
    }

    private static Difference difference(Box box, Candidate next) {
        return Difference.of(box.live(), next.loaded(box.live()), BoxNetwork.of(box.facts));
    }

    private static Readings saved() {
        Readings readings = box().readings
                .with("iptables-save",
                        "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n"
                                + ":OUTPUT ACCEPT [0:0]\n[3:144] -A INPUT -i lan -j ACCEPT\nCOMMIT\n")
                .with("ip6tables-save", "*filter\n"
                        + ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i dsl -j DROP\nCOMMIT\n");
        return readings;
    }

    @Test
    void queryVerbsAcceptRulesThatCheckRefuses(@TempDir Path folder) throws Exception {
        Path rules = Files.writeString(folder.resolve("r"),
                "iptables -t nat -A PREROUTING -j ACCEPT\niptables -P INPUT DROP\n");
        assertEquals(0, run("explain", rules.toString(), "in=wan", "dst=203.0.113.2", "--root", BOX, "--json"));
        assertEquals(0, run("exposure", rules.toString(), "--root", BOX, "--json"));
        assertEquals(0, run("diff", rules.toString(), "conf/boxwall.rules", "--root", BOX, "--json"));
        assertEquals(2, run("explain", rules.toString(), "dst=nowhere", "--root", BOX));
        assertEquals(2, run("exposure", rules.toString(), "in=lan", "--root", BOX));
        assertEquals(1, run("explain", Files.writeString(folder.resolve("bad"), "iptables -Q\n").toString(), "in=lan",
                "--root", BOX));
    }

    /** Runs with the heap of a box: earlier queries must not leave objects behind. */
    @ParameterizedTest
    @ValueSource(strings = {"check", "exposure", "diff"})
    void shippedRulesNeedAtMost8MbHeap(String verb) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "boxwall.cli.Main", verb,
                "conf/boxwall.rules", "--root", BOX).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), printed);
        assertFalse(printed.contains("too complex"), printed);
    }

    private static int run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = Main.run(new ArrayList<>(List.of(words)), new PrintStream(out, true),
                new PrintStream(new ByteArrayOutputStream(), true));
        if (status == 0) { Json.parse(out.toString()); }
        return status;
    }
}
