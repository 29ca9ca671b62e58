package boxwall.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/findings.md and docs/kernels.md agree with the code. */
class DocsTest {
    private static final List<KernelGeneration> GENERATIONS =
            KernelGeneration.ALL.stream().map(row -> KernelGeneration.of(row[1])).toList();
    /** A code is the first argument of {@code new Finding(…)}, or the start of a row of the resource findings. */
    private static final Pattern USED = Pattern.compile(
            "new Finding\\(\\s*(?:\\w+ \\? )?\"([a-z0-9-]+)\"(?: : \"([a-z0-9-]+)\")?|(?m)^([a-z0-9-]+)[.a-z0-9-]* \\| ");
    private static final List<String> DOCUMENTED =
            Arrays.asList(("kernel-unknown conntrack-symbol-conflict conntrack-layout-mismatch "
                    + "netfilter-layout-mismatch netfilter-sees-nothing conntrack-unsafe-kernel conntrack-memory nat-needs-replaced-kernel "
                    + "module-missing module-refused extension-missing table-missing iptables-missing restore-missing iptables-too-old "
                    + "pa-bypasses-netfilter pa-control-ineffective printk-diverted dsld-in-path forward-blocked-by-rules rules-blocked-by-avm "
                    + "ipv6-unfiltered host-name-in-rule address-changed firmware-cve-2014-9727 firmware-revision-unknown debug-cfg-rules "
                    + "unfiltered-boot-window boot-fell-back stateless-weakened lockout policy-test-failed rule-unreachable rule-redundant "
                    + "spoofable-accept address-missing foreign-rules drift exposed-service flash-full unsaved")
                    .split(" "));

    @Test
    void everyFindingHasRowInDocument() throws IOException {
        Set<String> rows = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs/findings.md"))) {
            if (line.startsWith("| ") && !line.startsWith("| code ")) {
                String[] cells = line.split(" \\| ");
                assertEquals(4, cells.length, "code, severity, cause and remedy in " + line);
                assertTrue(rows.add(cells[0].substring(2)), "two rows for " + cells[0]);
            }
        }
        Set<String> used = new TreeSet<>(DOCUMENTED);
        List<Path> sources = new ArrayList<>(List.of(Path.of("src/main/resources/boxwall/box/findings")));
        try (var walk = Files.walk(Path.of("src/main/java"))) {
            walk.filter(p -> p.toString().endsWith(".java")).forEach(sources::add);
        }
        for (Path file : sources) {
            Matcher matcher = USED.matcher(Files.readString(file));
            while (matcher.find()) {
                for (int i = 1; i <= 3; i++) {
                    if (matcher.group(i) != null) { used.add(matcher.group(i)); }
                }
            }
        }
        assertTrue(used.contains("firmware-tr064-2023"), "the pattern finds codes in the code");
        used.removeAll(rows);
        assertTrue(used.isEmpty(), "docs/findings.md has no row for " + used);
    }

    private static String table() {
        StringBuilder out = new StringBuilder();
        for (Family family : Family.values()) {
            out.append("\n## ").append(family == Family.IPV4 ? "IPv4" : "IPv6").append("\n\n| |");
            for (KernelGeneration generation : GENERATIONS) {
                out.append(' ').append(generation.name()).append(" |");
            }
            out.append("\n|---|").append("---|".repeat(GENERATIONS.size())).append('\n');
            row(out, "conntrack", GENERATIONS.stream().map(g -> g.conntrack(family)));
            for (FeatureKind kind : FeatureKind.values()) {
                String option = kind == FeatureKind.TABLE ? "-t " : kind == FeatureKind.MATCH ? "-m " : "-j ";
                for (String name : KernelGeneration.allNames(kind, family)) {
                    row(out, option + name, GENERATIONS.stream().map(g -> g.spec(kind, name, family)));
                }
            }
        }
        return out.toString();
    }

    private static void row(StringBuilder out, String label, Stream<ModuleSpec> specs) {
        out.append("| ").append(label).append(" |");
        String before = "";
        for (ModuleSpec each : specs.toList()) {
            String spec = each.text.replace("|", " or ").replace("&", " ").replace("%ct", "conntrack")
                    .replace("+", " + ").replace("@core", "core");
            out.append(' ').append(spec.equals(before) ? "″" : spec).append(" |");
            before = spec;
        }
        out.append('\n');
    }

    @Test
    void kernelsMdShowsTableOfGenerations() throws IOException {
        Path file = Path.of("docs/kernels.md");
        String text = Files.readString(file);
        int start = text.indexOf("\n## IPv4\n");
        if (Boolean.getBoolean("boxwall.update")) {
            Files.writeString(file, text.substring(0, start) + table());
            return;
        }
        assertEquals(table(), text.substring(start),
                "docs/kernels.md differs from generations.txt: -Dboxwall.update=true writes it again");
    }

    @Test
    void everyRowCoversEveryGeneration() {
        List<String> gaps = new ArrayList<>();
        for (Family family : Family.values()) {
            for (FeatureKind kind : FeatureKind.values()) {
                for (String name : KernelGeneration.allNames(kind, family)) {
                    for (KernelGeneration generation : GENERATIONS) {
                        if (generation.spec(kind, name, family).isUnlisted()) {
                            gaps.add(kind.word + " " + name + " " + family.word() + " " + generation.name());
                        }
                    }
                }
            }
        }
        assertTrue(gaps.isEmpty(), "generations.txt has no entry for " + gaps);
    }

    /** A module is offered if it is in Freetz' menu; modules in parentheses are not. */
    @Test
    void conntrackIsOfferedIfInFreetzMenu() {
        assertTrue(KernelGeneration.of("2.6.19.2").spec(FeatureKind.MATCH, "state", Family.IPV4).offered);
        assertTrue(!KernelGeneration.of("2.6.32.61").spec(FeatureKind.MATCH, "state", Family.IPV4).offered);
        assertTrue(KernelGeneration.of("2.6.28.10").conntrack(Family.IPV4).offered);
        assertTrue(!KernelGeneration.of("4.9.1").conntrack(Family.IPV4).offered);
    }
}
