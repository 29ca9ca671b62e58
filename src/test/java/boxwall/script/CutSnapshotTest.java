package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** A truncated snapshot is not restored: at that time nothing has been changed yet. */
class CutSnapshotTest {
    /** Prints the first half of the table, then kills boxwall-apply and hangs. */
    private static final String KILL_AT_HALF = """
            #!/bin/sh
            [ ! -e $BOXWALL_TEST/worker ] || exec /usr/sbin/xtables-legacy-multi iptables-save "$@"
            /usr/sbin/xtables-legacy-multi iptables-save "$@" | head -n 4
            read -r pid _ <$BOXWALL_RUN/tx/worker
            echo $pid >$BOXWALL_TEST/worker
            kill -9 $pid
            sleep 1000
            """;

    @Test
    void tryKilledDuringSnapshotKeepsOldRulesAndReportsInterrupted() {
        withBothShells(box -> {
            box.loadForeignRules();
            String before = box.tables();
            box.script("iptables-save", KILL_AT_HALF);
            PlanFolder plan = new PlanFolder("aaaa-1111", 1111);
            box.tryPlan(plan, 30, "--replace");
            assertTrue(
                    Wait.until(
                            () -> Files.exists(box.folder.resolve("worker")) && !Files.exists(box.run.resolve("tx"))),
                    "the change must end");
            assertEquals(before, box.tables());
            NetBox.Answer status = box.apply("status");
            assertEquals("inactive interrupted", status.get("state") + " " + status.get("reason"), status::out);
        });
    }
}
