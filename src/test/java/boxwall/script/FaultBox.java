package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A box that runs one verb many times with a fault, each time from the same start, and checks the outcome. */
final class FaultBox implements AutoCloseable {
    private static final int SECONDS = 3600;
    private static final String EMPTY = "iptables\nip6tables\n";
    private final String shell;
    private final String verb;
    private NetBox box;
    private Faults faults;
    private Map<String, String> allowed;
    private String hitCommand = "";

    /** @param verb of boxwall-apply; "witness" is a try with the self-test */
    FaultBox(String shell, String verb) {
        this.shell = shell;
        this.verb = verb;
        restart();
    }

    /** Replaces the box by a new one. */
    void restart() {
        if (box != null) { box.close(); }
        box = new NetBox(shell);
        Path proc = box.fakeProc();
        box.useFakeHangClock("20");
        box.settings.put("BOXWALL_PROVE_SECONDS", "1");
        box.settings.remove("BOXWALL_SYSLOG");
        box.settings.put("BOXWALL_WITNESS", verb.equals("witness") ? "yes" : "no");
        box.sh("busybox ip link set lo up; printf 'ip_tables\\nxt_tcpudp\\n' >$BOXWALL_TEST/loadable; echo 'kdsldmod 9 2 - Live 0x0' >"
                + proc + "/modules");
        faults = new Faults(box);
        allowed = null;
    }

    private static PlanFolder plan(String id, int port, boolean raw) {
        String rule = "-A PREROUTING -p udp -m udp --dport " + port + " -j ACCEPT\nCOMMIT\n";
        PlanFolder plan = new PlanFolder(id, port).with("modules", "ip_tables\nxt_tcpudp\n");
        if (raw) { plan.with("restore4", "*mangle\n", "*raw\n:PREROUTING ACCEPT [0:0]\n" + rule + "*mangle\n"); }
        return plan.with("restore6", "*filter\n",
                "*raw\n:PREROUTING ACCEPT [0:0]\n" + rule + "*mangle\n:PREROUTING ACCEPT [0:0]\n" + rule + "*filter\n");
    }

    /** The command of the last fault; "" if the verb ended before it. */
    String hitCommand() { return hitCommand; }

    /**
     * Runs the verb with one fault from the start and checks the outcome.
     *
     * @param n 0 for no fault
     * @return how many commands ran
     */
    int run(int n, String fault) {
        String[] arguments = prepare();
        if (allowed == null) {
            allowed = verb.equals("boot") ? expectedAfterBoot() : expectedAfterTry();
            arguments = prepare();
        }
        NetBox.Answer answer = faults.run(n, fault, arguments);
        String context = context(answer);
        if (answer.status() == 0 && arguments[0].equals("try")) {
            assertEquals("new", ruleset(), "right after a try that worked" + context);
        }
        if (answer.status() == 4 && arguments[0].equals("try")) {
            assertEquals("old", ruleset(), "right after a try that failed" + context);
        }
        hitCommand = faults.hitCommand();
        box.advanceClock(SECONDS);
        waitUntilDecided(context);
        hitCommand = faults.hitCommand();
        int calls = faults.calls();
        // a fault after the verb's last command must not hit the commands of the checks
        faults.disable();
        context += checkRules(answer, context);
        checkNothingLeft(context);
        checkNextTry(context);
        return calls;
    }

    private static String context(NetBox.Answer answer) {
        return " | status " + answer.status() + " " + answer.out().replace('\n', ' ') + answer.err().strip();
    }

    /** Brings the box to the state in which the verb starts. */
    private String[] prepare() {
        faults.disable();
        box.sh("rm -rf $BOXWALL_RUN $BOXWALL_STATE/*");
        if (verb.equals("boot")) {
            box.sh("for t in iptables ip6tables; do { printf '*filter\\n:INPUT ACCEPT [0:0]\\n:FORWARD ACCEPT [0:0]\\n:OUTPUT ACCEPT [0:0]\\nCOMMIT\\n';"
                    + " printf '*%s\\nCOMMIT\\n' mangle raw; } | /usr/sbin/xtables-legacy-multi $t-restore; done");
            box.storePlan("boot", plan("old", 1111, true));
            box.storePlan("boot.new", plan("new", 2222, true));
            return new String[] {"boot"};
        }
        box.sh("for t in iptables ip6tables; do for n in mangle raw; do printf '*%s\\nCOMMIT\\n' $n; done |"
                + " /usr/sbin/xtables-legacy-multi $t-restore; done");
        box.loadForeignRules();
        String[] arguments =
                {"try", box.write(plan("new", 2222, !verb.equals("witness"))).toString(), "" + SECONDS, "--replace"};
        if (verb.equals("try") || verb.equals("witness")) { return arguments; }
        NetBox.Answer pending = box.apply(arguments);
        assertEquals(0, pending.status(), "the try before: " + pending.out() + pending.err());
        return verb.equals("confirm") ? new String[] {"confirm", pending.get("id")} : new String[] {"revert", "--now"};
    }

