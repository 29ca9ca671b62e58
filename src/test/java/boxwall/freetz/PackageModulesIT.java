package boxwall.freetz;

import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.compile.Presets;
import boxwall.facts.BoxFacts;
import boxwall.modules.ImageModel;
import boxwall.netfilter.ResourceRows;
import boxwall.syntax.TestIncludes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The modules that the package's Config.in selects suffice for boxwall.rules and every preset on every model, except
 * for the list in docs/kernels.md.
 */
class PackageModulesIT {
    private static final String VALUES =
            "RTP_PORTS=7078:7109\nVPN_IF=tun0\nVPN_NET=10.8.0.0/24\nVPN_PORT=1194\nDMZ_HOST=192.168.179.20\nDMZ_PORTS=80,443\nVIRTUAL_IP=203.0.113.9\n"
                    + "VIRTUAL_HOST=192.168.178.20\nVIRTUAL_PORTS=80,443\nDEVICE=192.168.178.30\nHOST=192.168.178.20\nPORTS=443\nTO=203.0.113.0/24\n";
    private static final Path PRESETS = Path.of("conf/presets");
    private static final Path BOXES = Path.of("src/test/resources/boxes");

    @TempDir
    Path tree;

    private final Map<String, Set<String>> selections = new HashMap<>();

    /**
     * The modules of an image: those that Config.in selects, and those that Freetz' own menu entries select with them.
     */
    private Set<String> image(ImageModel model) throws Exception {
        String title = model.title;
        String[] release = title.replaceAll("^.*kernel ", "").split("\\.");
        String kernel = release[0] + "_" + release[1] + (release[0].equals("2") ? "_" + release[2] : "");
        String kind = model.unwanted.size() > 1 ? kernel.equals("2_6_28") ? "IKS" : "MIAMI"
                : model.unwanted.size() == 1 ? "PUMA7" : "";
        String key = kernel + kind;
        if (!selections.containsKey(key)) {
            Set<String> on = MenuIT.selected(tree, "ng", "KERNEL_VERSION_" + kernel, "PACKAGE_IPTABLES",
                    "PACKAGE_BOXWALL", "TARGET_IPV6_SUPPORT", kind.isEmpty() ? "NONE" : "SYSTEM_TYPE_" + kind);
            Set<String> modules = new TreeSet<>();
            on.stream().filter(symbol -> symbol.startsWith("MODULE_"))
                    .forEach(symbol -> modules.add(symbol.substring(7)));
            if (modules.contains("xt_LOG") && Integer.parseInt(release[0]) >= 4) {
                // Iptables' own menu selects them with xt_LOG
                modules.addAll(List.of("nf_log_common", "nf_log_ipv4", "nf_log_ipv6"));
            }
            selections.put(key, modules);
        }
        return selections.get(key);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The matches, targets and tables of a ruleset that check refuses on a box because the image lacks them. */
    private static List<String> refused(Readings box, String text) {
        TestIncludes includes = name -> Source.preset(name, read(PRESETS.resolve(name + ".rules")));
        BoxFacts facts = new BoxFacts(box);
        ParsedRules parsed = RulesetParser.parse(new Source("rules", text), facts.names, includes);
        assertEquals(List.of(), parsed.errors());
        Compiled compiled = Compiler.compile(parsed, facts, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
        List<String> refused = new ArrayList<>();
        for (Finding finding : AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, facts))) {
            if (finding.severity == Finding.Severity.REFUSE) {
                refused.add(finding.effect.replaceAll("^.*\"(match|target|table) (.*)\".*$", "$1 $2"));
            }
        }
        return refused.stream().distinct().toList();
    }

    private static Map<String, String> rulesets() throws IOException {
        Map<String, String> all = new TreeMap<>();
        all.put("boxwall.rules", read(Path.of("conf/boxwall.rules")));
        try (Stream<Path> files = Files.list(PRESETS)) {
            files.forEach(file -> {
                String name = file.getFileName().toString().replace(".rules", "");
                all.put(name, VALUES + "include " + name + "\n");
            });
        }
        return all;
    }

    /** {@code 4.9.337}. */
    private static String release(ImageModel model) {
        return model.title.replaceAll("^.*kernel ", "");
    }

    /** {@code 4.9}, with a mark for kernels that differ from others of the generation. */
    private static String kernel(ImageModel model) {
        return release(model).replaceAll("^(2\\.6\\.\\d+|\\d+\\.\\d+).*$", "$1")
                + (model.unwanted.size() > 1 ? " x_tables" : model.unwanted.size() == 1 ? " nf_log" : "");
    }

