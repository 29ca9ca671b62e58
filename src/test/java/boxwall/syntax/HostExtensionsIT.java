package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks that boxwall's language or docs/language.md has every match and target that the host's iptables can load, with
 * every option in its help.
 */
class HostExtensionsIT {
    private static final Pattern FILE = Pattern.compile("lib(xt|ipt|ip6t)_(\\w+)\\.so");
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*");

    private final String docs = read(Path.of("docs/language.md"));

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> files() throws IOException {
        try (var all = Files.find(Path.of("/usr/lib"), 4,
                (p, a) -> p.getParent().endsWith("xtables") && FILE.matcher(p.getFileName().toString()).matches())) {
            return all.map(p -> p.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }

    /** The help of the real iptables, alone or with an extension; empty if it cannot load the extension. */
    private static String help(Family family, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(family == Family.IPV4 ? "iptables-legacy" : "ip6tables-legacy"));
        command.addAll(List.of(words));
        command.add("-h");
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return process.waitFor() == 0 ? out : "";
    }

    @Test
    void allExtensionsOfHostIptablesAreKnownOrDocumented() throws Exception {
        List<String> files = files();
        assertTrue(files.size() > 90, "this test needs iptables (Debian: apt-get install iptables); found " + files);
        List<String> missing = new ArrayList<>();
        int options = 0;
        for (String file : files) {
            Matcher name = FILE.matcher(file);
            assertTrue(name.matches());
            for (Family family : Family.values()) {
                if (!name.group(1).equals(family == Family.IPV4 ? "ip6t" : "ipt")) {
                    options += extension(family, name.group(2), missing);
                }
            }
        }
        System.out.println(files.size() + " files of the host's iptables, " + options + " options in their help");
        assertTrue(options > 500, "options in the help: " + options);
        assertEquals("", String.join("\n", missing),
                "neither in resources/boxwall/syntax/extensions nor in docs/language.md");
    }

    private int extension(Family family, String name, List<String> missing) throws Exception {
        boolean target = Character.isUpperCase(name.charAt(0));
        String word = (target ? "-j " : "-m ") + name;
        Extension known = target ? Extensions.get().target(name, family) : Extensions.get().match(name, family);
        if (known == null) {
            // a file for both families may contain a match for only one of them (osf)
            boolean nothing = !target && help(family, "-m", name).isEmpty();
            if (!nothing && !docs.contains("| `" + word + "` |")) { missing.add(family.command + " " + word); }
            return 0;
        }
        String base = help(family);
        String all = help(family, target ? "-j" : "-m", name);
        assertTrue(all.startsWith(base), family.command + " " + word + " -h");
        TreeSet<String> options = new TreeSet<>();
        for (Matcher option = OPTION.matcher(all.substring(base.length())); option.find();) {
            options.add(option.group());
        }
        for (String option : options) {
            boolean has = known.options.stream().anyMatch(spec -> spec.names.contains(option));
            if (!has && !docs.contains("| `" + word + " " + option + "` |")) {
                missing.add(family.command + " " + word + " " + option);
            }
        }
        return options.size();
    }

    /** The document lists the extensions of the table, with the release that added each. */
    @Test
    void documentListsAllExtensions() {
        String text = docs.replace('\n', ' ');
        for (boolean target : new boolean[] {false, true}) {
            String list = text.substring(text.indexOf(target ? "Targets: " : "Matches: ") + 9);
            List<String> entries = List.of(list.substring(0, list.indexOf(". ")).split(", (?![^(]*\\))"));
            TreeSet<String> expected = new TreeSet<>();
            Extensions all = Extensions.get();
            for (Family family : Family.values()) {
                expected.addAll(all.names(target, family));
            }
            assertEquals(expected, entries.stream().map(e -> e.replaceAll(" \\(.*", ""))
                    .collect(Collectors.toCollection(TreeSet::new)));
            for (String entry : entries) {
                String name = entry.replaceAll(" \\(.*", "");
                Extension v4 = target ? all.target(name, Family.IPV4) : all.match(name, Family.IPV4);
                Extension v6 = target ? all.target(name, Family.IPV6) : all.match(name, Family.IPV6);
                assertEquals(name + familyAndRelease(v4, v6), entry);
            }
        }
    }

    private static String familyAndRelease(Extension v4, Extension v6) {
        List<String> parts = new ArrayList<>();
        if (v4 == null || v6 == null) { parts.add(v4 == null ? "IPv6" : "IPv4"); }
        String since4 = v4 == null ? null : v4.since(Family.IPV4);
        String since6 = v6 == null ? null : v6.since(Family.IPV6);
        if (since6 != null && since4 == null && v4 != null) {
            parts.add("IPv6: " + since6);
        } else if (since4 != null || since6 != null) { parts.add(since4 != null ? since4 : since6); }
        return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
    }
}
