package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The assembled package: its three forms with the same files, paths, modes, scripts for the smallest shell, and sizes.
 */
class PackageIT {
    private static final Path ASSEMBLED = Path.of("target/freetz-package");
    private static final String ALLOWED_PATHS =
            "etc/init.d/rc\\.boxwall(-daemon)?|etc/onlinechanged/boxwall|etc/default\\.boxwall/[a-z.]+|usr/bin/boxwall"
                    + "|usr/sbin/boxwall-[a-z]+|usr/lib/cgi-bin/boxwall(/open)?\\.cgi|usr/share/boxwall/(boxwall\\.jar|presets/[a-z0-9-]+\\.rules)";

    /** All files below a folder by relative path. */
    private static TreeMap<String, byte[]> files(Path folder) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }

    @Test
    void allThreeFormsHaveTheSameFiles() throws IOException {
        TreeMap<String, byte[]> addon = files(FreetzRoot.PACKAGE);
        for (String shape : new String[] {"ng", "classic"}) {
            TreeMap<String, byte[]> files = files(MenuIT.packageFolder(shape).resolve("files/root"));
            assertEquals(addon.keySet(), files.keySet());
            for (String name : addon.keySet()) {
                assertArrayEquals(addon.get(name), files.get(name), name);
            }
        }
        String unfilled = files(ASSEMBLED).entrySet().stream().filter(file -> !file.getKey().matches(".*\\.(jar|map)"))
                .filter(file -> new String(file.getValue(), StandardCharsets.UTF_8).contains("@VERSION@"))
                .map(java.util.Map.Entry::getKey).toList().toString();
        assertEquals("[]", unfilled);
    }

    @Test
    void filesHaveAllowedPathsAndModes() throws IOException {
        for (String name : files(FreetzRoot.PACKAGE).keySet()) {
            assertTrue(name.matches(ALLOWED_PATHS), name + " is not an allowed path");
            boolean runs = name.matches("etc/init.d/.*|etc/onlinechanged/.*|usr/s?bin/.*|.*\\.cgi");
            assertEquals(runs ? "rwxr-xr-x" : "rw-r--r--",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(FreetzRoot.PACKAGE.resolve(name))),
                    name);
        }
        assertEquals("rwxr-xr-x",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(ASSEMBLED.resolve("install.sh"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"de", "en"})
    void scriptsAreValidInBothLanguages(String language, @TempDir Path folder) throws Exception {
        FreetzRoot.copy(FreetzRoot.PACKAGE, folder);
        TreeSet<String> listed = new TreeSet<>(Languages.files());
        TreeMap<String, byte[]> files = files(folder);
        for (String name : files.keySet()) {
            String text = new String(files.get(name), StandardCharsets.ISO_8859_1);
            assertTrue(!text.contains("$(lang ") || name.endsWith(".jar") || listed.contains(name),
                    name + " has texts but .language does not name it");
        }
        assertTrue(files.keySet().containsAll(listed), "of " + listed + " not all are there");
        Languages.fill(folder, language);
        for (String name : files(folder).keySet()) {
            String text = Files.readString(folder.resolve(name), StandardCharsets.ISO_8859_1);
            if (text.startsWith("#!/bin/sh") || text.startsWith("# shellcheck shell=dash")) {
                assertTrue(!text.contains("$(lang "), name);
                String file = folder.resolve(name).toString();
                assertEquals("", outputOf("dash", "-n", file), name);
                assertEquals("", outputOf("busybox", "sh", "-n", file), name);
                assertEquals("", outputOf("shellcheck", "-x", "-s", "dash", file), name);
            }
        }
    }

    private static String outputOf(String... command) throws IOException {
        return new String(
                new ProcessBuilder(command).redirectErrorStream(true).start().getInputStream().readAllBytes());
    }

    /**
     * The growth of the image: squashfs packs blocks of 64 KiB with LZMA and combines the ends of several files in a
     * block, so the concatenation of all files in such blocks has the same size.
     */
    @Test
    void imageSizeHoldsItsBudget() throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteArrayOutputStream scripts = new ByteArrayOutputStream();
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        for (java.util.Map.Entry<String, byte[]> file : files(FreetzRoot.PACKAGE).entrySet()) {
            all.write(file.getValue());
            (file.getKey().endsWith(".jar") ? jar : scripts).write(file.getValue());
        }
        byte[] noise = new byte[65536]; // incompressible
        new Random(1).nextBytes(noise);
        all.write(noise, 0, Budgets.isBroken("image.kib") ? noise.length : 0);
        jar.write(noise, 0, Budgets.isBroken("image.jar.kib") ? noise.length : 0);
        System.out.println("measured: boxwall's files in a Freetz image but for the jar: "
                + packedSize(scripts.toByteArray()) / 1024 + " KiB");
        Budgets.hold("image.kib", packedSize(all.toByteArray()) / 1024.0);
        Budgets.hold("image.jar.kib", packedSize(jar.toByteArray()) / 1024.0);
    }

    @Test
    void jarSizeHoldsItsBudget() throws IOException {
        int noise = Budgets.isBroken("jar.kb") ? 65536 : 0;
        Budgets.hold("jar.kb", (Files.size(Path.of("target/boxwall.jar")) + noise) / 1000.0);
    }

    private static int packedSize(byte[] bytes) throws IOException, InterruptedException {
        int size = 0;
        for (int at = 0; at < bytes.length; at += 65536) {
            Path block = Files.createTempFile("boxwall", ".block");
            Files.write(block, java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 65536)));
            Process xz = new ProcessBuilder("xz", "-9", "-c", "--check=none", block.toString()).start();
            size += xz.getInputStream().readAllBytes().length;
            assertEquals(0, xz.waitFor());
            Files.delete(block);
        }
        return size;
    }

    /**
     * The size in the flash of a proven plan and a plan on trial, both with stateless forms, as Freetz packs its
     * configuration; for the strict ruleset and for all examples of the README together.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "include home-basic\ninclude block-device DEVICE=192.168.178.30 WHEN=19:00-05:00\n"
            + "include open-port HOST=192.168.178.20 PORTS=443\ninclude guest-may HOST=192.168.178.40\n"})
    void plansFitIntoTheFlash(String text) throws Exception {
        Path rules = Path.of("conf/boxwall.rules");
        if (!text.isEmpty()) { rules = Files.writeString(Files.createTempFile("readme", ".rules"), text); }
        try (FreetzRoot box = new FreetzRoot(null, "en")) {
            Path state = box.root.resolve("var/tmp/flash/boxwall");
            for (String plan : new String[] {"boot", "boot.safe", "../../plan"}) {
                List<String> command = new ArrayList<>(List.of("java", "-jar", "target/boxwall-small.jar", "compile",
                        rules.toString(), "--out", state.resolve(plan).normalize().toString(), "--root",
                        "src/test/resources/boxes/virtual"));
                if (plan.equals("boot.safe")) { command.addAll(List.of("--stateful", "no")); }
                Process compile = new ProcessBuilder(command).redirectErrorStream(true).start();
                String words = new String(compile.getInputStream().readAllBytes());
                assertEquals(0, compile.waitFor(), words);
            }
            // as after promote: the stateless form is boot.safe, the text is rules
            FreetzRoot.Answer keep = box.sh(
                    "cd /var/tmp/flash/boxwall && mv boot/rules . && rm -rf boot/safe boot.safe/rules; boxwall-keep keep /var/tmp/plan && /mod/etc/init.d/rc.boxwall token >/dev/null; cd /var/tmp/flash && tar c . | gzip -c | wc -c");
            int size = Integer.parseInt(keep.out().strip().replaceAll("(?s).*\n", ""));
            System.out.println("measured: boxwall in the flash: " + size
                    + " bytes packed (rules, token, plans boot, boot.safe, boot.new)");
            assertTrue(size > 500 && size <= 12288, keep.all());
            assertTrue(Files.exists(state.resolve("boot.new/safe/stamp")), keep.all());
        }
    }

    /**
     * The paths of the menus in both trees, checked by hand: iptables' category is Unstable, Freetz-NG has a menu per
     * letter. The texts refer to existing sections.
     */
    @Test
    void docsAndMenusUseTheSameNames() throws IOException {
        String menu = Files.readString(MenuIT.packageFolder("ng").resolve("Config.in"));
        for (String text : new String[] {"README.md", "freetz-package/boxwall.md"}) {
            String words = Files.readString(Path.of(text));
            assertTrue(words.contains("Packages > Unstable > Iptables") && words.contains("Packages > B > boxwall")
                    && words.contains("Developer"), text);
        }
        String page = Files.readString(Path.of("freetz-package/boxwall.md"));
        assertTrue(menu.contains("Iptables in the menu Unstable")
                && menu.contains("level of user competence Developer only"), menu);
        assertTrue(menu.contains("see docs/make/boxwall.md, Own Modules") && page.contains("Own Modules"),
                "the menu refers to the section");
        assertTrue(
                menu.contains("bool \"Kernel modules for the presets\"")
                        && page.contains("switch off `Kernel modules for the presets`"),
                "the page refers to the menu entry");
        String classic = Files.readString(MenuIT.packageFolder("classic").resolve("Config.in"));
        assertFalse(classic.contains("Developer") || classic.contains("built into this kernel"),
                "not in classic Freetz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ng", "classic"})
    void installScriptInstallsAndUndoes(String kind, @TempDir Path tree) throws Exception {
        Files.createDirectories(tree.resolve(kind.equals("ng") ? "make/pkgs/mod" : "make/mod"));
        Files.createDirectories(tree.resolve("docs/make"));
        Files.createDirectories(tree.resolve("addon"));
        Files.writeString(tree.resolve("fwmod"), "");
        Files.writeString(tree.resolve("addon/static.pkg"), "# comment\nown-files-0.1");
        TreeMap<String, byte[]> before = files(tree);
        String install = ASSEMBLED.resolve("install.sh").toString();
        for (int attempt = 1; attempt <= 2; attempt++) {
            String words = outputOf("sh", install, tree.toString());
            assertTrue(words.contains("make menuconfig     Packages > Unstable > Iptables, then Packages > "
                    + (kind.equals("ng") ? "B" : "Packages") + " > boxwall\n"), words);
            assertTrue(words.contains(kind.equals("ng") ? "\"Developer\" only" : "no Iptables"), words);
            String addon = outputOf("sh", install, "--addon", tree.toString());
            assertTrue(addon.contains("addon/static.pkg") && addon.contains("Packages > Unstable > Iptables with")
                    && addon.contains("its rules are loaded last"), addon);
        }
        assertEquals("# comment\nown-files-0.1\nboxwall-0.1\n", Files.readString(tree.resolve("addon/static.pkg")));
        assertTrue(files(tree).keySet()
                .containsAll(List.of((kind.equals("ng") ? "make/pkgs" : "make") + "/boxwall/boxwall.mk",
                        "addon/boxwall-0.1/root/usr/sbin/boxwall-apply")));
        outputOf("sh", install, "--undo", tree.toString());
        outputOf("sh", install, "--undo", tree.toString());
        TreeMap<String, byte[]> after = files(tree);
        assertEquals(before.keySet(), after.keySet());
        assertEquals("# comment\nown-files-0.1",
                new String(after.get("addon/static.pkg"), StandardCharsets.UTF_8).strip());
        Files.createDirectories(tree.resolve(kind.equals("ng") ? "make/pkgs/boxwall" : "make/boxwall"));
        assertTrue(outputOf("sh", install, tree.toString()).contains("not from boxwall"), "a foreign folder is kept");
        assertTrue(outputOf("sh", install, "/usr").contains("neither"), "not a Freetz tree");
    }

    /** For each state that boxwall-apply prints; only the daemon reports "drifted". */
    @Test
    void freetzPageExplainsEachState() throws IOException {
        String api = Files.readString(Path.of("src/main/resources/boxwall/http/openapi.json"));
        Matcher states = Pattern.compile("\"Status\": .*?\"enum\":\\[(.*?)]").matcher(api);
        assertTrue(states.find());
        String page = Files.readString(Path.of("freetz-package/root/usr/lib/cgi-bin/boxwall.cgi"));
        for (String state : states.group(1).replace("\"", "").split(",")) {
            assertTrue(state.equals("drifted")
                    || Pattern.compile("\\b" + state + "( \\| [a-z-]+)?\\) echo").matcher(page).find(), state);
        }
    }
}
