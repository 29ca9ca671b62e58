package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Changes on boxes that lack commands, modules or room in the flash; the rulesets that are kept; and probe. */
class LimitedBoxTest {
    private static final PlanFolder PLAN = new PlanFolder("aaaa", 1111);

    /** Hides the machine's iptables commands; only the named ones remain, in the box's folder. */
    private static void keepOnlyTools(NetBox box, String... tools) throws IOException {
        Path multi = box.folder.resolve("multi");
        Files.copy(Path.of("/usr/sbin/xtables-legacy-multi"), multi);
        multi.toFile().setExecutable(true);
        for (String name : new String[] {"iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save",
                "ip6tables-restore"}) {
            Files.delete(box.bin.resolve(name));
        }
        for (String tool : tools) {
            Files.createSymbolicLink(box.bin.resolve(tool), multi);
        }
        NetBox.Answer hidden = box.sh("mount -t tmpfs none /usr/sbin");
        assertEquals(0, hidden.status(), hidden.err());
    }

    /** Changing rule by rule would not be atomic, so iptables-restore is required. */
    @Test
    void missingRestoreOrSaveRefusesTryWithReason() {
        inBothShells(shell -> {
            for (String missing : List.of("iptables-restore", "ip6tables-save")) {
                try (NetBox box = new NetBox(shell)) {
                    keepOnlyTools(
                            box, Stream
                                    .of("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save",
                                            "ip6tables-restore")
                                    .filter(tool -> !tool.equals(missing)).toArray(String[]::new));
                    NetBox.Answer answer = box.tryPlan(PLAN, 30);
                    assertEquals("3 restore-missing", answer.status() + " " + answer.get("reason"),
                            answer.out() + answer.err());
                    assertTrue(answer.err().contains("no " + missing + " in "), answer.err());
                    assertEquals("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n",
                            box.sh(box.bin + "/iptables -S").out());
                }
            }
        });
    }

    @Test
    void missingIptablesRefusesTryAndBoot() {
        withBothShells(box -> {
            keepOnlyTools(box);
            NetBox.Answer answer = box.tryPlan(PLAN, 30);
            assertEquals(3, answer.status());
            assertEquals("iptables-missing", answer.get("reason"));
            box.storePlan("boot", PLAN);
            answer = box.apply("boot");
            assertEquals(4, answer.status());
            assertEquals("failed", answer.get("state"));
            assertEquals("iptables-missing", answer.get("reason"));
        });
    }

    @Test
    void modulesAreCheckedInProcAndUnloadedAfterRevert() {
        withBothShells(box -> {
            Path proc = box.fakeProc();
            Files.writeString(proc.resolve("modules"), "kdsldmod 900000 2 - Live 0x0\nxt_old 100 0 - Live 0x0\n");
            Files.writeString(box.folder.resolve("loadable"), "ip_tables\nxt_tcpudp\niptable_filter\n");
            PlanFolder plan =
                    new PlanFolder("modules", 1111).with("modules", "ip_tables\niptable_filter\nxt_tcpudp\nbuilt_in\n");
            NetBox.Answer answer = box.tryPlan(plan, 30);
            assertEquals(0, answer.status(), answer.err());
            assertEquals("flush\n", NetBox.read(proc.resolve("net/avm_pa/control")));
            assertEquals("kdsldmod xt_old ip_tables iptable_filter xt_tcpudp", loaded(proc));
            box.apply("revert", "--now");
            assertEquals("kdsldmod xt_old", loaded(proc));

            String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
            Path dep = Files.createDirectories(box.folder.resolve("lib/" + release)).resolve("modules.dep");
            Files.writeString(dep, "kernel/net/netfilter/xt_re-fused.ko: x\n");
            box.settings.put("BOXWALL_MODULES", box.folder.resolve("lib").toString());
            answer = box.tryPlan(plan.with("modules", "xt_tcpudp\nxt_re-fused\n"), 30);
            assertEquals(4, answer.status(), answer.out());
            assertEquals("module-refused", answer.get("reason"));
            assertTrue(answer.get("error").startsWith("modprobe xt_re_fused: status 0"), answer.get("error"));
            assertEquals("kdsldmod xt_old", loaded(proc));
            assertEquals(4, box.tryPlan(plan.with("modules", "../evil\n"), 30).status());
            assertFalse(box.calls().contains("evil"));
        });
    }

