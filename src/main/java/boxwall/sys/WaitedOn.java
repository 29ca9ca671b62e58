package boxwall.sys;

/**
 * Delays the garbage collection of objects that a thread has waited on, because it can crash JamVM 2.0.0. It gives such
 * an object, and one whose lock two threads wanted at once, a monitor, in a cache that isn't told when the object dies.
 * When the heap is compacted and a stale word on some stack looks like the dead object's address, it takes the free
 * memory there for an object and writes into it (threadMonitorCache in its lock.c): the JVM crashes then or soon after,
 * most often some applies after the start. The cache is emptied of what is unused at three quarters of 32 places, or 64
 * when many threads wait at once, so the last 64 objects are enough.
 *
 * <p>
 * What waits on something that lives as long as the daemon, or locks it, needs nothing of this; so what comes and goes,
 * as the facts of a box do, has one static lock for all of its class. That leaves the processes: GNU Classpath waits on
 * each when it is started, asked for its status or killed. JamVmTest holds both.
 */
final class WaitedOn {
    /** More than the cache has places for unused monitors. */
    static final int KEPT = 64;

    private static final Object[] LAST = new Object[KEPT];
    private static int next;

    private WaitedOn() {}

    /** Keeps an object until {@link #KEPT} others came; returns it. */
    static synchronized <T> T kept(T object) {
        LAST[next] = object;
        next = (next + 1) % KEPT;
        return object;
    }
}
