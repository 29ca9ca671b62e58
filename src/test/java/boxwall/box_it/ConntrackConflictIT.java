package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * AVM's kernel module owns netfilter's symbols: connection tracking is refused, and the box is protected without it.
 */
class ConntrackConflictIT {
    private static final Path BOXES = VirtualBox.ROOT.resolve("src/test/resources/boxes");
    private static final String REFUSAL =
            "nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm_conntrack)";

    @TempDir
    private Path folder;

    @Test
    void kernelLineIsTheEvidenceAndTheStatelessFormIsLive() {
        try (VirtualBox box = new VirtualBox("avm")) {
            box.up("--new", "--avm-conntrack");
            double booted = box.uptime();
            String boot = box.run("cat /proc/sys/kernel/random/boot_id").ok().out();
            JsonObject status = box.get("/status").expect(200).json();
            assertEquals("active", status.getString("state", ""), status::toString);
            assertTrue(status.get("protected_at").asDouble() < status.get("daemon_at").asDouble(), status::toString);
            assertStatelessAndClosed(box, "virtual-avm");

            String kernelLine =
                    box.run("dmesg").ok().out().lines().filter(l -> l.contains(REFUSAL)).findFirst().orElseThrow();
            JsonObject conflict = finding(box, "conntrack-symbol-conflict");
            assertTrue(conflict.get("evidence").asArray().values().stream()
                    .anyMatch(e -> e.asString().contains(kernelLine)), () -> "want " + kernelLine + " in " + conflict);

            assertEquals("silent", box.peer("dsl", "boxnet", "tcp", "-", VirtualBox.WAN, "8181").out().trim());
            assertEquals("silent", box.peer("guest", "boxnet", "tcp", "-", VirtualBox.GUEST, "22").out().trim());
            assertEquals("open", box.peer("lan", "boxnet", "tcp", "-", VirtualBox.LAN, "8181").out().trim());
            assertEquals(boot, box.run("cat /proc/sys/kernel/random/boot_id").ok().out(), "no reboot");
            assertTrue(box.uptime() > booted, "no reboot");
            assertNoKernelFault(box);
        }
    }

    @Test
    void planWithConntrackFallsBackToItsStatelessForm() {
        try (VirtualBox box = new VirtualBox("avm-late")) {
            box.up("--new", "--jvm", "none");
            assertEquals("active", box.apply("status").get("state"));
            box.cutPower();
            box.up("--avm-conntrack", "--jvm", "none");
            VirtualBox.Answer status = box.apply("status").ok();
            assertEquals("fallback", status.get("state"), status.out());
            assertEquals("module-refused", status.get("reason"), status.out());
            assertTrue(status.get("error").contains("nf_conntrack"), status.out());
            assertTrue(status.number("protected") > 0, status.out());
            assertStatelessAndClosed(box, "virtual", "--stateful", "no");
            assertNoKernelFault(box);
        }
    }

    private void assertStatelessAndClosed(VirtualBox box, String recorded, String... options) {
        String live = box.rules();
        assertEquals(DeskPlan.of(folder, DeskPlan.plain(), BOXES.resolve(recorded), options).liveRules(), live);
        assertFalse(live.contains("--state") || live.contains("--ctstate"), live);
        for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
            assertEquals(2, live.lines().filter((":" + chain + " DROP")::equals).count(), live);
        }
        String modules = box.run("cat /proc/modules").ok().out();
        assertTrue(modules.contains("avm_conntrack ") && !modules.contains("\nnf_conntrack "), modules);
        assertEquals("filter", box.run("cat /proc/net/ip_tables_names").ok().out().trim(),
                "no other table was created");
    }

    private static void assertNoKernelFault(VirtualBox box) {
        String log = box.log() + box.run("dmesg").ok().out();
        for (String word : new String[] {"Kernel panic", "Oops", "BUG:", "Call Trace"}) {
            assertFalse(log.contains(word), log);
        }
    }

    private static JsonObject finding(VirtualBox box, String code) {
        String body = box.http("GET", "/findings", "").expect(200).body();
        for (JsonValue each : Json.parse(body).asObject().get("findings").asArray()) {
            if (each.asObject().getString("code", "").equals(code)) { return each.asObject(); }
        }
        throw new AssertionError("no " + code + " in " + body);
    }
}