    /**
     * One modprobe loads all modules; one each, where modprobe rejects -a or ignores it, so that the second name would
     * be a parameter of the first.
     */
    @Test
    void modulesAreLoadedByAsFewModprobesAsPossible() {
        inBothShells(shell -> {
            for (String modprobePatch : List.of("",
                    "[ $1 != -a ] || { echo \"modprobe: invalid option -- 'a'\" >&2; exit 1; }\n",
                    "[ $1 != -a ] || shift\n")) {
                try (NetBox box = new NetBox(shell)) {
                    Path proc = box.fakeProc();
                    Files.writeString(proc.resolve("modules"), "kdsldmod 900000 2 - Live 0x0\n");
                    Files.writeString(box.folder.resolve("loadable"), "ip_tables\niptable_filter\nxt_tcpudp\n");
                    box.script("modprobe",
                            Files.readString(box.bin.resolve("modprobe")).replace("[ -e", modprobePatch + "[ -e"));
                    NetBox.Answer answer = box.tryPlan(new PlanFolder("modules", 1111).with("modules",
                            "kdsldmod\nip_tables\niptable_filter\nxt_tcpudp\nbuilt_in\n"), 30);
                    assertEquals(0, answer.status(), answer.err());
                    assertEquals("kdsldmod ip_tables iptable_filter xt_tcpudp", loaded(proc), modprobePatch);
                    List<String> calls = box.calls().lines().filter(line -> line.startsWith("modprobe ")).toList();
                    assertEquals("modprobe -a ip_tables iptable_filter xt_tcpudp built_in", calls.get(0));
                    assertEquals(modprobePatch.isEmpty() ? 2 : modprobePatch.endsWith("shift\n") ? 4 : 5, calls.size(),
                            calls::toString);
                }
            }
        });
    }

    private static String loaded(Path proc) {
        return NetBox.read(proc.resolve("modules")).lines().map(line -> line.split(" ")[0])
                .collect(Collectors.joining(" "));
    }

    @Test
    void disablingPacketAccelerationIsVerified() {
        withBothShells(box -> {
            Path proc = box.fakeProc();
            NetBox.Answer answer = box.tryPlan(new PlanFolder("pa", 1111).with("pa", "disable\n"), 30);
            assertEquals(0, answer.status(), answer.err());
            assertEquals("pa-control-ineffective", answer.get("reason"), "the status still reads enabled");
            box.apply("revert", "--now");
            assertEquals("flush\n", NetBox.read(proc.resolve("net/avm_pa/control")));
            Files.writeString(proc.resolve("net/avm_pa/status"), "State          : disabled\n");
            assertEquals("", box.tryPlan(new PlanFolder("pa", 1111).with("pa", "disable\n"), 30).get("reason"));
        });
    }

    @Test
    void unsavedPlanStaysInForceAndIsReported() {
        withBothShells(box -> {
            Path failure = box.folder.resolve("modsave.says");
            Files.writeString(failure, "/tmp/.save.tmp exists. Concurrent update?\n");
            NetBox.Answer answer = box.tryPlan(PLAN, 30);
            NetBox.Answer confirmed = box.apply("confirm", answer.get("id"));
            assertEquals("unsaved", confirmed.get("state"));
            assertTrue(confirmed.get("error").contains("Concurrent update?"), confirmed.get("error"));
            assertTrue(box.tables().contains("1111"));
            Files.delete(failure);
            assertEquals("active", box.apply("confirm", answer.get("id")).get("state"), "the second confirm saves");
        });
    }

