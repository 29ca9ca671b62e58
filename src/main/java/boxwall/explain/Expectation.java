package boxwall.explain;

import boxwall.netfilter.Ruleset;
import java.util.LinkedHashMap;
import java.util.Map;

/** The outcome of one {@code expect} line: a statement about a packet that the ruleset must fulfil. */
public final class Expectation {
    private final boolean held;
    private final String skippedBecause;
    private final String reason;
    private final Answer counterexample;

    private Expectation(boolean held, String skippedBecause, String reason, Answer counterexample) {
        this.held = held;
        this.skippedBecause = skippedBecause;
        this.reason = reason;
        this.counterexample = counterexample;
    }

    /**
     * Checks a statement.
     *
     * @param verdict ACCEPT, REJECT, or DROP, which includes REJECT
     * @param keys as {@link Keys}; what is left out means every value
     * @throws IllegalArgumentException for a word or key that isn't understood, with what was expected
     */
    public static Expectation check(String verdict, Map<String, String> keys, Ruleset ruleset, Site site) {
        if (!verdict.equals("ACCEPT") && !verdict.equals("DROP") && !verdict.equals("REJECT")) {
            throw new IllegalArgumentException("verdict: found '" + verdict + "', expected ACCEPT, DROP or REJECT");
        }
        Packet packet = Keys.packet(pointsOnly(keys), site);
        for (String name : new String[] {packet.in(), packet.out()}) {
            if (name != null && !site.has(name)) {
                return new Expectation(false, "the box has no interface '" + name + "'", "skipped", null);
            }
        }
        Answer answer = new Walk(ruleset, site).packet(packet, Keys.hook(keys));
        Verdict wanted = Verdict.valueOf(verdict);
        for (Verdict each : answer.possible()) {
            if (each != wanted && !(wanted == Verdict.DROP && each == Verdict.REJECT)) {
                return new Expectation(false, null, "expected " + verdict + ", found " + answer, answer);
            }
        }
        return new Expectation(true, null, verdict + " holds", null);
    }

    /**
     * The keys without those that state a set: what isn't given is walked as unknown, which covers every value, so a statement
     * that holds for it holds for the set.
     */
    private static Map<String, String> pointsOnly(Map<String, String> keys) {
        Map<String, String> points = new LinkedHashMap<String, String>(keys);
        for (String key : new String[] {"src", "dst", "sport", "dport"}) {
            String value = keys.get(key);
            boolean port = key.endsWith("port");
            if (value != null && (value.indexOf('/') >= 0 || value.indexOf('-') >= 0 || port && value.indexOf(':') >= 0)) {
                points.remove(key);
                if (!port && !points.containsKey("family")) {
                    points.put("family", value.indexOf(':') >= 0 ? "ipv6" : "ipv4");
                }
            }
        }
        return points;
    }

    /** Whether the statement holds; false too when it was skipped, and when it couldn't be decided. */
    public boolean held() {
        return held;
    }

    /** Why it wasn't checked (an interface that the box lacks), or null. */
    public String skippedBecause() {
        return skippedBecause;
    }

    /** What holds or what was found instead, in words. */
    public String reason() {
        return reason;
    }

    /** The walk of a packet that shows that it doesn't hold; null when it does, and when there is none to show. */
    public Answer counterexample() {
        return counterexample;
    }

    @Override
    public String toString() {
        return skippedBecause != null ? "skipped: " + skippedBecause : reason;
    }
}
