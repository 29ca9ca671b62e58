package boxwall.explain;

import java.util.Set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * With the 8 MB heap of a box, a usual proof succeeds, and a ruleset with exponentially large sets gives "too complex".
 */
class SmallHeapTest {
    @Test
    void proofIn8MbHeapSucceedsOrReportsTooComplex() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                "boxwall.explain.SmallHeapTest").redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), printed);
        List<String> lines = printed.lines().toList();
        assertEquals(List.of("proved", "true"), lines.subList(0, 2), printed);
        assertTrue(lines.get(2).startsWith("can't be proved, too complex"), printed);
        assertTrue(lines.get(3).contains("too complex"), printed);
    }

    /** Runs in the other JVM. */
    public static void main(String[] args) {
        AdminConnection lan = new AdminConnection("lan", Rules.network(Family.IPV4, "192.168.178.0/24"),
                Addresses.parse("192.168.178.1"), 8181);
        Ruleset guests = Wiki.with("-A FORWARD -i guest -o dsl -j ACCEPT", "-A FORWARD -i guest -j DROP");
        System.out.println(AdminProof.of(new Verdicts(guests, Rules.box()), List.of(lan)).result.word());
        System.out.println(Expectation.check("DROP", Rules.keys("in=guest out=lan"), new Verdicts(guests, Rules.box()),
                Set.of()).held);
        Ruleset exponential = exponential();
        System.out.println(Expectation.check("DROP", Rules.keys("in=dsl out=lan"),
                new Verdicts(exponential, Rules.box()), Set.of()).reason);
        System.out.println(Difference.of(exponential, guests, Rules.box()).incomplete());
    }

    /** Non-contiguous masks and negated destinations: the worst case for decision diagrams. */
    private static Ruleset exponential() {
        Random random = new Random(7);
        List<String> lines = new ArrayList<>(List.of(":FORWARD DROP"));
        for (int i = 0; i < 500; i++) {
            lines.add("-A FORWARD -s " + dotted(random) + "/" + dotted(random) + " ! -d " + dotted(random) + "/"
                    + dotted(random) + " -p tcp -m tcp --dport " + random.nextInt(65536)
                    + (i % 3 == 0 ? " -j DROP" : " -j ACCEPT"));
        }
        return Rules.v4(lines.toArray(new String[0]));
    }

    private static String dotted(Random random) {
        return random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
    }
}
