package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.explain.Exposure;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.probe.BoxReader;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks of intentionally expensive rulesets finish, or stop at their limit of steps, and stop if the thread is
 * interrupted.
 */
class CostTest {
    /** Only an endless check takes longer; without limits these rulesets take time exponential in their length. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(8);
    private static final BoxFacts FACTS =
            new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual"));
    private static final BoxNetwork SITE = BoxNetwork.of(FACTS);

    private static String rules(String kind) {
        StringBuilder text = new StringBuilder("iptables -P INPUT DROP\nip6tables -P INPUT ACCEPT\n");
        Random random = new Random(7);
        switch (kind) {
            case "nested marks" :
                for (int i = 0; i < 44; i++) {
                    String bit = "0x" + Long.toHexString(1L << i % 32);
                    text.append("iptables -t mangle -N M" + i + "\n");
                    text.append("iptables -t mangle -A M" + i + " -m limit --limit 1/sec -j MARK --set-xmark 0x"
                            + Integer.toHexString(random.nextInt()) + "/" + bit + "\n");
                }
                for (int i = 0; i < 43; i++) {
                    text.append("iptables -t mangle -A M" + i + " -m mark ! --mark 0x" + Integer.toHexString(i + 1)
                            + "/0xff -j M" + (i + 1) + "\n");
                }
                return text
                        + "iptables -t mangle -A PREROUTING -j M0\niptables -A INPUT -m mark --mark 0x5 -j ACCEPT\n";
            case "xmark" :
                for (int i = 0; i < 64; i++) {
                    text.append("iptables -t mangle -A PREROUTING -m mark --mark 0x" + Long.toHexString(1L << i % 32)
                            + "/0x" + Long.toHexString(1L << i % 32) + " -j MARK --set-xmark 0x"
                            + Integer.toHexString(random.nextInt()) + "/0x" + Integer.toHexString(random.nextInt())
                            + "\n");
                }
                return text + "iptables -A INPUT -m mark --mark 0x77 -j ACCEPT\n";
            case "chains" :
                for (String ip : new String[] {"iptables", "ip6tables"}) {
                    for (int i = 0; i < 390; i++) {
                        text.append(ip + " -N C" + i + "\n");
                    }
                    for (int i = 0; i < 389; i++) {
                        text.append(ip + " -A C" + i + " -p tcp --dport " + (i + 1) + " -j C" + (i + 1) + "\n" + ip
                                + " -A C" + i + " -j C" + (i + 1) + "\n");
                    }
                    text.append(ip + " -A C389 -p udp --dport 53 -j ACCEPT\n" + ip
                            + " -A INPUT -m state --state ESTABLISHED -j C0\n" + ip + " -A INPUT -j C0\n");
                }
                return text.toString();
            case "addresses" :
                for (int i = 0; i < 300; i++) {
                    text.append("iptables -A INPUT -s " + random.nextInt(256) + "." + random.nextInt(256) + "."
                            + random.nextInt(256) + ".0/255.0." + random.nextInt(256) + ".0 -d 10."
                            + random.nextInt(256) + ".0.0/255.0.255." + random.nextInt(256) + " -p udp --sport "
                            + random.nextInt(60000) + " -j " + (i % 2 == 0 ? "ACCEPT" : "DROP") + "\n");
                }
                return text.toString();
            default :
                for (int i = 0; i < 500; i++) {
                    text.append("iptables -A INPUT -s 10." + i / 256 + "." + i % 256 + ".0/24 -p tcp --dport " + (i + 1)
                            + " -j ACCEPT\n");
                }
                for (int i = 0; i < 3000; i++) {
                    text.append("expect DROP in=dsl src=10.9." + i / 256 + "." + i % 256
                            + " dst=203.0.113.2 proto=tcp dport=" + (i + 1) + "\n");
                }
                return text.toString();
        }
    }

    private static ParsedRules parsed(String kind) {
        ParsedRules parsed = RulesetParser.parse(new Source("rules", rules(kind)), FACTS.names, null);
        assertEquals(List.of(), parsed.errors());
        return parsed;
    }

    /** Runs everything that check, compile, exposure and diff do. */
    private static List<Finding> everything(ParsedRules parsed) {
        List<Finding> findings = new ArrayList<>();
        for (AutoYesNo stateful : new AutoYesNo[] {AutoYesNo.YES, AutoYesNo.NO}) {
            Compiled compiled = Compiler.compile(parsed, FACTS, stateful, AutoYesNo.AUTO, stateful == AutoYesNo.YES);
            findings.addAll(AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, FACTS)));
            findings.addAll(AllFindings.proved(new CheckedRuleset(parsed, compiled.ruleset, FACTS), List.of()));
            Exposure.of(new Verdicts(compiled.ruleset, SITE), List.of(), List.of("lan", "dsl"));
            Difference.of(parsed.ruleset(), compiled.ruleset, SITE);
        }
        return findings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"nested marks", "xmark", "chains", "addresses", "expectations"})
    void checkOfExpensiveRulesetFinishes(String kind) {
        ParsedRules parsed = parsed(kind);
        List<Finding> findings = assertTimeoutPreemptively(TIME_LIMIT, () -> everything(parsed));
        for (Finding each : findings) {
            assertFalse(each.code.equals("policy-test-failed"), each.toString());
        }
    }

    /** The walk of a single packet stops at its limit too, with UNKNOWN instead of an unproved verdict. */
    @Test
    void packetWalkAtLimitGivesUnknown() {
        Packet packet = Packet.of(Family.IPV4).in("dsl").protocol(6).sport(1000).dport(400).mark(0L);
        assertEquals(Verdict.UNKNOWN,
                new Verdicts(parsed("chains").ruleset(), SITE).packet(packet, Hook.INPUT).verdict);
        assertEquals(Verdict.UNKNOWN,
                new Verdicts(parsed("nested marks").ruleset(), SITE).packet(packet, Hook.INPUT).verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nested marks", "xmark", "chains", "addresses", "expectations"})
    void checkStopsWhenThreadIsInterrupted(String kind) throws Exception {
        ParsedRules parsed = parsed(kind);
        for (int turn = 0; turn < 4; turn++) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread worker = new Thread(() -> {
                try {
                    while (true) {
                        everything(parsed);
                    }
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            worker.start();
            // interrupts at a different point in each turn
            worker.join(50 + 400L * turn);
            worker.interrupt();
            worker.join(TimeUnit.MINUTES.toMillis(2));
            assertFalse(worker.isAlive(), () -> kind + ": " + List.of(worker.getStackTrace()));
            assertNotNull(thrown.get());
            assertTrue(thrown.get() instanceof Cancelled, thrown.get().toString());
        }
    }
}
