package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A list of ports, {@code 80,443,5060:5070}: ranges in the order in which they are written. */
public final class Ports {
    public static final Ports ALL = of(0, 65535);
    public static final Ports NONE = new Ports(new ArrayList<int[]>());

    /** Both ends of each range; nobody changes them. */
    public final List<int[]> ranges;

    private Ports(List<int[]> ranges) { this.ranges = Collections.unmodifiableList(ranges); }

    public static Ports of(int low, int high) { return of(Collections.singletonList(new int[] {low, high})); }

    public static Ports of(List<int[]> ranges) { return new Ports(new ArrayList<>(ranges)); }

    /** Reads {@code 80,1024:,:1023}; an end that is left out is the first or last port. Null for another text. */
    public static Ports parse(String text) {
        List<int[]> ranges = new ArrayList<>();
        for (String part : Words.split(text, ',')) {
            String start = Words.before(part, ':');
            String end = Words.after(part, ':');
            long low = end != null && start.length() == 0 ? 0 : Words.number(start, 65535);
            long high = end == null ? low : end.length() == 0 ? 65535 : Words.number(end, 65535);
            if (low < 0 || high < 0) { return null; }
            ranges.add(new int[] {(int) low, (int) high});
        }
        return new Ports(ranges);
    }

    public boolean isEmpty() { return ranges.isEmpty(); }

    /** The number of ports in all ranges. */
    public int count() {
        int count = 0;
        for (int[] range : ranges) {
            count += range[1] - range[0] + 1;
        }
        return count;
    }

    /** The intersection. */
    public Ports within(Ports others) {
        List<int[]> both = new ArrayList<>();
        for (int[] range : ranges) {
            for (int[] bound : others.ranges) {
                int low = Math.max(range[0], bound[0]);
                int high = Math.min(range[1], bound[1]);
                if (low <= high) { both.add(new int[] {low, high}); }
            }
        }
        return new Ports(both);
    }

    /** These ports without the others. */
    public Ports without(Ports others) {
        Ports rest = this;
        for (int[] range : others.ranges) {
            List<int[]> parts = new ArrayList<>(rest.within(of(0, range[0] - 1)).ranges);
            parts.addAll(rest.within(of(range[1] + 1, 65535)).ranges);
            rest = new Ports(parts);
        }
        return rest;
    }

    /** Parts that fit into a multiport: 15 ports, a range counts twice (XT_MULTI_PORTS of xt_multiport.h). */
    public List<Ports> parts() {
        List<Ports> parts = new ArrayList<>();
        List<int[]> part = new ArrayList<>();
        int used = 0;
        for (int[] range : ranges) {
            int size = range[0] == range[1] ? 1 : 2;
            if (used + size > 15) {
                parts.add(of(part));
                part.clear();
                used = 0;
            }
            part.add(range);
            used += size;
        }
        parts.add(of(part));
        return parts;
    }

    @Override
    public boolean equals(Object other) { return other instanceof Ports && toString().equals(other.toString()); }

    @Override
    public int hashCode() { return toString().hashCode(); }

    /** As iptables-save prints them. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        for (int[] range : ranges) {
            words.add(range[0] + (range[0] == range[1] ? "" : ":" + range[1]));
        }
        return Words.join(words, ",");
    }
}
