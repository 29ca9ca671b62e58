package boxwall.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.box.Secrets;
import boxwall.report.FactsJson;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Secrets in any reading and form are in no evidence, finding or record; the facts stay the same.
 */
class SecretsTest {
    private static final long SEED = Long.getLong("boxwall.seed", System.nanoTime() % 1000000);

    /** The number of lines of boot scripts that the facts quote. */
    private static final int LINES_PER_READ = 5;

    /** The box with more lines in each reading. */
    private static MemorySys box(Planted planted, String line) {
        MemorySys sys = new MemorySys();
        planted.files()
                .forEach((path, text) -> sys.files.put(path, path.contains("tables_") ? text : text + line + "\n"));
        StringBuilder frames = new StringBuilder();
        planted.commands().forEach((name, text) -> frames.append('@').append(name.replace(' ', '_')).append(" rc=0\n|")
                .append((text + (name.startsWith("uname") ? "" : line)).strip().replace("\n", "\n|")).append('\n'));
        sys.output = frames.toString();
        return sys;
    }

    @Test
    void factsAndRecordsHoldNoPlantedSecret() throws Exception {
        for (long seed = SEED; seed < SEED + (Boolean.getBoolean("boxwall.long") ? 50 : 1); seed++) {
            Planted planted = new Planted(seed);
            for (int i = 0; i < planted.lines().size(); i += LINES_PER_READ) {
                List<Planted.Line> some =
                        planted.lines().subList(i, Math.min(i + LINES_PER_READ, planted.lines().size()));
                String context = "seed " + seed + ", " + some;
                Readings readings = BoxReader.read(
                        box(planted, some.stream().map(Planted.Line::text).collect(Collectors.joining("\n"))), "/");
                assertTrue(readings.paths().size() > 25, context);
                BoxFacts facts = new BoxFacts(readings);
                com.eclipsesource.json.JsonObject json =
                        com.eclipsesource.json.Json.parse(FactsJson.text(facts)).asObject();
                json.remove("interfaces"); // addresses of interfaces are meant to be shown
                assertHidden(json.toString(), some, "facts: " + context);
                MemorySys copy = new MemorySys();
                Recorder.record(copy, readings, "/box");
                for (Map.Entry<String, String> file : copy.files.entrySet()) {
                    assertHidden(file.getValue(), some, file.getKey() + ": " + context);
                }
                Secrets secrets = new Secrets(readings);
                // any line of /proc/net/dev counts as an interface
                assertEquals(lines(facts, secrets), lines(new BoxFacts(BoxReader.read(copy, "/box")), secrets),
                        context);
            }
        }
    }

    private static String lines(BoxFacts facts, Secrets secrets) {
        return Planted.facts(facts).lines().filter(line -> !line.startsWith("interfaces.all"))
                .map(line -> secrets.line(line).replace("::0:0:0:1", "::1")).collect(Collectors.joining("\n"));
    }

    private static void assertHidden(String text, List<Planted.Line> lines, String context) {
        for (Planted.Line line : lines) {
            assertFalse(text.contains(line.secret()), line.secret() + " of " + context + " in\n" + text);
        }
    }

    /** Rules, and numbers that are not addresses, stay unchanged. */
    @Test
    void otherTextsStayUnchanged() {
        for (String line : new String[] {
                "iptables -A INPUT -m comment --comment \"mail server\" -p tcp --dport 25 -j ACCEPT",
                "-A secret_chain -p tcp -j ACCEPT", "[123456:7890123] -A INPUT -s 192.168.178.0/24 -j ACCEPT",
                "kernel/net/ipv4/netfilter/ipt_ACCOUNT.ko: kernel/net/netfilter/x_tables.ko",
                "CONFIG_IP_NF_MATCH_ACCOUNT=m", "ip_tables 12345 3 iptable_filter,iptable_nat - Live 0xc0123456",
                "2001:db8:12:34:56:78:9:a", "fe80::1", "c0123456 t nf_conntrack_find_get\t[nf_conntrack]",
                "Linux version 2.6.32.61 (builder@host) (gcc version 4.7.3) #1 Tue Nov 3 10:00:00 CET 2015",
                "userman_mod: init", "lan 00B2A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0", "12:34:56 up",
                "2012-10-11-12-13", "1.2.3.4:80", "ip6tables -A INPUT -s 2a02::1 -j ACCEPT"}) {
            assertEquals(line, Secrets.masked(line));
        }
        assertEquals("debug.cfg: iptables -A INPUT -m mac --mac-source 00:00:00:00:00:00 -j DROP",
                Secrets.masked("debug.cfg: iptables -A INPUT -m mac --mac-source 00:04:0e:12:34:56 -j DROP"));
        assertEquals("dmesg: ***", Secrets.masked("dmesg: wlan_key=geheim"));
        assertEquals("thousands of passwords, wlan_key=*** the box is as open as without boxwall",
                Finding.of("empty-ruleset", "", List.of(), "thousands of passwords, wlan_key=geheim").effect);
    }
}