    @Test
    void planTooBigForFlashIsNotSaved() {
        withBothShells(box -> {
            byte[] noise = new byte[13000];
            new java.util.Random(1).nextBytes(noise);
            String notes = Stream.of(java.util.Base64.getMimeEncoder().encodeToString(noise).split("\r\n"))
                    .collect(Collectors.joining("\n", "", "\n"));
            NetBox.Answer answer = box.tryPlan(new PlanFolder("big", 1111).with("notes", notes), 30);
            NetBox.Answer confirmed = box.apply("confirm", answer.get("id"));
            assertEquals("unsaved", confirmed.get("state"), confirmed.out() + confirmed.err());
            assertTrue(confirmed.get("error").contains("at most 12288"), confirmed.get("error"));
            assertEquals("", box.calls());
            assertTrue(box.tables().contains("1111"));
            assertFalse(Files.exists(box.state.resolve("boot.new")));
            assertFalse(Files.exists(box.state.resolve("boot.new.tmp")));
        });
    }

    @Test
    void fullFlashFolderIsReported() {
        try (NetBox box = new NetBox("dash")) {
            assertEquals(0, box.sh(
                    "mount -t tmpfs -o mode=700,size=20k none $BOXWALL_STATE && dd if=/dev/zero of=$BOXWALL_STATE/x bs=4k count=3")
                    .status());
            NetBox.Answer confirmed = box.apply("confirm", box.tryPlan(PLAN, 30).get("id"));
            assertEquals("unsaved", confirmed.get("state"), confirmed.out());
            assertTrue(confirmed.get("error").contains("full") || confirmed.get("error").contains("can't be written"),
                    confirmed.get("error"));
        }
    }

    @Test
    void threeOlderRulesetsAreKept() {
        withBothShells(box -> {
            for (int port = 1; port <= 5; port++) {
                NetBox.Answer answer = box.tryPlan(new PlanFolder("plan" + port, port), 30);
                assertEquals("active", box.apply("confirm", answer.get("id")).get("state"), answer.err());
            }
            assertEquals("# the source of plan2\n", NetBox.read(box.state.resolve("rules.3")));
            assertEquals(4, box.runScript("boxwall-keep", "history").out().lines().count());
            assertEquals(0, box.runScript("boxwall-keep", "restore", "3").status());
            assertEquals("# the source of plan2\n", NetBox.read(box.state.resolve("rules")));
            assertEquals("# the source of plan5\n", NetBox.read(box.state.resolve("rules.1")));
            assertEquals(2, box.runScript("boxwall-keep", "restore", "4").status());
            NetBox.Answer off = box.runScript("boxwall-keep", "off");
            assertEquals(0, off.status());
            assertTrue(off.out().contains("until a change is confirmed again: boxwall try "), off.out());
            assertFalse(Files.exists(box.state.resolve("boot.new")));
        });
    }

    @Test
    void probeNamesNoTableThatIsNotLoaded() {
        withBothShells(box -> {
            NetBox.Answer answer = box.apply("probe");
            assertEquals(0, answer.status(), answer.err());
            assertTrue(answer.out().contains("@uname_-r rc=0\n|"), answer.out());
            assertFalse(answer.out().contains("@iptables-save"));
            assertEquals("iptables\nip6tables\n", box.tables());
            box.loadForeignRules();
            assertTrue(box.apply("probe").out().contains("@ip6tables-save rc=0\n|# Generated"));
            Path record = box.folder.resolve("record");
            assertEquals(0, box.apply("record", record.toString()).status());
            assertTrue(NetBox.read(record.resolve("commands/iptables-save")).contains("-A old -s 10.0.0.0/8 -j DROP"));
            assertTrue(Files.exists(record.resolve("proc/net/dev")));
            assertTrue(NetBox.read(record.resolve("commands/ip_addr")).lines()
                    .noneMatch(line -> line.matches(".*ether (?!00:00:00).*")));
        });
    }
}
