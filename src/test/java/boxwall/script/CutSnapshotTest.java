package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** A snapshot that was cut off is no snapshot: nothing had been touched then, so nothing is to be put back. */
class CutSnapshotTest {
    /** Prints the first half of the table, then takes boxwall-apply away and never ends. */
    private static final String HALF = """
            #!/bin/sh
            [ ! -e $BOXWALL_TEST/worker ] || exec /usr/sbin/xtables-legacy-multi iptables-save "$@"
            /usr/sbin/xtables-legacy-multi iptables-save "$@" | head -n 4
            read -r pid _ <$BOXWALL_RUN/tx/worker
            echo $pid >$BOXWALL_TEST/worker
            kill -9 $pid
            sleep 1000
            """;

    @Test
    void aTryKilledWhileItSavesTheOldRulesLeavesThemAndSaysSo() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.givenRules();
                String before = box.tables();
                box.script("iptables-save", HALF);
                PlanFolder plan = new PlanFolder("aaaa-1111", 1111);
                box.apply("try", plan.write(box.folder.resolve("plan")).toString(), "30", "--replace");
                assertTrue(Wait.until(
                        () -> Files.exists(box.folder.resolve("worker")) && !Files.exists(box.run.resolve("tx"))),
                        "it is over");
                assertEquals(before, box.tables());
                NetBox.Answer status = box.apply("status");
                assertEquals("inactive interrupted", status.get("state") + " " + status.get("reason"), status::out);
            }
        });
    }
}
