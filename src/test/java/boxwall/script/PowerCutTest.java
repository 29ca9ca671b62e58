package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * After a power cut at any point of confirm or of the boot guard, the box boots protected with the old plan or the new
 * one, and does so again. A random sample of the possible states of the flash folder is booted; all of them with
 * -Dboxwall.long=true.
 */
class PowerCutTest {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    private static final long SEED = Long.getLong("boxwall.seed", System.nanoTime() & 0xffff);
    private static final int DRAW = Integer.getInteger("boxwall.cuts", 4);
    private static final PlanFolder OLD = new PlanFolder("old", 1111);
    private static final PlanFolder NEW = new PlanFolder("new", 2222);

    /** Prepares the flash folder. */
    private static void prepare(NetBox box, String scenario) {
        switch (scenario) {
            case "first confirm" -> {
            }
            case "confirm" -> {
                box.storePlan("boot", OLD);
                box.sh("echo '# the source of old' >$BOXWALL_STATE/rules; echo '# older' >$BOXWALL_STATE/rules.1");
            }
            case "confirm over an unproven one" -> {
                box.storePlan("boot", OLD);
                box.storePlan("boot.new", new PlanFolder("new", 2222).with("notes", "another\n"));
            }
            case "first boot", "first boot that fell back" -> {
            }
            case "boot with a stateless form" -> {
                box.storePlan("boot", OLD);
                box.storePlan("boot.safe", OLD);
                box.storePlan("boot.bad", NEW);
            }
            default -> box.storePlan("boot", OLD);
        }
        if (scenario.contains("boot")) { box.storePlan("boot.new", NEW); }
        if (scenario.contains("fell back")) { box.sh("echo id=new >$BOXWALL_STATE/trial"); }
    }

    private static List<NavigableMap<String, String>> states(String scenario, String shell) {
        try (NetBox box = new NetBox(shell)) {
            FlashCuts cuts = new FlashCuts(box);
            box.settings.put("BOXWALL_PROVE_SECONDS", "1");
            prepare(box, scenario);
            if (scenario.contains("boot")) {
                cuts.startRecording();
                assertEquals(0, box.apply("boot").status());
                assertTrue(Wait.until(() -> box.outsideProcessCount() == 0),
                        () -> "the prover must end: " + box.commandLines());
            } else {
                NetBox.Answer tried = box.tryPlan(NEW, 60);
                cuts.startRecording();
                assertEquals("active", box.apply("confirm", tried.get("id")).get("state"));
            }
            return new ArrayList<>(cuts.states());
        }
    }

    @Test
    void bootsWithOldOrNewPlanAfterAPowerCutAtAnyPoint() {
        System.out.println("PowerCutTest: seed " + SEED + (LONG ? ", every cut" : ", a sample of the cuts"));
        Map<String, Integer> counts = Collections.synchronizedMap(new LinkedHashMap<>());
        SideBySide.runParallel(scenario -> {
            List<NavigableMap<String, String>> states =
                    states(scenario, scenario.length() % 2 == 0 ? "dash" : "busybox sh");
            counts.put(scenario, states.size());
            List<NavigableMap<String, String>> drawn = new ArrayList<>(states);
            Collections.shuffle(drawn, new Random(SEED + scenario.hashCode()));
            boot(scenario, LONG ? drawn : drawn.subList(0, Math.min(DRAW, drawn.size())));
        }, "confirm", "first confirm", "confirm over an unproven one", "boot", "first boot",
                "boot with a stateless form", "boot that fell back", "first boot that fell back");
        System.out.println("PowerCutTest: states " + counts);
        assertTrue(
                counts.values().stream().allMatch(n -> n >= 3) && counts.values().stream().mapToInt(n -> n).sum() > 150,
                counts.toString());
    }

    private static void boot(String scenario, List<NavigableMap<String, String>> states) {
        try (NetBox box = new NetBox(scenario.length() % 2 == 0 ? "busybox sh" : "dash")) {
            for (NavigableMap<String, String> state : states) {
                FlashCuts.write(box, state);
                for (String bootName : new String[] {"the boot after the cut", "the one after that, cut as well"}) {
                    box.cutPower();
                    NetBox.Answer answer = box.apply("boot");
                    String context =
                            scenario + ": " + bootName + ": " + state.keySet() + " " + answer.out() + answer.err();
                    assertEquals(0, answer.status(), context);
                    String rules = rules(box.tables());
                    boolean first = scenario.startsWith("first");
                    boolean allowed = rules.equals("1111") && !first || rules.equals("2222")
                            || first && rules.equals("closed") || scenario.equals("first confirm")
                                    && rules.equals("none") && !state.containsKey("boot.new/");
                    assertTrue(allowed, rules + ": " + context);
                    assertTrue(Files.exists(box.state.resolve("rules")) || !state.containsKey("rules"), context);
                }
                NetBox.Answer next = box.tryPlan(NEW, 60, "--replace");
                assertEquals(0, next.status(), "the next try: " + next.out() + next.err());
            }
        }
    }

    /** Which plan is in force in all its places: its port, "closed", "none", or a mix. */
    private static String rules(String tables) {
        for (String port : new String[] {"1111", "2222"}) {
            String other = port.equals("1111") ? "2222" : "1111";
            if (tables.split("--dport " + port, -1).length == 4 && !tables.contains(other)
                    && tables.split(":INPUT DROP", -1).length == 3) {
                return port;
            }
        }
        boolean closed = tables.split(":INPUT DROP", -1).length == 3 && tables.contains("-A INPUT -i lan -j ACCEPT")
                && !tables.contains("--dport 1111") && !tables.contains("--dport 2222");
        return closed ? "closed" : tables.contains("-A ") || tables.contains("DROP") ? "a mix:\n" + tables : "none";
    }
}
