package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.avm.Listeners;
import boxwall.cli.Main;
import boxwall.explain.Counts;
import boxwall.explain.Exposure;
import boxwall.explain.Site;
import boxwall.explain.Verdicts;
import boxwall.box.Readings;
import boxwall.http.Reply;
import boxwall.http.Route;
import boxwall.probe.BoxReader;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** explain, exposure and diff, as the control port and the command line answer them. */
class QuestionsTest {
    private static final String BOX = "src/test/resources/explain/box";

    private static Box box() { return new Box(BoxReader.read(new LiveSys(), BOX)); }

    private static Candidate rules(String text, Box box) {
        return Candidate.unchecked(new Source("rules", text), (name, from) -> null, box,
                CompileOptions.of(Config.parse(null, java.util.Map.of()), false));
    }

    @Test
    void explainIsJsonWithTheDecidingRule() {
        Box box = box();
        Candidate about = rules("iptables -A INPUT -i lan -j ACCEPT\n"
                + "iptables -A INPUT -m state --state ESTABLISHED -j ACCEPT\niptables -P INPUT DROP\n", box);
        Reply reply = Api.question(Route.EXPLAIN, Map.of("in", "lan", "dst", "192.168.178.1"), about, "draft", box);
        assertEquals(200, reply.status);
        assertEquals("draft", Json.parse(new String(reply.body)).asObject().getString("of", ""));
        JsonObject json = Json.parse(boxwall.report.ExplainJson
                .of(new Questions(box).explain(about, Map.of("in", "lan", "dst", "192.168.178.1")))).asObject();
        assertEquals("ACCEPT", json.getString("verdict", ""));
        assertEquals(1, json.get("decided_by").asObject().getInt("line", 0));
        assertEquals("INPUT", json.get("decided_by").asObject().getString("chain", ""));
        assertTrue(json.get("as_written").isObject(), "this box has no states: both readings");
        assertEquals(400, Api.question(Route.EXPLAIN, Map.of("dst", "nowhere"), about, "", box).status);
        assertEquals(404, Api.question(Route.EXPOSURE, Map.of(), null, "", box).status);
        assertEquals(422, Api.question(Route.DIFF, Map.of(), rules("iptables -Q\n", box), "x", box).status);
    }

    /** After an apply the page asks for the exposure of rules that are live by then. */
    @Test
    void whatIsLiveAlreadyIsAskedOnce() {
        Box box = new Box(saved());
        Questions questions = new Questions(box);
        Candidate same = rules(
                "iptables -P INPUT DROP\niptables -A INPUT -i lan -j ACCEPT\nip6tables -A INPUT -i dsl -j DROP\n", box);
        long start = Counts.steps();
        Exposure.of(new Verdicts(questions.live(), Site.of(box.facts)), Listeners.of(box.readings),
                Listeners.doors(box.facts.interfaces));
        long once = Counts.steps() - start;
        String said = questions.exposure(same).json();
        assertEquals(once, Counts.steps() - start - once);
        assertTrue(said.contains("\"forward_before\":[{"), said);
    }

    @Test
    void liveRulesAreReadFromBothSaves() {
        Box box = new Box(saved());
        Questions questions = new Questions(box);
        Candidate same = rules(
                "iptables -P INPUT DROP\niptables -A INPUT -i lan -j ACCEPT\nip6tables -A INPUT -i dsl -j DROP\n", box);
        assertEquals(List.of(),
                questions.difference(questions.live(), Questions.loaded(questions.live(), same)).changes);
        Candidate other = rules("iptables -P INPUT DROP\n", box);
        assertTrue(questions.difference(questions.live(), Questions.loaded(questions.live(), other)).changes.get(0)
                .toString().startsWith("ACCEPT becomes DROP: everything from lan"), "IPv6 stays as it is");
        assertEquals(1,
                questions.difference(questions.live(), Questions.loaded(questions.live(), other)).changes.size());
    }

    private static Readings saved() {
        Readings readings = box().readings
                .withCommand("iptables-save",
                        "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n"
                                + ":OUTPUT ACCEPT [0:0]\n[3:144] -A INPUT -i lan -j ACCEPT\nCOMMIT\n")
                .withCommand("ip6tables-save", "*filter\n"
                        + ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i dsl -j DROP\nCOMMIT\n");
        return readings;
    }

    @Test
    void theVerbsTakeRulesThatCheckRefuses(@TempDir Path folder) throws Exception {
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

    /** The box's heap; what an earlier question leaves behind must not stay in it. */
    @ParameterizedTest
    @ValueSource(strings = {"check", "exposure", "diff"})
    void eightMegabytesAreEnoughForTheDeliveredRules(String verb) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "boxwall.cli.Main", verb,
                "conf/boxwall.rules", "--root", BOX).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), said);
        assertFalse(said.contains("too complex"), said);
    }

    private static int run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = Main.run(new ArrayList<>(List.of(words)), new PrintStream(out, true),
                new PrintStream(new ByteArrayOutputStream(), true));
        if (status == 0) { Json.parse(out.toString()); }
        return status;
    }
}
