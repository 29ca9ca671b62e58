package boxwall.sys;

/**
 * Delays the garbage collection of objects that a thread has waited on, because it can crash JamVM 2.0.0. JamVM gives
 * such an object, and an object whose lock two threads requested at once, a monitor in a cache that isn't updated when
 * the object dies. If the heap is compacted while a stale word on some stack looks like the dead object's address,
 * JamVM treats the free memory there as an object and writes into it (threadMonitorCache in its lock.c): it crashes
 * then or soon after, most often some applies after the start. Unused entries are removed when three quarters of the
 * cache's 32 places are used, or 64 if many threads wait at once, so keeping the last 64 objects is enough.
 *
 * <p>
 * Objects that live as long as the daemon need no delay. Short-lived ones, as the facts of a box, therefore use one
 * static lock per class. Only processes are left: GNU Classpath waits on each when it is started, queried for its
 * status or killed. JamVmTest checks both.
 */
final class DelayedCollection {
    /** More than the cache's places for unused monitors. */
    static final int KEPT = 64;

    private static final Object[] LAST = new Object[KEPT];
    private static int next;

    private DelayedCollection() {}

    /** Keeps an object until {@link #KEPT} others follow; returns it. */
    static synchronized <T> T kept(T object) {
        LAST[next] = object;
        next = (next + 1) % KEPT;
        return object;
    }
}
