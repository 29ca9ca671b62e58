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
 * Every failure point of try, confirm, revert and boot: the n-th external command fails, hangs or lies, or the script
 * (and its parent) is killed with -9 at it. Whatever happens, the old rules are in force or the new ones, exactly, soon
 * after; the next try works; nothing is left behind. Of all the points a draw is tried, another one each time; all of
 * them with -Dboxwall.long=true.
 */
class FaultTest {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    private static final long SEED = Long.getLong("boxwall.seed", System.nanoTime() & 0xffff);
    /** How many of the verbs, ways to fail and shells, and how many points of each, are drawn. */
    private static final int CASES = Integer.getInteger("boxwall.cases", 12);
    private static final int DRAW = Integer.getInteger("boxwall.faults", 1);

    /**
     * About how many commands the verbs start; counted with the long form. A draw above is a run in which nothing
     * fails.
     */
    private static final Map<String, Integer> ABOUT =
            Map.of("try", 72, "witness", 72, "confirm", 25, "revert", 40, "boot", 85);

    private static List<String> cases() {
        List<String> cases = new ArrayList<>();
        for (String verb : System.getProperty("boxwall.verbs", "try witness confirm revert boot").split(" ")) {
            for (String how : System.getProperty("boxwall.hows", "fail hang kill killall lie").split(" ")) {
                for (String shell : new String[] {"dash", "busybox sh"}) {
                    if (!shell.matches(System.getProperty("boxwall.shell", ".*"))) { continue; }
                    cases.add(verb + ":" + how + ":" + shell);
                }
            }
        }
        return cases;
    }

    @Test
    void oldOrNewWhateverFails() {
        System.out.println("FaultTest: seed " + SEED + (LONG ? ", every point" : ", a draw of the points"));
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        List<String> all = cases();
        Collections.shuffle(all, new Random(SEED));
        List<String> cases = LONG ? all : all.subList(0, Math.min(all.size(), CASES));
        AtomicInteger tried = new AtomicInteger();
        SideBySide.runParallel(which -> tried.addAndGet(play(which, failures)), cases.toArray(new String[0]));
        System.out.println("FaultTest: " + tried + " points");
        assertEquals(List.of(), failures);
        assertTrue(tried.get() >= cases.size(), "points tried: " + tried);
    }

    /** Plays one case at several points; how many. */
    private static int play(String which, List<String> failures) {
        String[] parts = which.split(":");
        Random random = new Random(SEED + which.hashCode());
        int points = 0;
        try (FaultBox box = new FaultBox(parts[2], parts[0])) {
            int calls = LONG ? box.strike(0, parts[1]) : parts[1].equals("lie") ? 3 : ABOUT.get(parts[0]);
            if (LONG) { System.out.println("FaultTest: " + which + ": " + calls + " commands"); }
            assertTrue(calls > (parts[1].equals("lie") ? -1 : 10), which + ": " + calls + " commands");
            List<Integer> at = new ArrayList<>();
            for (int n = 1; n <= calls + 3; n++) { // loops that wait make a few more at times
                at.add(n);
            }
            if (!LONG) {
                Collections.shuffle(at, random);
                at = at.subList(0, Math.min(DRAW, at.size()));
            }
            for (int n : at) {
                points++;
                try {
                    box.strike(n, parts[1]);
                } catch (AssertionError | RuntimeException e) {
                    failures.add(which + " at " + n + " (" + box.struck() + "): " + e.getMessage());
                    System.out.println("FaultTest: " + failures.get(failures.size() - 1));
                    box.renew();
                }
            }
        }
        return points;
    }
}
