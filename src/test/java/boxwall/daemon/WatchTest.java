package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.sys.EventLog;
import boxwall.apply.BootPlane;
import boxwall.syntax.Source;
import boxwall.sys.CommandResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The daemon detects changes of its rules by other programs and changes of the box's addresses, and reacts only as
 * configured.
 */
class WatchTest {
    private static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $GUEST_IF -p udp --dport 53 -j ACCEPT
            ip6tables -P INPUT DROP
            ip6tables -A INPUT -i $LAN_IF -j ACCEPT
            ip6tables -A INPUT -p icmpv6 -j ACCEPT
            """;

    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private Watch watch(String... settings) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (String setting : settings) {
            environment.put("BOXWALL_" + setting.split("=")[0], setting.split("=")[1]);
        }
        Config config = Config.parse(null, environment);
        return new Watch(new DaemonPart(sys, config, new EventLog(null, new PrintStream(log, true), null)));
    }

    private static BoxState state(FakeBox of) {
        return new BoxState(of, new BootPlane(of, "/usr/sbin/boxwall-apply", FakeBox.RUN));
    }

    /** Sets the state after a boot with these rules, compiled for the current addresses. */
    private void booted(String rules) {
        sys.files.put(FakeBox.STATE + "/rules", rules);
        Config config = Config.parse(null, Map.of());
        Box now = state(sys).read();
        Candidate candidate =
                Candidate.of(new Source("rules", rules), boxwall.syntax.Includes.NONE, now, config, null, false);
        assertFalse(candidate.isRefused(), () -> candidate.findings.toString());
        Map<String, String> plan = candidate.plan(sys, candidate.compiled);
        sys.booted(plan.get("stamp").replaceAll("(?m)^id=.*\n", ""), plan.get("restore4"), plan.get("restore6"));
        sys.files.put(FakeBox.STATE + "/boot/modules", plan.get("modules"));
        sys.verbs.clear();
    }

    private static List<String> codes(Watch watch) { return watch.findings.stream().map(f -> f.code).toList(); }

    /** Two threads read the result at once; the slower one has read the older file and must not report it. */
    @Test
    void olderResultIsIgnoredAfterNewerOne() throws InterruptedException {
        booted(RULES);
        Watch watch = watch();
        watch.readOutcome();
        String result = FakeBox.RUN + "/result";
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        Thread slow = new Thread(watch::readOutcome);
        sys.afterRead = path -> {
            if (Thread.currentThread() == slow && path.equals(result)) {
                hasRead.countDown();
                await(proceed);
            }
        };
        slow.start();
        await(hasRead);
        sys.files.put(result, sys.files.get(result).replace("state=active", "state=pending"));
        Thread fast = new Thread(watch::readOutcome);
        fast.start();
        while (fast.getState() != Thread.State.BLOCKED && fast.getState() != Thread.State.TERMINATED) {
            fast.join(10); // until it ends or waits for the other thread
        }
        proceed.countDown();
        slow.join();
        fast.join();
        assertEquals(List.of("now pending"), log.toString().lines().map(line -> line.replaceAll(",.*", "")).toList());
    }

    /** Two requests after a change: the second waits for the tables that the first reads. */
    @Test
    void requestDuringReadOfTablesGetsNewTables() throws InterruptedException {
        CountDownLatch reads = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        FakeBox slowBox = new FakeBox(Path.of("src/test/resources/boxes/virtual")) {
            @Override
            public CommandResult run(List<String> command, String stdin, int limitSeconds) {
                if (command.contains("counters")) {
                    reads.countDown();
                    await(proceed);
                }
                return super.run(command, stdin, limitSeconds);
            }
        };
        BoxState state = state(slowBox);
        Box before = state.read();
        state.tablesChanged();
        Thread first = new Thread(state::live);
        first.start();
        await(reads);
        AtomicReference<Box> got = new AtomicReference<>();
        Thread second = new Thread(() -> got.set(state.live()));
        second.start();
        while (second.getState() != Thread.State.BLOCKED && second.getState() != Thread.State.TERMINATED) {
            second.join(10);
        }
        proceed.countDown();
        first.join();
        second.join();
        assertNotSame(before, got.get());
    }

    /** Rules that become live during a whole reading are not in that reading. */
    @Test
    void readingIsStaleIfTablesChangedMeanwhile() {
        boolean[] changed = {false};
        BoxState[] state = new BoxState[1];
        FakeBox slowBox = new FakeBox(Path.of("src/test/resources/boxes/virtual")) {
            @Override
            public CommandResult run(List<String> command, String stdin, int limitSeconds) {
                CommandResult result = super.run(command, stdin, limitSeconds);
                if (!changed[0]) {
                    changed[0] = true;
                    state[0].tablesChanged();
                }
                return result;
            }
        };
        state[0] = state(slowBox);
        Box old = state[0].read();
        assertNotSame(old, state[0].live());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS), "the other thread did not come");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void unchangedBoxNeedsOneProbe() {
        booted(RULES);
        Watch watch = watch();
        watch.compare(null);
        assertEquals(List.of(), codes(watch));
        assertFalse(watch.drifted);
        assertEquals(List.of("probe"), sys.verbs);
        watch.compareNow();
        assertEquals(List.of("probe"), sys.verbs, "the next comparison is allowed after a second");
    }

    /**
     * As by a daemon that starts while a change is pending: it has read the new rules, and then they are rolled back.
     */
    @Test
    void rulesOfAChangeThatEndedSinceTheyWereReadAreNoDrift() {
        booted(RULES);
        String result = FakeBox.RUN + "/result";
        String active = sys.files.get(result);
        String[] live = sys.live.clone();
        sys.files.put(result, active.replace("state=active", "state=pending"));
        sys.load(live[0].replace("-A INPUT -i lo -j ACCEPT", "-A INPUT -s 8.8.8.8/32 -j ACCEPT"), live[1]);
        Watch watch = watch();
        Box during = watch.box.read();
        sys.files.put(result, active.replace("reason=", "reason=not-confirmed"));
        sys.load(live[0], live[1]);
        watch.compare(during);
        assertEquals(List.of(), codes(watch));
        assertFalse(watch.drifted);
    }

    @Test
    void driftIsReportedRuleByRule() {
        booted(RULES);
        sys.load(sys.live[0].replace("-A INPUT -i lo -j ACCEPT", "-A INPUT -s 8.8.8.8/32 -j ACCEPT"), sys.live[1]);
        Watch watch = watch();
        watch.compare(null);
        assertTrue(watch.drifted);
        assertEquals(List.of("drift"), codes(watch));
        assertEquals(List.of("iptables -t filter: gone: -A INPUT -i lo -j ACCEPT",
                "iptables -t filter: added: -A INPUT -s 8.8.8.8/32 -j ACCEPT"), watch.findings.get(0).evidence);
        assertEquals(List.of("probe"), sys.verbs, "drift alone loads nothing");
    }

    @Test
    void reassertReloadsPlanAtMostOncePerMinute() {
        booted(RULES);
        String changed = sys.live[0].replace("-A INPUT -i lo -j ACCEPT\n", "");
        sys.load(changed, sys.live[1]);
        Watch watch = watch("REASSERT=yes");
        watch.compare(null);
        assertFalse(watch.drifted);
        assertEquals(List.of("probe", "again", "probe"), sys.verbs);
        sys.load(changed, sys.live[1]);
        sys.uptimeMillis += 59_000;
        watch.compare(null);
        assertTrue(watch.drifted);
        assertEquals(1, sys.verbs.stream().filter("again"::equals).count());
        sys.uptimeMillis += 2_000;
        watch.compare(null);
        assertFalse(watch.drifted);
        assertEquals(2, sys.verbs.stream().filter("again"::equals).count());
    }

    /** Changed counters are no difference; every other difference, and a request, causes a whole reading. */
    @Test
    void idleWatchReadsWholeBoxOnlyAfterDifference() {
        booted(RULES);
        String result = FakeBox.RUN + "/result";
        sys.commands.put("ifconfig_-a", sys.commands.get("ifconfig_-a") + "          RX packets:5 errors:0\n");
        Watch watch = watch();
        assertFalse(watch.isUnchanged(), "nothing was compared yet");
        watch.compare(null);
        assertEquals(List.of("probe"), sys.verbs);
        sys.live[0] = sys.live[0].replace("[0:0]", "[7:420]").replaceAll("(?m)^-A", "[3:180] -A");
        sys.commands.replaceAll((name, text) -> text.replace("RX packets:5", "RX packets:6"));
        sys.files.computeIfPresent("/proc/modules", (name, text) -> text.replaceFirst(" [0-9]+ -", " 77 -"));
        assertTrue(watch.isUnchanged());
        assertEquals(List.of("probe", "probe drift"), sys.verbs);
        Map<String, Runnable> different = Map.of("a rule", () -> sys.live[0] += "-A INPUT -j ACCEPT\n", "a policy",
                () -> sys.live[0] = sys.live[0].replace("INPUT DROP", "INPUT ACCEPT"), "an address",
                () -> sys.commands.replaceAll((name, text) -> text.replace("192.168.178.1", "192.168.178.2")),
                "a module",
                () -> sys.files.put("/proc/modules", sys.files.get("/proc/modules") + "xt_new 1 0 - Live\n"),
                "another change", () -> sys.files.put(result, sys.files.get(result).replace("id=\n", "id=7\n")),
                "a request", () -> watch.requested = true, "hours", () -> sys.uptimeMillis += 4 * 3600 * 1000);
        different.forEach((what, change) -> {
            Map<String, String> files = Map.copyOf(sys.files);
            Map<String, String> commands = Map.copyOf(sys.commands);
            String[] live = sys.live.clone();
            long uptime = sys.uptimeMillis;
            change.run();
            assertFalse(watch.isUnchanged(), what);
            sys.files.putAll(files);
            sys.commands.putAll(commands);
            sys.load(live[0], live[1]);
            sys.uptimeMillis = uptime;
            watch.requested = false;
            assertTrue(watch.isUnchanged(), what + " undone");
        });
        sys.load(sys.live[0] + "-A INPUT -j ACCEPT\n", sys.live[1]);
        watch.compare(null);
        assertEquals(List.of("drift"), codes(watch));
        assertFalse(watch.isUnchanged(), "a finding causes another whole reading");
    }

    /** The watch compiles the rules if an address changed; an error there would recur at each start. */
    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, StackOverflowError.class})
    void watchSurvivesOutOfHeapOrStackInFirstComparison(Class<? extends Error> error) {
        booted(RULES);
        Watch watch = watch();
        sys.afterRead = path -> {
            if (path.equals(FakeBox.STATE + "/rules")) {
                Thread.currentThread().interrupt(); // ends the watch after its first comparison
                throw error == OutOfMemoryError.class ? new OutOfMemoryError() : new StackOverflowError();
            }
        };
        try {
            watch.run(null);
        } catch (VirtualMachineError e) {
            throw new AssertionError("the watch ended", e);
        } finally {
            Thread.interrupted();
        }
        assertTrue(log.toString().contains("out of "), log.toString());
    }

    @Test
    void watchLeavesOpenLockedAndPendingStatesAlone() {
        booted(RULES);
        for (String state : List.of("open", "locked", "pending")) {
            sys.files.put(FakeBox.RUN + "/result",
                    sys.files.get(FakeBox.RUN + "/result").replaceFirst("state=.*", "state=" + state));
            sys.load("*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n", "");
            Watch watch = watch("REASSERT=yes");
            watch.compare(null);
            assertEquals(List.of(), codes(watch), state);
            assertFalse(sys.verbs.contains("again"), state);
        }
    }

    @Test
    void changeWithoutGuardIsRevertedOneMinuteAfterDeadline() {
        booted(RULES);
        String active = sys.files.get(FakeBox.RUN + "/result");
        sys.files.put(FakeBox.RUN + "/result", active.replaceFirst("state=.*\n", "state=pending\n")
                .replaceFirst("id=.*\n", "id=t7\n").replaceFirst("deadline=.*\n", "deadline=100\n"));
        Watch watch = watch();
        sys.uptimeMillis = 159_999;
        watch.rollBackOverdue();
        assertEquals(List.of(), sys.verbs, "the guard may still be working");
        sys.uptimeMillis = 160_000;
        watch.rollBackOverdue();
        assertEquals(List.of("revert t7"), sys.verbs);
        sys.files.put(FakeBox.RUN + "/result",
                sys.files.get(FakeBox.RUN + "/result").replaceFirst("state=.*\n", "state=pending\n"));
        watch.rollBackOverdue();
        assertEquals(List.of("revert t7"), sys.verbs, "only once per change");
        sys.files.put(FakeBox.RUN + "/result", active);
        watch.rollBackOverdue();
        assertEquals(List.of("revert t7"), sys.verbs, "nothing is pending");
    }

    @Test
    void rulesAreRecompiledForNewLanAddress() {
        booted(RULES);
        sys.commands.replaceAll((name, text) -> text.replace("192.168.178.", "10.11.12."));
        Watch watch = watch();
        watch.compare(null);
        assertEquals(List.of(), codes(watch), log.toString());
        assertTrue(sys.live[0].contains("-A INPUT -s 10.11.12.0/24 -i lan -j ACCEPT"), sys.live[0]);
        assertEquals("active", sys.files.get(FakeBox.RUN + "/result").replaceAll("(?s)^state=([^\n]*).*", "$1"));
        assertTrue(log.toString().contains("$LAN_NET was 192.168.178.0/24 and is 10.11.12.0/24"), log.toString());
        assertEquals(List.of("probe", "try", "confirm", "probe"),
                sys.verbs.stream().map(v -> v.split(" ")[0]).toList());
        watch.compare(null);
        assertEquals("probe", sys.verbs.get(sys.verbs.size() - 1));
        assertEquals(5, sys.verbs.size(), "recompiled only once");
    }

    /** By the command line: another change that was confirmed and saved, or open; neither needs the daemon. */
    @ParameterizedTest
    @ValueSource(strings = {"active", "open"})
    void changeDuringRecompilationIsNotReplaced(String state) {
        booted(RULES);
        sys.commands.replaceAll((name, text) -> text.replace("192.168.178.", "10.11.12."));
        String result = FakeBox.RUN + "/result";
        sys.afterRead = path -> {
            if (path.equals(FakeBox.STATE + "/rules")) {
                sys.files.put(result,
                        sys.files.get(result).replaceFirst("state=.*\nid=.*\n", "state=" + state + "\nid=c1\n")
                                .replaceFirst("plan=.*\n", "plan=c2\n"));
            }
        };
        Watch watch = watch();
        watch.compare(null);
        assertFalse(sys.verbs.toString().contains("try"), sys.verbs.toString());
    }

    @Test
    void enabledGuestNetworkGetsItsRules() {
        Map<String, String> commands = Map.copyOf(sys.commands);
        Map<String, String> files = Map.copyOf(sys.files);
        sys.commands.computeIfPresent("ip_addr", (name, text) -> text.replaceAll("(?s)10: guest@if9.*", ""));
        sys.commands.computeIfPresent("ifconfig_-a", (name, text) -> text.replaceAll("(?m)^guest .*\n(^ .*\n)*", ""));
        sys.commands.computeIfPresent("route_-n", (name, text) -> text.replaceAll("(?m)^.* guest\n", ""));
        sys.files.replaceAll(
                (name, text) -> name.startsWith("/proc/net/") ? text.replaceAll("(?m)^.*\\bguest\\b.*\n", "") : text);
        booted(RULES);
        assertFalse(sys.live[0].contains("guest"), sys.live[0]);
        sys.commands.putAll(commands);
        files.forEach(
                (name, text) -> sys.files.computeIfPresent(name, (n, t) -> n.startsWith("/proc/net/") ? text : t));
        Watch watch = watch();
        watch.compare(null);
        assertEquals(List.of(), codes(watch), log.toString());
        assertTrue(sys.live[0].contains("-A INPUT -i guest -p udp -m udp --dport 53 -j ACCEPT"), sys.live[0]);
    }

    @Test
    void recompiledRulesThatLockOutAdministratorAreNotApplied() {
        booted(RULES.replace("$LAN_NET", "192.168.178.0/24") + "iptables -A INPUT -d $LAN_IP -j ACCEPT\n");
        sys.commands.replaceAll((name, text) -> text.replace("192.168.178.", "10.11.12."));
        sys.files.put(FakeBox.STATE + "/rules",
                RULES.replace("$LAN_NET", "192.168.178.0/24") + "iptables -A OUTPUT -s $LAN_IP -j DROP\n");
        Watch watch = watch();
        watch.compare(null);
        watch.compare(null);
        assertEquals(List.of("address-changed"), codes(watch));
        assertTrue(watch.findings.get(0).evidence.toString().contains("not applied automatically"),
                watch.findings.toString());
        assertEquals(List.of("probe", "probe"), sys.verbs);
    }

    /** Another program may have held xtables' lock: the second try is five minutes after the first, the third ten. */
    @Test
    void failedLoadIsRetriedAfterFiveMinutesAndThenLater() {
        booted(RULES);
        sys.commands.replaceAll((name, text) -> text.replace("192.168.178.", "10.11.12."));
        sys.tryError = "iptables-restore: line 5 failed";
        Watch watch = watch();
        List<Integer> minutes = new ArrayList<>();
        for (int minute = 0; minute < 36; minute++) {
            long before = tries();
            watch.compare(null);
            assertEquals(List.of("address-changed"), codes(watch));
            assertTrue(watch.findings.get(0).evidence.toString().contains("line 5 failed"), watch.findings.toString());
            if (tries() > before) { minutes.add(minute); }
            sys.uptimeMillis += 60_000;
        }
        assertEquals(List.of(0, 5, 15, 35), minutes);
        sys.tryError = "";
        sys.uptimeMillis += 40 * 60_000;
        watch.compare(null);
        assertEquals(List.of(), codes(watch), log.toString());
        assertTrue(sys.live[0].contains("10.11.12."), sys.live[0]);
    }

    private long tries() { return sys.verbs.stream().filter(v -> v.startsWith("try")).count(); }

    @Test
    void changedKernelGetsNewPlan() {
        booted(RULES);
        String plan = sys.files.get(FakeBox.RUN + "/result");
        sys.files.put(FakeBox.RUN + "/result",
                plan.replace("state=active", "state=fallback").replace("plan=p0", "plan=").replace("reason=\nerror=",
                        "reason=kernel-changed\nerror=/tmp/flash/boxwall/boot is for another"));
        Watch watch = watch();
        watch.compare(null);
        assertEquals(List.of(), codes(watch), log.toString());
        assertTrue(sys.verbs.stream().anyMatch(v -> v.startsWith("confirm")), sys.verbs.toString());
    }

    @Test
    void keptChainIsNoDrift() {
        booted(RULES + "keep filter VPN\n");
        sys.load(sys.live[0].replaceFirst("-A INPUT",
                ":VPN - [0:0]\n-A INPUT -j VPN\n-A VPN -s 10.0.0.0/8 -j ACCEPT\n-A INPUT"), sys.live[1]);
        Watch watch = watch();
        watch.compare(null);
        assertEquals(List.of(), codes(watch), () -> watch.findings.get(0).evidence.toString());
    }
}
