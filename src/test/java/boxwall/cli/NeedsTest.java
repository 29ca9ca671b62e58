package boxwall.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.modules.ImageModel;
import boxwall.netfilter.ResourceRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code boxwall needs}: what an image must contain for a ruleset, by model and firmware. */
class NeedsTest {
    @TempDir
    Path folder;

    /** The status and the output of both streams. */
    private static String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> words = new ArrayList<>(List.of("needs"));
        words.addAll(List.of(arguments));
        int status = Main.run(words, new PrintStream(out, true), new PrintStream(out, true));
        return "status " + status + "\n" + out;
    }

    private String needs(String rules, String model, String firmware) throws IOException {
        Path file = Files.writeString(folder.resolve("my.rules"), rules);
        return run(file.toString(), "--model", model, "--firmware", firmware);
    }

    @ParameterizedTest
    @CsvSource({"7590, 08.2x, 4.9.337, FREETZ_MODULE_nf_log_ipv4=y, FREETZ_MODULES_OWN",
            "7490, 06.83, 3.10.73, FREETZ_MODULE_xt_LOG=y, nf_log",
            "FRITZ!Box 7270 v3, 06.06, 2.6.32.60, FREETZ_MODULE_ipt_LOG=y, DEVELOPER",
            "7530, 8.20, 4.4.271, nf_conntrack_ipv4 xt_conntrack, no connection tracking",
            "7690, 08.2x, 5.4.213, # FREETZ_MODULE_iptable_filter is not set, FREETZ_MODULE_iptable_filter=y",
            "7170, 04.88, 2.6.13.1, FREETZ_MODULE_ipt_multiport=y, x_tables"})
    void shippedRulesNeedSymbolsOfModel(String model, String firmware, String kernel, String present, String absent) {
        String text = run("conf/boxwall.rules", "--model", model, "--firmware", firmware);
        assertTrue(text.startsWith("status 0\n") && text.contains("kernel " + kernel + ":") && text.contains(present),
                text);
        assertTrue(text.contains("FREETZ_PACKAGE_IPTABLES_SAVE_RESTORE=y\n")
                && text.contains("FREETZ_PACKAGE_BOXWALL=y\n"), text);
        assertFalse(text.contains(absent), text);
        for (String line : text.split("\n")) {
            assertTrue(line.matches("status 0|#.*|FREETZ_[A-Za-z0-9_]+=(y|\"[a-z0-9A-Z_ ]+\")"),
                    "not a line of .config: " + line);
        }
    }

    @Test
    void rejectNeedsModuleThatNoMenuOffers() throws IOException {
        String text = needs("iptables -A INPUT -p tcp -j REJECT\n", "7590", "07.57");
        assertTrue(text.contains("FREETZ_MODULE_ipt_REJECT=y\n")
                && text.contains("FREETZ_MODULES_OWN=\"nf_reject_ipv4\"\n"), text);
        assertFalse(text.contains("IPV6"), text);
        String old = needs("iptables -A INPUT -p tcp -j REJECT\n", "7490", "06.83");
        assertTrue(old.contains("FREETZ_MODULE_ipt_REJECT=y\n") && !old.contains("OWN"), old);
    }

    /** Their menu offers no connection tracking: it runs out of memory. */
    @Test
    void boxesThatLackMemoryNeedNoConnectionTracking() throws IOException {
        String rules = "iptables -A INPUT -m state --state ESTABLISHED -j ACCEPT\niptables -P INPUT DROP\n";
        String text = needs(rules, "7170", "04.88");
        assertTrue(text.startsWith("status 0\n") && text.contains("# no connection tracking, "), text);
        assertFalse(text.contains("conntrack=y") || text.contains("state=y"), text);
        assertTrue(needs(rules, "7270v1", "04.88").contains("FREETZ_MODULE_ip_conntrack=y\n"));
    }

    /** Freetz-NG shows the symbol for own modules from level Expert on, and drops it below. */
    @Test
    void ownModulesNeedLevelExpert() throws IOException {
        String own = needs("ip6tables -A INPUT -j ACCEPT\n", "7390", "06.5x");
        assertTrue(own.contains("FREETZ_USER_LEVEL_EXPERT=y\n") && own.contains("FREETZ_MODULES_OWN="), own);
        String none = needs("iptables -A INPUT -j ACCEPT\n", "7390", "06.8x");
        assertFalse(none.contains("LEVEL") || none.contains("OWN"), none);
    }

    @Test
    void unavailableFeatureIsReportedWithLineAndReason() throws IOException {
        String text = needs("iptables -A INPUT -p tcp -j ACCEPT\niptables -A INPUT -m recent --name x --set -j DROP\n",
                "7590", "08.2x");
        assertTrue(text.startsWith("status 1\n")
                && text.contains("# not available: my.rules:2: match recent: neither Freetz' menu nor"), text);
        String builtin = needs("iptables -A INPUT -j LOG\n", "6660", "07.5x");
        assertTrue(builtin.startsWith("status 1\n") && builtin.contains("target LOG")
                && builtin.contains("# FREETZ_MODULE_xt_LOG is not set\n"), builtin);
        String none = needs("iptables -A INPUT -j ACCEPT\n", "7581", "07.1x");
        assertTrue(none.startsWith("status 1\n") && none.contains("# not available: Freetz-NG has no kernel sources"),
                none);
    }

    @ParameterizedTest
    @ValueSource(strings = {"75|1|no model '75'; known: 0300 ", "7591|08.2x|no model '7591'; known: 7590 7590ax",
            "7590|05.5x|no firmware '05.5x' for 7590; known: 06.8x 06.9x",
            "7590|new|no firmware 'new' for 7590; known: 06.8x", "7590||no firmware '' for 7590",
            "|08.2x|no model ''; known: 0300"})
    void unknownModelOrFirmwarePrintsKnownOnes(String words) throws IOException {
        String[] parts = words.split("\\|", -1);
        String text = needs("iptables -A INPUT -j ACCEPT\n", parts[0], parts[1]);
        assertTrue(text.startsWith("status 2\nboxwall: " + parts[2]), text);
    }

    @Test
    void missingArgumentsAndInvalidFilesAreReported() throws IOException {
        assertTrue(run("conf/boxwall.rules").startsWith("status 2\nboxwall: needs takes --model"),
                run("conf/boxwall.rules"));
        assertTrue(run("--model", "7590", "--firmware", "08.2x")
                .startsWith("status 2\nboxwall: needs requires a ruleset file"));
        assertTrue(run("none.rules", "--model", "7590", "--firmware", "08.2x")
                .startsWith("status 2\nboxwall: none.rules can't be opened"));
        assertTrue(needs("iptables -A INPUT --what\n", "7590", "08.2x").startsWith("status 1\nmy.rules:1:"));
    }

    /** Every row has a title with a kernel release, and available modules or a reason why there are none. */
    @Test
    void everyRowOfModelsIsComplete() throws IOException {
        List<String[]> boxes = ResourceRows.of("/boxwall/modules/models.txt").stream()
                .filter(words -> words[0].equals("box")).toList();
        assertTrue(boxes.size() > 300);
        for (String[] words : boxes) {
            String row = words[1] + " " + words[2];
            ImageModel model = ImageModel.find(words[1], words[2]);
            assertTrue(model.title.matches(words[1] + ", FRITZ!OS " + words[2] + ", kernel [2-5]\\.[0-9.]+"), row);
            assertTrue(!model.obstacle.isEmpty() || !model.obtainable().isEmpty(), row);
        }
    }
}
