package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.apply.BootPlane;
import boxwall.build.Budgets;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The programs that the daemon starts for what it does: each takes a box some hundredths of a second, on JamVM far more. */
class ExecBudgetTest {
    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));

    private Watch watch() {
        Config config = Config.parse(null, Map.of());
        Changes changes = new Changes(sys, config, new BootPlane(sys, "/usr/sbin/boxwall-apply", FakeBox.RUN));
        EventLog events = EventLog.to(new PrintStream(new ByteArrayOutputStream(), true));
        return new Watch(sys, config, new BoxState(sys, "/usr/sbin/boxwall-apply"), changes, new Following(sys, config, changes, events),
                new History(sys, config, "/usr/sbin/boxwall-keep"), events);
    }

    @Test
    void drift() {
        String table = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
        sys.booted("", table, table);
        Watch watch = watch();
        watch.look(null);
        if (Budgets.isBroken("drift.execs")) {
            watch.look(null);
        }
        assertEquals(List.of(), watch.findings());
        Budgets.hold("drift.execs", sys.verbs.size());
    }
}