    /** The old and the new tables as this kernel prints them. */
    private Map<String, String> expectedAfterTry() {
        if (Files.exists(box.run.resolve("tx"))) { box.apply("revert", "--now"); }
        Map<String, String> names = new TreeMap<>();
        names.put(tables(), "old");
        assertEquals(0, box.tryPlan(plan("new", 2222, !verb.equals("witness")), 30, "--replace").status());
        names.put(tables(), "new");
        assertEquals(2, names.size());
        assertEquals(0, box.apply("revert", "--now").status());
        assertEquals("old", names.get(tables()));
        return names;
    }

    /** The tables that are allowed after a boot. */
    private Map<String, String> expectedAfterBoot() {
        Map<String, String> names = new TreeMap<>();
        names.put(EMPTY, "nothing");
        box.sh("rm -rf $BOXWALL_STATE/boot.new");
        assertEquals("old", box.apply("boot").get("plan"));
        names.put(tables(), "old");
        box.storePlan("boot", plan("new", 2222, true));
        assertEquals("new", box.apply("boot").get("plan"));
        names.put(tables(), "new");
        assertEquals("locked", box.apply("lock").get("state"));
        names.put(tables(), "closed");
        // the closed set owns one table; tables of an earlier plan would make it look different
        assertEquals(4, names.size());
        return names;
    }

    private String ruleset() {
        String live = tables();
        return allowed.getOrDefault(live, "neither:\n" + live + allowed);
    }

    /** The tables without empty ones that accept everything: a built-in table cannot be removed. */
    private String tables() {
        StringBuilder all = new StringBuilder();
        for (String family : box.tables().split("(?=ip6tables\n)")) {
            all.append(family, 0, family.indexOf('\n') + 1);
            all.append(Stream.of(family.substring(family.indexOf('\n') + 1).split("(?<=COMMIT\n)"))
                    .filter(table -> table.lines()
                            .anyMatch(l -> l.startsWith("-A") || l.startsWith(":") && !l.endsWith(" ACCEPT")))
                    .sorted().collect(Collectors.joining()));
        }
        return all.toString();
    }

    /** Waits until it is decided which rules stay, no process is left and the lock is released. */
    private void waitUntilDecided(String context) {
        Path undecided = box.run.resolve("tx/plan");
        assertTrue(Wait.until(() -> !Files.exists(undecided)), () -> "undecided: " + box.describe() + context);
        assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx")) && box.outsideProcessCount() == 0),
                () -> "processes or lock left: " + box.describe() + context);
    }

    private String checkRules(NetBox.Answer answer, String context) {
        NetBox.Answer status = box.apply("status");
        String state = status.get("state");
        String rules = ruleset();
        if (state.equals("rollback-failed")) {
            assertTrue(status.get("reason").contains("not undone"), status.out());
            throw new AssertionError("one fault must not make the rollback fail: " + status.out() + context);
        }
        switch (verb) {
            case "boot" -> {
                assertTrue(answer.status() != 0 || !rules.equals("nothing"),
                        "a boot that reported success left no rules" + context);
                assertTrue(!rules.startsWith("neither"), rules + context);
                NetBox.Answer nextBoot = box.apply("boot");
                context += " | then " + nextBoot.out().replace('\n', ' ') + nextBoot.err();
                assertEquals(0, nextBoot.status(), "the next boot" + context);
                assertTrue(!ruleset().equals("nothing") && !ruleset().startsWith("neither"),
                        "after the next boot: " + ruleset() + context);
            }
            case "confirm" -> assertEquals(state.equals("active") || state.equals("unsaved") ? "new" : "old", rules,
                    status.out() + context);
            default -> assertEquals("old", rules, status.out() + context);
        }
        return context;
    }

    private void checkNothingLeft(String context) {
        // including the prover of the second boot
        assertTrue(Wait.until(() -> box.outsideProcessCount() == 0),
                () -> "processes left: " + box.describe() + context);
        assertTrue(names(box.run).matches("(result|live|plan|prover|witness|writer|(un)?saved|saving\\.\\d+| )*"),
                "left in RUN: " + names(box.run) + context);
        assertTrue(names(box.state).matches("(rules(\\.\\d)?|boot(\\.(new|old|bad|safe))?|trial| )*"),
                "left in STATE: " + names(box.state) + context);
    }

    private static String names(Path folder) {
        try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.joining(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkNextTry(String context) {
        faults.disable();
        String before = tables();
        String[] arguments = {"try", box.write(plan("next", 3333, true)).toString(), "30", "--replace"};
        // rules that boxwall has loaded never count as foreign
        NetBox.Answer tried = box.apply(Arrays.copyOf(arguments, verb.equals("boot") ? 3 : 4));
        assertEquals(0, tried.status(), "the next try: " + tried.out() + tried.err() + context);
        assertEquals("pending", tried.get("state"));
        NetBox.Answer back = box.apply("revert", tried.get("id"));
        assertEquals(0, back.status(), "its revert: " + back.out() + back.err() + context);
        assertEquals(before, tables(), "after its revert" + context);
    }

    @Override
    public void close() { box.close(); }
}