    @Test
    void selectedModulesSufficeForAllRulesets() throws Exception {
        Map<String, String> rulesets = rulesets();
        Map<String, Map<String, List<String>>> seen = new HashMap<>();
        Map<String, Set<String>> rows = new TreeMap<>();
        for (String[] row : ResourceRows.of("/boxwall/modules/models.txt")) {
            if (!row[0].equals("box")) { continue; }
            String name = row[1] + " " + row[2];
            ImageModel model = ImageModel.find(row[1], row[2]);
            if (!model.obstacle.isEmpty()) { continue; }
            Set<String> image = image(model);
            Set<String> unobtainable = new TreeSet<>(image);
            unobtainable.removeAll(model.obtainable());
            assertEquals(Set.of(), unobtainable,
                    model.title + ": selected, but the kernel's build has no such module, so the image's build fails");
            if (model.unwanted.size() > 1) {
                assertEquals(Set.of(), image, model.title);
                image = model.obtainable(); // selected by hand, as the command needs prints
            }
            Readings box = model.readings(image);
            String folder = "/lib/modules/" + release(model) + "/";
            String key = kernel(model) + box.text(folder + "modules.dep") + box.text(folder + "modules.builtin")
                    + box.text("/proc/config");
            if (!seen.containsKey(key)) {
                Map<String, List<String>> results = new TreeMap<>();
                for (Map.Entry<String, String> ruleset : rulesets.entrySet()) {
                    results.put(ruleset.getKey(), refused(box, ruleset.getValue()));
                }
                seen.put(key, results);
            }
            if (seen.get(key).get("boxwall.rules").contains("table filter")) {
                rows.computeIfAbsent("every ruleset | table filter", all -> new TreeSet<>()).add(kernel(model));
                continue;
            }
            seen.get(key).forEach((ruleset, results) -> results.forEach(result -> rows
                    .computeIfAbsent(ruleset + " | " + result, all -> new TreeSet<>()).add(kernel(model))));
        }
        assertTrue(seen.size() > 15, "different images: " + seen.size());
        StringBuilder table = new StringBuilder();
        rows.forEach((missing, kernels) -> table.append("| ").append(missing).append(" | ")
                .append(String.join(", ", kernels)).append(" |\n"));
        Files.writeString(Path.of("target/package-modules.txt"), table);
        assertTrue(Files.readString(Path.of("docs/kernels.md")).contains(table),
                "docs/kernels.md should have this list:\n" + table);
    }

    /**
     * boxes/images.txt, which UseCasesTest uses for the model boxes, lists what Config.in selects;
     * -Dboxwall.update=true updates it.
     */
    @Test
    void modelBoxesHaveTheModulesThatThePackageSelects() throws Exception {
        StringBuilder rows = new StringBuilder(
                "# What Freetz-NG's image for a model box has of netfilter's modules when boxwall is selected: by Config.in; * where the package\n"
                        + "# selects nothing, since x_tables is built in: what an image can have, by hand; ! no image, and why. Made by PackageModulesIT.\n");
        try (Stream<Path> folders = Files.list(BOXES)) {
            for (String name : folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches("[0-9][a-z0-9]+-[0-9]{4}")).sorted().toList()) {
                ImageModel model = Presets.imageModel(name);
                Set<String> image = model.obstacle.isEmpty() ? image(model) : Set.of();
                boolean byHand = model.obstacle.isEmpty() && image.isEmpty();
                rows.append(name).append(' ').append(model.obstacle.isEmpty()
                        ? String.join(" ", byHand ? model.obtainable() : image) : "! " + model.obstacle)
                        .append(byHand ? " *" : "").append('\n');
            }
        }
        if (Boolean.getBoolean("boxwall.update")) { Files.writeString(BOXES.resolve("images.txt"), rows); }
        assertEquals(rows.toString(), Files.readString(BOXES.resolve("images.txt")));
    }

    /** Otherwise an image would need modules that no rule uses. */
    @Test
    void noShippedRulesetLoadsModulesExplicitly() throws IOException {
        rulesets().forEach((name, text) -> {
            String ownText = name.equals("boxwall.rules") ? text : read(PRESETS.resolve(name + ".rules"));
            assertEquals(List.of(), ownText.lines().filter(line -> line.startsWith("modprobe ")).toList(), name);
        });
    }
}
