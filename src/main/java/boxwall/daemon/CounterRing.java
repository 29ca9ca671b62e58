package boxwall.daemon;

import boxwall.plan.Counted;
import boxwall.plan.LiveRules;

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;

/**
 * The rules' packets at the last 120 looks, for a graph; only in memory, and only while somebody looks. Who reads it
 * holds its lock.
 */
final class CounterRing {
    private static final int SAMPLES = 120;
    /** Numbers in all at most, 8 bytes each: a ruleset of 1000 lines gets 40 samples, not 120, of a heap of 8 MB. */
    private static final int NUMBERS = 40000;
    private static final long FORGET_MILLIS = 60 * 1000;

    /** Milliseconds of uptime of the looks, oldest first. */
    final LinkedList<Long> times = new LinkedList<>();
    /** The packets of each rule at those times. */
    final LinkedList<long[]> samples = new LinkedList<>();
    private List<String> rules = new ArrayList<>();
    private long lookedMillis;

    /** Adds a sample; other rules, or counters that were reset, start again. */
    synchronized void add(LiveRules live, long millis) {
        forget(millis);
        lookedMillis = millis;
        List<String> names = new ArrayList<>();
        long[] packets = new long[live.rules.size()];
        boolean back = false;
        for (int i = 0; i < packets.length; i++) {
            Counted rule = live.rules.get(i);
            names.add(rule.family + rule.table + rule.rule);
            packets[i] = rule.packets;
            back |= !samples.isEmpty() && samples.getLast().length > i && packets[i] < samples.getLast()[i];
        }
        if (back || !names.equals(rules)) {
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

    /** Lets everything go when nobody has looked for a minute. */
    synchronized void forget(long nowMillis) {
        if (nowMillis - lookedMillis > FORGET_MILLIS) { clear(); }
    }

    private void clear() {
        times.clear();
        samples.clear();
        rules = new ArrayList<String>();
    }
}
