package boxwall.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.report.FactsJson;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Real boxes: the folders recorded-* under src/test/resources/boxes, each with its SOURCE.md. The table here has the
 * facts that the records prove; all facts are in expected/NAME.txt, which {@code -Dboxwall.update=true} updates.
 */
class RecordedBoxesTest {
    private static final Path BOXES = Path.of("src/test/resources/boxes");

    /**
     * Box, fact, value. A fact that the record does not prove must be "unknown" or null, not guessed.
     */
    private static final String[][] KNOWN = {
            // A: "absent" needs proof
            {"7530ax-netdev", "packet_acceleration.state", "unknown"},
            {"7530ax-netdev", "packet_acceleration.hardware", "unknown"},
            {"3272-2.6.32", "packet_acceleration.state", "unknown"},
            {"7390-2.6.28", "packet_acceleration.state", "unknown"},
            {"7390-2.6.28", "packet_acceleration.hardware", "unknown"},
            {"w701v-2.6.13", "packet_acceleration.state", "absent"},
            {"w701v-2.6.13-serial", "packet_acceleration.state", "absent"},
            {"w900v-2.6.13", "packet_acceleration.state", "absent"},
            {"w920v-2.6.19", "packet_acceleration.state", "absent"},
            {"3030-2.4", "packet_acceleration.state", "absent"},
            {"dvbc-repeater", "packet_acceleration.state", "unknown"},
            {"7412-3.10", "packet_acceleration.state", "unknown"},
            // B: the release, and facts that follow from it
            {"3030-2.4", "kernel.release", "2.4.17_mvl21-malta-mips_fp_le"},
            {"3030-2.4", "kernel.generation", "unknown"}, {"3030-2.4", "kernel.machine", "mips"},
            {"3272-2.6.32", "kernel.release", "2.6.32.61"}, {"3490-3.10", "kernel.release", "3.10.107"},
            {"6490-2.6.39", "kernel.release", "2.6.39.3"}, {"7412-3.10", "kernel.release", "3.10.73"},
            {"w701v-2.6.13-serial", "kernel.release", "2.6.13.1-ohio"},
            {"w701v-2.6.13", "kernel.release", "2.6.13.1-ohio"}, {"w900v-2.6.13", "kernel.generation", "2.6.13"},
            {"w920v-2.6.19", "kernel.release", "2.6.19.2"}, {"5690pro-5.4", "kernel.release", "5.4.213"},
            {"7520-4.4", "kernel.release", "4.4.271"}, {"3272-2.6.32", "conntrack.state", "refused"},
            {"3490-3.10", "conntrack.state", "refused"}, {"6490-2.6.39", "conntrack.state", "refused"},
            {"7412-3.10", "conntrack.state", "refused"}, {"7412-3.10", "conntrack.owner", "unknown"},
            {"3272-2.6.32", "conntrack.owner", "avm"}, {"7390-2.6.28", "kernel.release", null},
            {"7490-3.10", "kernel.release", null}, {"7530ax-4.1", "kernel.release", null},
            {"dvbc-repeater", "kernel.release", null}, {"5530-ifconfig", "kernel.release", null},
            {"7390-2.6.28", "conntrack.state", "unknown"}, {"7490-3.10", "conntrack.state", "unknown"},
            {"7530ax-4.1", "conntrack.state", "unknown"}, {"w701v-2.6.13", "conntrack.state", "unknown"},
            {"7520-4.4", "conntrack.state", "unknown"}, {"3030-2.4", "conntrack.state", "unknown"},
            // C: kernel log lines with any prefix
            {"7520-4.4", "netfilter.ipv4.targets.REJECT", "refused"},
            // D: dsld, printk, firmware
            {"3272-2.6.32", "dsld", "running"}, {"3490-3.10", "dsld", "running"}, {"7530ax-4.1", "dsld", "running"},
            {"w701v-2.6.13", "dsld", "running"}, {"w701v-2.6.13-serial", "dsld", "running"},
            {"w900v-2.6.13", "dsld", "running"}, {"w920v-2.6.19", "dsld", "running"}, {"7412-3.10", "dsld", "unknown"},
            {"dvbc-repeater", "dsld", "unknown"}, {"5690pro-5.4", "dsld", "unknown"}, {"3272-2.6.32", "printk", "avm"},
            {"w920v-2.6.19", "printk", "avm"}, {"3490-3.10", "printk", "unknown"},
            {"w920v-2.6.19", "firmware.version", "04.70"}, {"w920v-2.6.19", "firmware.model", "Fritz_Box_DECT_W920V"},
            {"w701v-2.6.13", "firmware.version", "04.26"},
            {"w701v-2.6.13-serial", "firmware.model", "Speedport W 701V"}, {"3272-2.6.32", "firmware.version", null},
            // E: different formats
            {"3030-2.4", "memory_mb", "16"}, {"w701v-2.6.13", "memory_mb", "32"},
            {"w701v-2.6.13-serial", "memory_mb", "32"}, {"w900v-2.6.13", "memory_mb", "32"},
            {"w920v-2.6.19", "memory_mb", "64"}, {"3272-2.6.32", "memory_mb", "128"},
            {"7390-2.6.28", "iptables.version", "1.4.11.1"}, {"w701v-2.6.13", "interfaces.lan.net", "192.168.2.0/24"},
            {"w900v-2.6.13", "interfaces.lan.ip", "192.168.2.1"}, {"7530ax-netdev", "interfaces.lan.name", "lan"},
            {"7530ax-netdev", "interfaces.wan", null}, {"5690pro-5.4", "interfaces.wan", null},
            {"5530-ifconfig", "interfaces.wan", null}, {"dvbc-repeater", "interfaces.lan.name", "lan"},};

