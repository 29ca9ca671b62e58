package boxwall.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Objects that JamVM must not collect early are kept, and no others. */
class DelayedCollectionTest {
    @Test
    void lastObjectsAreKeptAndOlderOnesReleased() throws InterruptedException {
        List<WeakReference<Object>> older = keepMany();
        List<WeakReference<Object>> last = keepMany();
        // a minute, in case the machine is busy
        long end = System.nanoTime() + 60_000_000_000L;
        while (reachable(older) > 0 && System.nanoTime() < end) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(0, reachable(older), "objects kept although " + DelayedCollection.KEPT + " were kept after them");
        assertEquals(DelayedCollection.KEPT, reachable(last), "of the last " + DelayedCollection.KEPT
                + " objects must survive a collection that took the older ones");
    }

    @Test
    void keptReturnsItsArgument() {
        Object object = new Object();
        assertSame(object, DelayedCollection.kept(object));
    }

    private static List<WeakReference<Object>> keepMany() {
        List<WeakReference<Object>> kept = new ArrayList<>();
        for (int i = 0; i < DelayedCollection.KEPT; i++) {
            kept.add(new WeakReference<>(DelayedCollection.kept(new Object())));
        }
        return kept;
    }

    private static int reachable(List<WeakReference<Object>> objects) {
        int count = 0;
        for (WeakReference<Object> object : objects) {
            count += object.get() == null ? 0 : 1;
        }
        return count;
    }
}
