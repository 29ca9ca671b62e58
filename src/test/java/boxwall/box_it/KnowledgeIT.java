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
 * What boxwall makes of a box that really runs. The readings are taken there without a JVM
 * ({@code boxwall-apply record}) and judged on this machine; {@link UpIT} compares that with the box's own JVM. Looking
 * must change nothing: neither the modules nor the kernel's log.
 */
class KnowledgeIT {
    private static final String REFUSED =
            "dmesg: [^:]*nf_conntrack: exports duplicate symbol nf_conntrack_find_get \\(owned by avm_conntrack\\)";

    @TempDir
    private Path folder;

    /** The facts of the box as it is now; fails when reading them left a trace. */
    private JsonObject look(VirtualBox box) {
        return look(box, folder);
    }

    static JsonObject look(VirtualBox box, Path folder) {
        // what rules with LOG say of passing packets is no trace, nor what a kernel says whose machine waits for its
        // host
        String trace =
                "cut -d' ' -f1 /proc/modules | sort; dmesg | grep -v -e IPT -e 'hrtimer: interrupt took'; cat /proc/net/ip_tables_names /proc/net/ip6_tables_names";
        String before = box.run(trace).out();
        box.run("rm -rf /tmp/record; boxwall-apply record /tmp/record && tar -C /tmp -czf /tmp/record.tgz record")
                .good();
        assertEquals(before, box.run(trace).out(), "looking changed the box");
        Path here = folder.resolve("record" + System.nanoTime());
        Path packed = folder.resolve("record.tgz");
        VirtualBox.host("mkdir", here.toString()).good();
        try {
            java.nio.file.Files.write(packed,
                    box.run("cat /tmp/record.tgz").good().out().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        VirtualBox.host("tar", "-xzf", packed.toString(), "-C", here.toString()).good();
        return Json.parse(DeskPlan.jar("facts", "--root", here.resolve("record").toString()).good().out()).asObject();
    }

    static String conntrack(JsonObject facts) {
        JsonObject verdict = facts.get("conntrack").asObject();
        return verdict.getString("state", "") + " " + verdict.getString("owner", "");
    }

    private static String state(JsonObject facts, String kind, String name) {
        return facts.get("netfilter").asObject().get("ipv4").asObject().get(kind).asObject().getString(name, "none");
    }

    /** The first finding of that code; fails when there is none. */
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

    private static void evidence(JsonObject finding, String pattern) {
        assertTrue(
                finding.get("evidence").asArray().values().stream().anyMatch(line -> line.asString().matches(pattern)),
                finding.toString());
    }

    /**
     * As it boots; then without restore; then without files of modules, one asked for in vain; then with conntrack
     * loaded.
     */
    @Test
    void aBoxOfItsOwn() {
        try (VirtualBox box = new VirtualBox("known")) {
            box.up("--new", "--plain", "--jvm", "none");
            JsonObject plain = look(box);
            assertEquals("usable none", conntrack(plain));
            assertEquals("loadable", state(plain, "matches", "state"));
            assertEquals("loadable", state(plain, "tables", "nat"));
            assertNone(plain, "conntrack-symbol-conflict", "restore-missing", "module-missing", "pa-bypasses-netfilter",
                    "table-missing", "modules-unknown");
            finding(plain, "ipv6-unfiltered");

            box.run("mv /usr/sbin/iptables-restore /tmp/").good();
            evidence(finding(look(box), "restore-missing"), "no iptables-restore in .*");
            box.run("mv /tmp/iptables-restore /usr/sbin/ && mv /lib/modules/*/kernel/net/netfilter/xt_multiport.ko /tmp/"
                    + " && modprobe xt_multiport; modprobe ip_tables").good();
            JsonObject gone = look(box);
            assertEquals("missing", state(gone, "matches", "multiport"));
            evidence(finding(gone, "module-missing"), ".*xt_multiport.*");
            assertNone(gone, "restore-missing");

            box.run("mv /tmp/xt_multiport.ko /lib/modules/*/kernel/net/netfilter/ && modprobe nf_conntrack").good();
            JsonObject loaded = look(box);
            assertEquals("in-use netfilter", conntrack(loaded));
            assertEquals("loadable", state(loaded, "matches", "multiport"));
            assertNone(loaded, "conntrack-symbol-conflict", "module-missing");
        }
    }

    /**
     * Before anything was tried; after busybox' modprobe; after kmod's; with nf_conntrack first; with a control file
     * that does nothing.
     */
    @Test
    void aBoxWithAvmsPart() {
        try (VirtualBox box = new VirtualBox("known-avm")) {
            box.up("--new", "--plain", "--jvm", "none", "--avm-conntrack");
            box.run("dmesg -c >/dev/null").good();
            JsonObject before = look(box);
            assertEquals("refused avm", conntrack(before));
            evidence(finding(before, "conntrack-symbol-conflict"),
                    "/proc/kallsyms: [0-9a-f]+ [tT] nf_conntrack_find_get \\[avm_conntrack\\]");
            assertEquals("refused", state(before, "matches", "state"));
            assertEquals("refused", state(before, "tables", "nat"));
            assertEquals("loadable", state(before, "tables", "filter"));

            for (String modprobe : List.of("/sbin/modprobe nf_conntrack", "/usr/sbin/modprobe xt_state")) {
                box.run("dmesg -c >/dev/null; " + modprobe);
                JsonObject tried = look(box);
                assertEquals("refused avm", conntrack(tried), modprobe);
                evidence(finding(tried, "conntrack-symbol-conflict"), REFUSED);
                assertEquals("refused", state(tried, "matches", "state"), modprobe);
            }
            accelerationThatRefuses(box);

            box.run("dmesg -c >/dev/null; rmmod avm_conntrack && modprobe nf_conntrack; insmod /lib/avm_conntrack.ko");
            JsonObject first = look(box);
            assertEquals("in-use netfilter", conntrack(first));
            JsonObject conflict = finding(first, "conntrack-symbol-conflict");
            evidence(conflict,
                    "dmesg: [^:]*avm_conntrack: exports duplicate symbol nf_conntrack_[a-z_]+ \\(owned by nf_conntrack\\)");
            assertTrue(conflict.getString("effect", "").contains("avm_conntrack"), conflict.toString());
        }
    }

    /** AVM's file takes any word without an error, whether it does something or not. */
    private void accelerationThatRefuses(VirtualBox box) {
        JsonObject on = look(box);
        assertEquals("enabled", on.get("packet_acceleration").asObject().getString("state", ""));
        evidence(finding(on, "pa-bypasses-netfilter"), "/proc/net/avm_pa/.*: State *: enabled");
        Path avm = VirtualBox.ROOT.resolve("src/test/resources/boxes/virtual-avm");
        DeskPlan plan = DeskPlan.of(folder, DeskPlan.plain(), avm, "--config", config());
        String path = plan.into(box, "disabling");
        box.run("echo 1 >/sys/module/avm_conntrack/parameters/refuse").good();
        VirtualBox.Answer tried = box.apply("try", path, "60", "--force").good();
        assertEquals("pa-control-ineffective", tried.get("reason"), tried.out());
        assertTrue(box.run("dmesg").out().contains("avm_pa_write_cmds: disable: unknown command"),
                "the word was written");
        box.apply("revert", "--now").good();
        box.run("echo 0 >/sys/module/avm_conntrack/parameters/refuse").good();
        tried = box.apply("try", path, "60", "--force").good();
        assertEquals("", tried.get("reason"), tried.out());
        assertEquals("disabled", look(box).get("packet_acceleration").asObject().getString("state", ""));
        box.apply("revert", "--now").good();
        assertEquals("enabled", look(box).get("packet_acceleration").asObject().getString("state", ""));
    }

    private String config() {
        try {
            return java.nio.file.Files.writeString(folder.resolve("cfg"), "export BOXWALL_PA='disable'\n").toString();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