    static List<Path> boxes() throws IOException {
        try (var list = Files.list(BOXES)) {
            return list.filter(p -> p.getFileName().toString().startsWith("recorded-")).sorted().toList();
        }
    }

    private static BoxFacts facts(String name) {
        return new BoxFacts(BoxReader.read(MemorySys.of(BOXES.resolve("recorded-" + name)), "/box"));
    }

    @Test
    void statusCachesTheTextOfItsOwnFacts() {
        BoxFacts one = facts("7390-2.6.28");
        BoxFacts other = facts("3272-2.6.32");
        for (BoxFacts facts : List.of(one, other, one)) {
            assertEquals(FactsJson.of(facts).toString(), FactsJson.inStatus(facts));
            assertSame(FactsJson.inStatus(facts), FactsJson.inStatus(facts), "the text is cached");
        }
    }

    @TestFactory
    List<DynamicTest> tableOfKnownFacts() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String[] row : KNOWN) {
            tests.add(DynamicTest.dynamicTest(row[0] + " " + row[1], () -> {
                JsonValue value = FactsJson.of(facts(row[0]));
                for (String name : row[1].split("\\.")) {
                    value = value.asObject().get(name);
                }
                assertEquals(row[2], value.isNull() ? null : value.isString() ? value.asString() : value.toString());
            }));
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> givesTheExpectedFactsAndFindings() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path box : boxes()) {
            tests.add(DynamicTest.dynamicTest(box.getFileName().toString(), () -> ModelBoxesTest.compare(box)));
        }
        return tests;
    }

    @Test
    void everyBoxNamesItsSource() throws IOException {
        assertEquals(17, boxes().size());
        for (Path box : boxes()) {
            assertTrue(Files.readString(box.resolve("SOURCE.md")).contains("\nFrom "), box + " has no source");
            assertFalse(Files.exists(box.resolve("README")), box + " has the README of a model");
        }
    }

    @TestFactory
    List<DynamicTest> recordsHoldNoOwnersData() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path box : boxes()) {
            tests.add(DynamicTest.dynamicTest(box.getFileName().toString(),
                    () -> MemorySys.of(box).files.forEach((path, text) -> {
                        String withoutPlaceholders =
                                text.replaceAll("(?i)00[:-]04[:-]0E[:-]00[:-]00[:-]0[0-9]|00([:-]00)+", "");
                        assertFalse(withoutPlaceholders.matches("(?is).*[0-9a-f]{2}(:[0-9a-f]{2}){5}.*"),
                                path + " has a MAC address");
                        assertFalse(withoutPlaceholders.matches("(?is).*(serialnumber|wlan_key|webgui_pass|passw).*"),
                                path + " has a secret");
                    })));
        }
        return tests;
    }

    @Test
    void noReasonNamesAnUnknownKernel() throws IOException {
        for (Path box : boxes()) {
            BoxFacts facts = new BoxFacts(BoxReader.read(MemorySys.of(box), "/box"));
            if (facts.kernel.value() == null) {
                String reasons = facts.conntrack().reason + facts.findings;
                assertFalse(reasons.contains("5.15") || reasons.contains("like "), box + ": " + reasons);
            }
        }
    }

    @Test
    void missingListOfModulesIsReportedOnceWithTheRightRemedy() throws IOException {
        for (Path box : boxes()) {
            MemorySys sys = MemorySys.of(box);
            boolean read = sys.files.containsKey("/proc/modules") || sys.files.containsKey("/commands/lsmod");
            List<Finding> unknown = new ArrayList<>();
            for (Finding finding : new BoxFacts(BoxReader.read(sys, "/box")).findings) {
                if (finding.code.equals("modules-unknown")) { unknown.add(finding); }
            }
            assertEquals(read ? 0 : 1, unknown.size(), box.toString());
            assertTrue(read || !unknown.get(0).remedy.contains("mount"),
                    box + ": /proc was mounted, or nothing of it was recorded");
        }
    }

    /** A report of a wrong verdict needs the line that decided it. */
    @Test
    void everyVerdictNamesItsEvidence() throws IOException {
        for (Path box : boxes()) {
            JsonObject json = FactsJson.of(new BoxFacts(BoxReader.read(MemorySys.of(box), "/box")));
            JsonObject decidedBy = json.get("decided_by").asObject();
            String[][] verdicts = {{"printk", "unknown"}, {"dsld", "unknown"}};
            for (String[] verdict : verdicts) {
                assertEquals(!json.getString(verdict[0], "").equals(verdict[1]), decidedBy.get(verdict[0]) != null,
                        box + " " + verdict[0]);
            }
            JsonObject kernel = json.get("kernel").asObject();
            assertEquals(!kernel.get("release").isNull(), decidedBy.get("kernel.release") != null, box + " release");
            assertEquals(!json.get("memory_mb").isNull(), decidedBy.get("memory_mb") != null, box + " memory");
            assertTrue(decidedBy.get("conntrack") != null, box + " conntrack");
            assertTrue(json.get("packet_acceleration").asObject().getString("state", "").equals("unknown")
                    || decidedBy.get("packet_acceleration") != null, box.toString());
        }
    }

    @Test
    void noFalseFindingAboutTheLayoutOfSkBuff() throws IOException {
        for (Path box : boxes()) {
            for (Finding finding : new BoxFacts(BoxReader.read(MemorySys.of(box), "/box")).findings) {
                assertFalse(finding.code.contains("layout"), box + ": " + finding);
            }
        }
    }
}
