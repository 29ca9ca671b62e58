package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Loaded tables that are no longer in the ruleset, and rulesets that filter nothing. On a box with real iptables, over
 * the control port.
 */
class EmptyRulesetIT {
    private static final String FILTER = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i lan -j ACCEPT
            """;
    private static final String RAW = "iptables -t raw -A PREROUTING -s 203.0.113.66 -j DROP\n";

    private static List<String> codes(DaemonBox.Answer answer) {
        List<String> codes = new ArrayList<>();
        for (JsonValue finding : answer.json().get("findings").asArray()) {
            codes.add(finding.asObject().getString("code", ""));
        }
        return codes;
    }

    @Test
    void tableRemovedFromTheRulesetIsEmptied() throws IOException {
        try (DaemonBox daemon = new DaemonBox(FILTER + RAW)) {
            daemon.start().applyAndConfirm();
            assertTrue(daemon.sh("iptables-legacy-save -t raw").contains("203.0.113.66"));
            DaemonBox.Answer put = daemon.http("PUT /rules", FILTER);
            assertEquals(200, put.status(), put.toString());
            assertTrue(
                    put.body()
                            .contains("\"code\":\"table-emptied\",\"severity\":\"warn\",\"where\":\"iptables -t raw\""),
                    put.body());
            daemon.applyAndConfirm();
            assertFalse(daemon.sh("iptables-legacy-save -t raw").contains("203.0.113.66"));
            assertTrue(daemon.sh("iptables-legacy-save -t filter").contains("-A INPUT -i lan -j ACCEPT"));
            // reported only once
            assertFalse(codes(daemon.http("PUT /rules", FILTER)).contains("table-emptied"));
        }
    }

    /** The kernel gets the same from the command line as from PUT and apply. */
    @Test
    void tryOfTheCommandLineEmptiesTheSameTables() throws IOException {
        try (DaemonBox daemon = new DaemonBox(FILTER + RAW + FILTER.replace("iptables", "ip6tables"))) {
            daemon.box.settings.put("BOXWALL_SBIN", Path.of("init.d").toAbsolutePath().toString());
            daemon.box.settings.put("BOXWALL_JAR", Path.of("target/boxwall.jar").toAbsolutePath().toString());
            daemon.box.settings.put("BOXWALL_JVM", System.getProperty("java.home") + "/bin/java");
            daemon.start().applyAndConfirm();
            for (String rules : new String[] {FILTER, "# none\n"}) {
                DaemonBox.Answer put = daemon.http("PUT /rules", rules);
                String id = daemon.apply();
                String overHttp = daemon.box.tables();
                assertEquals(200, daemon.http("DELETE /apply/" + id, "").status());
                Path file = Files.writeString(daemon.box.folder.resolve("my.rules"), rules);
                NetBox.Answer tried = daemon.box.runScript("boxwall", "try", file.toString(), "60", "--force");
                assertEquals(0, tried.status(), tried.err());
                assertEquals(overHttp, daemon.box.tables());
                assertTrue(codes(put).contains("table-emptied"), put.body());
                assertTrue(tried.err().contains("the ruleset has no table raw of iptables any more"), tried.err());
                assertTrue(tried.err().contains("the ruleset has no table filter of ip6tables any more"), tried.err());
                assertEquals(0, daemon.box.runScript("boxwall-apply", "revert", "--now").status());
            }
            Path empty = Files.writeString(daemon.box.folder.resolve("my.rules"), "");
            NetBox.Answer refused = daemon.box.runScript("boxwall", "try", empty.toString(), "60");
            DaemonBox.Answer put = daemon.http("PUT /rules", "");
            String why = put.json().get("findings").asArray().get(0).asObject().getString("effect", "-");
            assertEquals(422, put.status(), put.body());
            assertTrue(refused.status() == 1 && refused.err().contains(why), refused.out() + refused.err());
        }
    }

    /** Until the tables are read again, a finding about those before would be false. */
    @Test
    void statusIsNeverAboutTheTablesBeforeTheChange() throws IOException {
        try (DaemonBox daemon = new DaemonBox(FILTER + FILTER.replace("iptables", "ip6tables"))) {
            daemon.sh("ip addr add 2001:db8::1/64 dev lan nodad");
            daemon.start();
            assertTrue(codes(daemon.http("GET /status", "")).contains("ipv6-unfiltered"));
            String id = daemon.apply();
            assertFiltered(daemon, 2);
            assertEquals(200, daemon.http("POST /confirm/" + id, "").status());
            assertFiltered(daemon, 2);
            daemon.http("GET /counters", ""); // reads the tables
            assertFiltered(daemon, 2);
            assertEquals(0, daemon.box.runScript("boxwall-apply", "lock").status());
            assertFiltered(daemon, 5);
            assertEquals(0, daemon.box.runScript("boxwall-apply", "open").status());
            assertEquals(0, rules6(daemon.http("GET /status", "")));
            Wait.until(() -> {
                daemon.http("GET /counters", "");
                return codes(daemon.http("GET /status", "")).contains("ipv6-unfiltered");
            });
            assertTrue(codes(daemon.http("GET /status", "")).contains("ipv6-unfiltered"));
        }
    }

    private static void assertFiltered(DaemonBox daemon, int rules) {
        DaemonBox.Answer status = daemon.http("GET /status", "");
        assertFalse(status.body().replaceAll("\"facts\":.*", "").contains("ipv6-unfiltered"), status.body());
        assertEquals(rules, rules6(status), status.body());
    }

    private static int rules6(DaemonBox.Answer status) {
        return status.json().get("rules").asObject().getInt("ipv6", -1);
    }

    /** A reverted change restores the table, too. */
    @Test
    void revertRestoresTheTable() throws IOException {
        try (DaemonBox daemon = new DaemonBox(FILTER + RAW)) {
            daemon.start().applyAndConfirm();
            daemon.http("PUT /rules", FILTER);
            String id = daemon.apply();
            assertFalse(daemon.sh("iptables-legacy-save -t raw").contains("203.0.113.66"));
            assertEquals(200, daemon.http("DELETE /apply/" + id, "").status());
            assertTrue(daemon.sh("iptables-legacy-save -t raw").contains("203.0.113.66"));
        }
    }

    @Test
    void emptyRulesetIsNeverReportedAsProtection() throws IOException {
        for (String empty : new String[] {"NET=10.0.0.0/8\n",
                "iptables -P INPUT ACCEPT\niptables -A INPUT -i lan -j ACCEPT\n"}) {
            try (DaemonBox daemon = new DaemonBox(FILTER)) {
                daemon.start().applyAndConfirm();
                assertEquals("active", daemon.http("GET /status", "").json().getString("state", ""));
                assertFalse(daemon.http("GET /", "").body().contains("not protected (active)"));
                DaemonBox.Answer put = daemon.http("PUT /rules", empty);
                assertTrue(codes(put).contains("empty-ruleset"), put.body());
                DaemonBox.Answer applied = daemon.http("POST /apply?confirm=60&force=1", "");
                assertEquals(202, applied.status(), applied + daemon.log());
                assertTrue(codes(applied).contains("empty-ruleset"), applied.body());
                assertUnprotected(daemon, "pending");
                JsonObject confirmed = daemon.http("POST /confirm/" + applied.json().getString("id", ""), "").json();
                assertTrue(confirmed.getString("reason", "").startsWith("empty-ruleset"), confirmed.toString());
                assertEquals("inactive", confirmed.getString("state", ""));
                assertUnprotected(daemon, "inactive");
                NetBox.Answer boot = daemon.box.sh(daemon.box.command("boxwall-apply") + " boot");
                assertEquals(0, boot.status(), boot.err());
                assertTrue(boot.out().contains("protected=\n") && boot.out().contains("reason=empty-ruleset"),
                        boot.out());
                daemon.requestReread();
                assertUnprotected(daemon, "inactive");
            }
        }
    }

    private static void assertUnprotected(DaemonBox daemon, String state) {
        DaemonBox.Answer status = daemon.http("GET /status", "");
        assertEquals(state, status.json().getString("state", ""), status.body());
        assertTrue(status.json().get("protected_at").isNull(), status.body());
        assertTrue(codes(status).contains("empty-ruleset"), status.body());
        String page = daemon.http("GET /", "").body();
        assertTrue(page.contains("This box is not protected"), page.substring(0, Math.min(2000, page.length())));
    }
}
