package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The facts about a running box. The readings are recorded without a JVM ({@code boxwall-apply record}) and evaluated
 * on this machine; {@link UpIT} compares them with those of the box's own JVM. Recording must not change the modules or
 * the kernel's log.
 */
class FactsIT {
    private static final String REFUSED =
            "dmesg: [^:]*nf_conntrack: exports duplicate symbol nf_conntrack_find_get \\(owned by avm_conntrack\\)";

    @TempDir
    private Path folder;

    /** The current facts of the box; fails if reading them changed the box. */
    private JsonObject readFacts(VirtualBox box) {
        return readFacts(box, folder);
    }

    static JsonObject readFacts(VirtualBox box, Path folder) {
        // without the output of LOG rules, and without messages of a kernel whose emulator waits for its host
        String trace =
                "cut -d' ' -f1 /proc/modules | sort; dmesg | grep -v -e IPT -e 'hrtimer: interrupt took'; cat /proc/net/ip_tables_names /proc/net/ip6_tables_names";
        String before = box.run(trace).out();
        box.run("rm -rf /tmp/record; boxwall-apply record /tmp/record && tar -C /tmp -czf /tmp/record.tgz record").ok();
        assertEquals(before, box.run(trace).out(), "recording changed the box");
        Path recordFolder = folder.resolve("record" + System.nanoTime());
        Path packed = folder.resolve("record.tgz");
        VirtualBox.host("mkdir", recordFolder.toString()).ok();
        try {
            java.nio.file.Files.write(packed,
                    box.run("cat /tmp/record.tgz").ok().out().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        VirtualBox.host("tar", "-xzf", packed.toString(), "-C", recordFolder.toString()).ok();
        return Json.parse(DeskPlan.jar("facts", "--root", recordFolder.resolve("record").toString()).ok().out())
                .asObject();
    }

    static String conntrack(JsonObject facts) {
        JsonObject verdict = facts.get("conntrack").asObject();
        return verdict.getString("state", "") + " " + verdict.getString("owner", "");
    }

    private static String state(JsonObject facts, String kind, String name) {
        return facts.get("netfilter").asObject().get("ipv4").asObject().get(kind).asObject().getString(name, "none");
    }

    /** The first finding with a code; fails if there is none. */
    private static JsonObject finding(JsonObject facts, String code) {
        for (JsonValue each : facts.get("findings").asArray()) {
            if (each.asObject().getString("code", "").equals(code)) { return each.asObject(); }
        }
        throw new AssertionError("no " + code + " in " + facts.get("findings"));
    }

    private static boolean has(JsonObject facts, String code) {
        return facts.get("findings").toString().contains("\"code\":\"" + code + "\"");
    }

    private static void assertNone(JsonObject facts, String... codes) {
        for (String code : codes) {
            assertFalse(has(facts, code), code + " in " + facts.get("findings"));
        }
    }

    private static void assertEvidence(JsonObject finding, String pattern) {
        assertTrue(
                finding.get("evidence").asArray().values().stream().anyMatch(line -> line.asString().matches(pattern)),
                finding.toString());
    }

    /**
     * After boot; without iptables-restore; without the file of a module that was requested; with conntrack loaded.
     */
    @Test
    void factsOfABoxWithoutAvmsModule() {
        try (VirtualBox box = new VirtualBox("known")) {
            box.up("--new", "--plain", "--jvm", "none");
            JsonObject plain = readFacts(box);
            assertEquals("usable none", conntrack(plain));
            assertEquals("loadable", state(plain, "matches", "state"));
            assertEquals("loadable", state(plain, "tables", "nat"));
            assertNone(plain, "conntrack-symbol-conflict", "restore-missing", "module-missing", "pa-bypasses-netfilter",
                    "table-missing", "modules-unknown");
            finding(plain, "ipv6-unfiltered");

            box.run("mv /usr/sbin/iptables-restore /tmp/").ok();
            assertEvidence(finding(readFacts(box), "restore-missing"), "no iptables-restore in .*");
            box.run("mv /tmp/iptables-restore /usr/sbin/ && mv /lib/modules/*/kernel/net/netfilter/xt_multiport.ko /tmp/"
                    + " && modprobe xt_multiport; modprobe ip_tables").ok();
            JsonObject missing = readFacts(box);
            assertEquals("missing", state(missing, "matches", "multiport"));
            assertEvidence(finding(missing, "module-missing"), ".*xt_multiport.*");
            assertNone(missing, "restore-missing");

            box.run("mv /tmp/xt_multiport.ko /lib/modules/*/kernel/net/netfilter/ && modprobe nf_conntrack").ok();
            JsonObject loaded = readFacts(box);
            assertEquals("in-use netfilter", conntrack(loaded));
            assertEquals("loadable", state(loaded, "matches", "multiport"));
            assertNone(loaded, "conntrack-symbol-conflict", "module-missing");
        }
    }

    /**
     * Before any attempt to load; after busybox' modprobe; after kmod's; with an ineffective control file; with
     * nf_conntrack loaded first.
     */
    @Test
    void factsOfABoxWithAvmsModule() {
        try (VirtualBox box = new VirtualBox("known-avm")) {
            box.up("--new", "--plain", "--jvm", "none", "--avm-conntrack");
            box.run("dmesg -c >/dev/null").ok();
            JsonObject before = readFacts(box);
            assertEquals("refused avm", conntrack(before));
            assertEvidence(finding(before, "conntrack-symbol-conflict"),
                    "/proc/kallsyms: [0-9a-f]+ [tT] nf_conntrack_find_get \\[avm_conntrack\\]");
            assertEquals("refused", state(before, "matches", "state"));
            assertEquals("refused", state(before, "tables", "nat"));
            assertEquals("loadable", state(before, "tables", "filter"));

            for (String modprobe : List.of("/sbin/modprobe nf_conntrack", "/usr/sbin/modprobe xt_state")) {
                box.run("dmesg -c >/dev/null; " + modprobe);
                JsonObject tried = readFacts(box);
                assertEquals("refused avm", conntrack(tried), modprobe);
                assertEvidence(finding(tried, "conntrack-symbol-conflict"), REFUSED);
                assertEquals("refused", state(tried, "matches", "state"), modprobe);
            }
            assertIneffectiveAccelerationIsReported(box);

            box.run("dmesg -c >/dev/null; rmmod avm_conntrack && modprobe nf_conntrack; insmod /lib/avm_conntrack.ko");
            JsonObject conntrackFirst = readFacts(box);
            assertEquals("in-use netfilter", conntrack(conntrackFirst));
            JsonObject conflict = finding(conntrackFirst, "conntrack-symbol-conflict");
            assertEvidence(conflict,
                    "dmesg: [^:]*avm_conntrack: exports duplicate symbol nf_conntrack_[a-z_]+ \\(owned by nf_conntrack\\)");
            assertTrue(conflict.getString("effect", "").contains("avm_conntrack"), conflict.toString());
        }
    }

    /** AVM's control file accepts any word without an error, even if it has no effect. */
    private void assertIneffectiveAccelerationIsReported(VirtualBox box) {
        JsonObject enabled = readFacts(box);
        assertEquals("enabled", enabled.get("packet_acceleration").asObject().getString("state", ""));
        assertEvidence(finding(enabled, "pa-bypasses-netfilter"), "/proc/net/avm_pa/.*: State *: enabled");
        Path avm = VirtualBox.ROOT.resolve("src/test/resources/boxes/virtual-avm");
        DeskPlan plan = DeskPlan.of(folder, DeskPlan.plain(), avm, "--config", config());
        String path = plan.copyTo(box, "disabling");
        box.run("echo 1 >/sys/module/avm_conntrack/parameters/refuse").ok();
        VirtualBox.Answer tried = box.apply("try", path, "60", "--force").ok();
        assertEquals("pa-control-ineffective", tried.get("reason"), tried.out());
        assertTrue(box.run("dmesg").out().contains("avm_pa_write_cmds: disable: unknown command"),
                "the word must be written");
        box.apply("revert", "--now").ok();
        box.run("echo 0 >/sys/module/avm_conntrack/parameters/refuse").ok();
        tried = box.apply("try", path, "60", "--force").ok();
        assertEquals("", tried.get("reason"), tried.out());
        assertEquals("disabled", readFacts(box).get("packet_acceleration").asObject().getString("state", ""));
        box.apply("revert", "--now").ok();
        assertEquals("enabled", readFacts(box).get("packet_acceleration").asObject().getString("state", ""));
    }

    private String config() {
        try {
            return java.nio.file.Files.writeString(folder.resolve("cfg"), "export BOXWALL_PA='disable'\n").toString();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
