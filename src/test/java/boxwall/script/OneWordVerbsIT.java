package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * boxwall try, confirm and status as typed over ssh: only a ruleset needs the JVM.
 */
class OneWordVerbsIT {
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -i lan -j ACCEPT\niptables -A INPUT -p tcp --dport 4711 -j ACCEPT\n";

    private static NetBox box(String shell, String jvm) {
        NetBox box = new NetBox(shell);
        box.settings.put("BOXWALL_SBIN", Path.of("init.d").toAbsolutePath().toString());
        box.settings.put("BOXWALL_JVM", jvm);
        box.settings.put("BOXWALL_JAR", Path.of("target/boxwall.jar").toAbsolutePath().toString());
        return box;
    }

    @Test
    void planIsTriedAndConfirmedWithoutJvm() {
        withBothShells(shell -> box(shell, "/nonexistent/jvm"), box -> {
            Path plan = new PlanFolder("plan", 4711).write(box.folder.resolve("plan"));
            assertEquals("inactive", box.runScript("boxwall", "status").get("state"));
            NetBox.Answer nothing = box.runScript("boxwall", "confirm");
            assertEquals("2 boxwall: no change is pending\n", nothing.status() + " " + nothing.err());
            assertEquals("2 boxwall: no verb 'open'; expected: boxwall-apply open\n", verb(box, "open"));
            assertEquals("2 boxwall: no verb 'restore'; expected: boxwall-keep restore\n", verb(box, "restore", "2"));
            assertEquals("2 boxwall: no verb 'token'; expected: /etc/init.d/rc.boxwall token\n", verb(box, "token"));
            for (String seconds : new String[] {"0", "60s", "12345"}) {
                NetBox.Answer wrong = box.runScript("boxwall", "try", "/nonexistent/my.rules", seconds);
                assertEquals("2 boxwall: found '" + seconds + "' for SECONDS, expected 1 to 9999\n",
                        wrong.status() + " " + wrong.err());
            }
            assertEquals(2, box.runScript("boxwall", "try").status());
            assertEquals(127, box.runScript("boxwall", "try", "/nonexistent/my.rules").status(),
                    "a ruleset needs the JVM");

            assertEquals(0, box.sh("mkdir -p $BOXWALL_RUN/try.99999999 && chmod 777 $BOXWALL_RUN").status());
            NetBox.Answer unsafe = box.runScript("boxwall", "try", "/nonexistent/my.rules");
            assertEquals(3, unsafe.status(), "the folder of the plan is writable by others: " + unsafe.err());
            assertTrue(unsafe.err().contains("others can write to"), unsafe.err());
            assertEquals(0, box.sh("[ -d $BOXWALL_RUN/try.99999999 ] && chmod 700 $BOXWALL_RUN").status());

            NetBox.Answer pending = box.runScript("boxwall", "try", plan.toString());
            assertEquals(0, pending.status(), pending.out() + pending.err());
            assertTrue(pending.out().endsWith(
                    "boxwall: to keep the new rules: boxwall confirm; without it they are rolled back in 120 seconds\n"),
                    pending.out());
            assertEquals("pending", box.runScript("boxwall", "status").get("state"));
            assertTrue(box.tables().contains("4711"));
            assertEquals(3, box.runScript("boxwall", "confirm", "other").status());
            NetBox.Answer kept = box.runScript("boxwall", "confirm");
            assertEquals("0 active " + pending.get("id"),
                    kept.status() + " " + kept.get("state") + " " + kept.get("id"), kept.err());
        });
    }

    private static String verb(NetBox box, String... words) {
        NetBox.Answer answer = box.runScript("boxwall", words);
        return answer.status() + " " + answer.err();
    }

    @Test
    void rulesetIsCheckedTriedAndRolledBack() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        try (NetBox box = box("dash", java)) {
            box.sh("ip link set lo up; ip link add lan type veth peer name lanpeer; ip link set lan up; ip addr add 192.168.178.1/24 dev lan");
            Path rules = Files.writeString(box.folder.resolve("my.rules"), RULES + "iptables -A NOWHERE -j DROP\n");
            NetBox.Answer refused = box.runScript("boxwall", "try", rules.toString(), "60");
            assertEquals(1, refused.status(), refused.out());
            assertTrue(refused.err().contains("my.rules:5:13"), refused.err());
            assertFalse(box.tables().contains("4711"));

            Files.writeString(rules, RULES);
            NetBox.Answer pending = box.runScript("boxwall", "try", rules.toString(), "60", "--force");
            assertEquals("0 pending", pending.status() + " " + pending.get("state"), pending.out() + pending.err());
            assertTrue(box.tables().contains("4711"));
            box.advanceClock(61);
            assertTrue(Wait.until(() -> box.runScript("boxwall", "status").get("state").equals("inactive")),
                    () -> box.runScript("boxwall", "status").out());
            assertFalse(box.tables().contains("4711"));
        }
    }
}
