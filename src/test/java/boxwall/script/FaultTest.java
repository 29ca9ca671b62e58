package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Every failure point of try, confirm, revert and boot: the n-th external command fails, hangs or gives a false result,
 * or the script (and its parent) is killed there with -9. Soon after, exactly the old rules or the new ones are in
 * force, the next try works, and nothing is left behind. Each run tests another random sample of the points; all of
 * them with -Dboxwall.long=true.
 */
class FaultTest {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    private static final long SEED = Long.getLong("boxwall.seed", System.nanoTime() & 0xffff);
    /** How many combinations of verb, fault and shell are drawn, and how many points of each. */
    private static final int CASES = Integer.getInteger("boxwall.cases", 12);
    private static final int POINTS = Integer.getInteger("boxwall.faults", 1);

    /**
     * About how many commands each verb starts, as counted by the long form. In a run with a higher number nothing
     * fails.
     */
    private static final Map<String, Integer> APPROXIMATE_COMMANDS =
            Map.of("try", 72, "witness", 72, "confirm", 25, "revert", 40, "boot", 72);

    private static List<String> cases() {
        List<String> cases = new ArrayList<>();
        for (String verb : System.getProperty("boxwall.verbs", "try witness confirm revert boot").split(" ")) {
            for (String fault : System.getProperty("boxwall.hows", "fail hang kill killall lie").split(" ")) {
                // a confirm loads no table, so nothing can lie about one
                if (verb.equals("confirm") && fault.equals("lie")) { continue; }
                for (String shell : new String[] {"dash", "busybox sh"}) {
                    if (!shell.matches(System.getProperty("boxwall.shell", ".*"))) { continue; }
                    cases.add(verb + ":" + fault + ":" + shell);
                }
            }
        }
        return cases;
    }

    @Test
    void rulesAreOldOrNewWhateverCommandFails() {
        System.out.println("FaultTest: seed " + SEED + (LONG ? ", every point" : ", a sample of the points"));
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        List<String> all = cases();
        Collections.shuffle(all, new Random(SEED));
        List<String> cases = LONG ? all : all.subList(0, Math.min(all.size(), CASES));
        AtomicInteger tried = new AtomicInteger();
        SideBySide.runParallel(testCase -> tried.addAndGet(runCase(testCase, failures)), cases.toArray(new String[0]));
        System.out.println("FaultTest: " + tried + " points");
        assertEquals(List.of(), failures);
        assertTrue(tried.get() >= cases.size(), "points tried: " + tried);
    }

    /** Runs one case at several points; returns their number. */
    private static int runCase(String testCase, List<String> failures) {
        String[] parts = testCase.split(":");
        Random random = new Random(SEED + testCase.hashCode());
        int points = 0;
        try (FaultBox box = new FaultBox(parts[2], parts[0])) {
            int calls = LONG ? box.run(0, parts[1]) : parts[1].equals("lie") ? 3 : APPROXIMATE_COMMANDS.get(parts[0]);
            if (LONG) { System.out.println("FaultTest: " + testCase + ": " + calls + " commands"); }
            assertTrue(calls > (parts[1].equals("lie") ? 0 : 10), testCase + ": " + calls + " commands");
            List<Integer> at = new ArrayList<>();
            for (int n = 1; n <= calls + 3; n++) { // waiting loops sometimes start a few more
                at.add(n);
            }
            if (!LONG) {
                Collections.shuffle(at, random);
                at = at.subList(0, Math.min(POINTS, at.size()));
            }
            for (int n : at) {
                points++;
                try {
                    box.run(n, parts[1]);
                } catch (AssertionError | RuntimeException e) {
                    failures.add(testCase + " at " + n + " (" + box.hitCommand() + "): " + e.getMessage());
                    System.out.println("FaultTest: " + failures.get(failures.size() - 1));
                    box.restart();
                }
            }
        }
        return points;
    }
}
