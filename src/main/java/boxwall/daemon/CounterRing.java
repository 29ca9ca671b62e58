package boxwall.daemon;

import boxwall.plan.Counted;
import boxwall.plan.LiveRules;

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;

/**
 * Packets of each rule at the last 120 requests for them, for a graph; in memory only, and forgotten a minute after the
 * last request. Readers hold its lock.
 */
final class CounterRing {
    private static final int SAMPLES = 120;
    /** Numbers in total, 8 bytes each: a ruleset of 1000 lines gets 40 samples, not 120, of a heap of 8 MB. */
    private static final int NUMBERS = 40000;
    private static final long FORGET_MILLIS = 60 * 1000;

    /** Milliseconds of uptime of the samples, oldest first. */
    final LinkedList<Long> times = new LinkedList<>();
    /** The packets of each rule at those times. */
    final LinkedList<long[]> samples = new LinkedList<>();
    private List<String> rules = new ArrayList<>();
    private long addedMillis;

    /** Adds a sample; the ring starts again after other rules were loaded or counters were reset. */
    synchronized void add(LiveRules live, long millis) {
        forget(millis);
        addedMillis = millis;
        List<String> names = new ArrayList<>();
        long[] packets = new long[live.rules.size()];
        boolean reset = false;
        for (int i = 0; i < packets.length; i++) {
            Counted rule = live.rules.get(i);
            names.add(rule.family + rule.table + rule.rule);
            packets[i] = rule.packets;
            reset |= !samples.isEmpty() && samples.getLast().length > i && packets[i] < samples.getLast()[i];
        }
        if (reset || !names.equals(rules)) {
            clear();
            rules = names;
        }
        times.add(millis);
        samples.add(packets);
        while (samples.size() > Math.max(2, Math.min(SAMPLES, NUMBERS / Math.max(1, packets.length)))) {
            times.removeFirst();
            samples.removeFirst();
        }
    }

    /** Forgets all samples if the last one is a minute old. */
    synchronized void forget(long nowMillis) {
        if (nowMillis - addedMillis > FORGET_MILLIS) { clear(); }
    }

    private void clear() {
        times.clear();
        samples.clear();
        rules = new ArrayList<String>();
    }
}
