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

/** A box in which one verb is struck again and again, each time from the same start, and judged each time. */
final class FaultBox implements AutoCloseable {
    private static final int SECONDS = 3600;
    private static final String EMPTY = "iptables\nip6tables\n";
    private final String shell;
    private final String verb;
    private NetBox box;
    private Faults faults;
    private Map<String, String> allowed;
    private String struck = "";

    /** @param verb of boxwall-apply; witness is a try that asks the witness before */
    FaultBox(String shell, String verb) {
        this.shell = shell;
        this.verb = verb;
        renew();
    }

    /** Starts again with a box that nothing happened to. */
    void renew() {
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

    private Path written(PlanFolder plan) { return plan.write(box.folder.resolve("plan-" + plan.id())); }

    /** The command that was struck last; "" when the verb ended before. */
    String struck() { return struck; }

    /**
     * Runs the verb with one fault from the start and judges what it leaves.
     *
     * @param n 0 for no fault
     * @return how many commands ran
     */
    int strike(int n, String how) {
        String[] line = begin();
        if (allowed == null) {
            allowed = verb.equals("boot") ? bootable() : outcomes();
            line = begin();
        }
        NetBox.Answer answer = faults.run(n, how, line);
        String said = said(answer);
        if (answer.status() == 0 && line[0].equals("try")) {
            assertEquals("new", now(), "right after a try that worked" + said);
        }
        if (answer.status() == 4 && line[0].equals("try")) {
            assertEquals("old", now(), "right after a try that failed" + said);
        }
        struck = faults.struck();
        box.advanceClock(SECONDS);
        settled(said);
        struck = faults.struck();
        int calls = faults.calls();
        // a point behind the verb's last command must not strike what is run to judge it
        faults.calm();
        said += judge(answer, said);
        clean(said);
        next(said);
        return calls;
    }

    private static String said(NetBox.Answer answer) {
        return " | status " + answer.status() + " " + answer.out().replace('\n', ' ') + answer.err().strip();
    }

    /** Brings the box to where the verb starts. */
    private String[] begin() {
        faults.calm();
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
        String[] line =
                {"try", written(plan("new", 2222, !verb.equals("witness"))).toString(), "" + SECONDS, "--replace"};
        if (verb.equals("try") || verb.equals("witness")) { return line; }
        NetBox.Answer pending = box.apply(line);
        assertEquals(0, pending.status(), "the try before: " + pending.out() + pending.err());
        return verb.equals("confirm") ? new String[] {"confirm", pending.get("id")} : new String[] {"revert", "--now"};
    }

    /** Old and new as they look in this kernel. */
    private Map<String, String> outcomes() {
        if (Files.exists(box.run.resolve("tx"))) { box.apply("revert", "--now"); }
        Map<String, String> names = new TreeMap<>();
        names.put(tables(), "old");
        assertEquals(0,
                box.apply("try", written(plan("new", 2222, !verb.equals("witness"))).toString(), "30", "--replace")
                        .status());
        names.put(tables(), "new");
        assertEquals(2, names.size());
        assertEquals(0, box.apply("revert", "--now").status());
        assertEquals("old", names.get(tables()));
        return names;
    }

    /** What may be in force after a boot. */
    private Map<String, String> bootable() {
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
        // the closed set owns one table; with the others of a plan that was in force before it is another one
        assertEquals(4, names.size());
        return names;
    }

    private String now() {
        String live = tables();
        return allowed.getOrDefault(live, "neither:\n" + live + allowed);
    }

    /** Tables without those that are empty and accept everything: a table that is built in can't be unmade. */
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

    /** It must be decided which rules stay, and then nobody sleeps or holds the lock any more. */
    private void settled(String said) {
        Path undecided = box.run.resolve("tx/plan");
        assertTrue(Wait.until(() -> !Files.exists(undecided)), () -> "undecided: " + left() + said);
        assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx")) && box.outsideProcessCount() == 0),
                () -> "not quiet: " + left() + said);
    }

    private String left() { return box.sh("ls -lR $BOXWALL_RUN; ps -ef").out(); }

    private String judge(NetBox.Answer answer, String said) {
        NetBox.Answer status = box.apply("status");
        String state = status.get("state");
        String rules = now();
        if (state.equals("rollback-failed")) {
            assertTrue(status.get("reason").contains("not undone"), status.out());
            throw new AssertionError("one fault is no reason for a rollback that fails: " + status.out() + said);
        }
        switch (verb) {
            case "boot" -> {
                assertTrue(answer.status() != 0 || !rules.equals("nothing"),
                        "a boot that says it worked left nothing" + said);
                assertTrue(!rules.startsWith("neither"), rules + said);
                NetBox.Answer again = box.apply("boot");
                said += " | then " + again.out().replace('\n', ' ') + again.err();
                assertEquals(0, again.status(), "the next boot" + said);
                assertTrue(!now().equals("nothing") && !now().startsWith("neither"),
                        "after the next boot: " + now() + said);
            }
            case "confirm" -> assertEquals(state.equals("active") || state.equals("unsaved") ? "new" : "old", rules,
                    status.out() + said);
            default -> assertEquals("old", rules, status.out() + said);
        }
        return said;
    }

    private void clean(String said) {
        assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> "not quiet: " + left() + said); // what
                                                                                                           // proves a
                                                                                                           // plan
        // after another boot
        assertTrue(names(box.run).matches("(result|live|plan|prover|witness|(un)?saved|saving\\.\\d+| )*"),
                "left in RUN: " + names(box.run) + said);
        assertTrue(names(box.state).matches("(rules(\\.\\d)?|boot(\\.(new|old|bad|safe))?|trial| )*"),
                "left in STATE: " + names(box.state) + said);
    }

    private static String names(Path folder) {
        try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.joining(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void next(String said) {
        faults.calm();
        String before = tables();
        String[] line = {"try", written(plan("next", 3333, true)).toString(), "30", "--replace"};
        // rules that boxwall loaded itself are no foreign ones, whatever happened in between
        NetBox.Answer next = box.apply(Arrays.copyOf(line, verb.equals("boot") ? 3 : 4));
        assertEquals(0, next.status(), "the next try: " + next.out() + next.err() + said);
        assertEquals("pending", next.get("state"));
        NetBox.Answer back = box.apply("revert", next.get("id"));
        assertEquals(0, back.status(), "its revert: " + back.out() + back.err() + said);
        assertEquals(before, tables(), "after its revert" + said);
    }

    @Override
    public void close() { box.close(); }
}
