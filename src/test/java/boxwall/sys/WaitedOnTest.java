package boxwall.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What JamVM must not lose early stays, and no more than that. */
class WaitedOnTest {
    @Test
    void theLastOnesStayAndOlderOnesGo() throws InterruptedException {
        List<WeakReference<Object>> older = keep();
        List<WeakReference<Object>> last = keep();
        // a collector may take its time: a minute is for a machine that does much else
        long end = System.nanoTime() + 60_000_000_000L;
        while (reachable(older) > 0 && System.nanoTime() < end) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(0, reachable(older), "objects kept although " + WaitedOn.KEPT + " came after them");
        assertEquals(WaitedOn.KEPT, reachable(last),
                "of the last " + WaitedOn.KEPT + " objects are there after a collection that took the older ones");
    }

    @Test
    void whatIsKeptIsGivenBack() {
        Object object = new Object();
        assertSame(object, WaitedOn.kept(object));
    }

    private static List<WeakReference<Object>> keep() {
        List<WeakReference<Object>> kept = new ArrayList<>();
        for (int i = 0; i < WaitedOn.KEPT; i++) {
            kept.add(new WeakReference<>(WaitedOn.kept(new Object())));
        }
        return kept;
    }

    private static int reachable(List<WeakReference<Object>> objects) {
        int there = 0;
        for (WeakReference<Object> object : objects) {
            there += object.get() == null ? 0 : 1;
        }
        return there;
    }
}
