package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The menu entry with kconfig, and boxwall.mk with make, each in a small stub of a Freetz tree. */
class MenuIT {
    private static final Path MENU = Path.of("src/test/resources/freetz/menu").toAbsolutePath();
    private static final Path ASSEMBLED = Path.of("target/freetz-package").toAbsolutePath();

    @TempDir
    Path tree;

    /** The package's folder for ng or classic. */
    static Path packageFolder(String kind) {
        return ASSEMBLED.resolve(kind.equals("ng") ? "ng/make/pkgs/boxwall" : "classic/make/boxwall");
    }

    private Set<String> selected(String kind, String... set) throws Exception { return selected(tree, kind, set); }

    /** Runs kconfig on the stub with symbols set; returns the enabled symbols. Fails on any warning. */
    static Set<String> selected(Path tree, String kind, String... set) throws Exception {
        String menu = Files.readString(packageFolder(kind).resolve("Config.in"));
        Files.writeString(tree.resolve("Config.boxwall"), menu);
        Files.writeString(tree.resolve("external.boxwall"),
                Files.readString(packageFolder(kind).resolve("external.in")));
        Files.writeString(tree.resolve("Config.in"),
                Files.readString(MENU.resolve("Config.in")).replace("@SYMBOLS@", symbols(menu)));
        Files.write(tree.resolve(".config"), List.of(set).stream().map(symbol -> "FREETZ_" + symbol + "=y").toList());
        ProcessBuilder command = new ProcessBuilder("kconfig-conf", "--olddefconfig", "Config.in")
                .directory(tree.toFile()).redirectErrorStream(true);
        command.environment().put("CONFIG_", ""); // Freetz' symbols have no such prefix
        Process conf = command.start();
        String output = new String(conf.getInputStream().readAllBytes());
        assertEquals(0, conf.waitFor(), output);
        assertFalse(output.contains("warning") || output.contains("error"), output);
        return Files.readAllLines(tree.resolve(".config")).stream().filter(line -> line.endsWith("=y"))
                .map(line -> line.substring(7, line.length() - 2)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Declares every module and library that the menu selects, as a symbol that depends on iptables. */
    private static String symbols(String menu) {
        Matcher names = Pattern.compile("FREETZ_(MODULE|LIB)_\\w+").matcher(menu);
        Set<String> all = new TreeSet<>();
        while (names.find()) {
            all.add("config " + names.group() + "\n\tbool \"" + names.group()
                    + "\"\n\tdepends on FREETZ_PACKAGE_IPTABLES_"
                    + (names.group(1).equals("LIB") ? "SHARED_LIBS" : "KERNEL_MODULES") + "\n");
        }
        return String.join("", all);
    }

    @ParameterizedTest
    @CsvSource({"ng,2_6_13,ipt_multiport,xt_multiport", "ng,2_6_19,xt_multiport,ipt_multiport",
            "ng,2_6_32,ipt_LOG,xt_LOG", "ng,3_10,xt_LOG,ipt_LOG", "ng,4_9,xt_LOG,ipt_LOG",
            "classic,2_6_13,ipt_multiport,xt_multiport", "classic,2_6_28,xt_iprange,ipt_iprange",
            "classic,2_6_32,ipt_LOG,ipt_limit"})
    void selectsModulesByTheKernelsNames(String kind, String kernel, String expected, String absent) throws Exception {
        for (boolean ipv6 : new boolean[] {false, true}) {
            Set<String> on = selected(kind, "KERNEL_VERSION_" + kernel, "PACKAGE_IPTABLES", "PACKAGE_BOXWALL",
                    "TARGET_IPV6_SUPPORT" + (ipv6 ? "" : "_NOT"));
            assertTrue(on.containsAll(List.of("PACKAGE_IPTABLES_SAVE_RESTORE", "BUSYBOX_START_STOP_DAEMON",
                    "PACKAGE_JAMVM", "PACKAGE_BOXWALL_MODULES", "MODULE_iptable_filter", "MODULE_ipt_REJECT",
                    "MODULE_" + expected, "LIB_libxt_multiport")), on.toString());
            assertFalse(on.contains("MODULE_" + absent), on.toString());
            assertEquals(ipv6, on.contains("MODULE_ip6table_filter"), on.toString());
            assertTrue(on.stream().noneMatch(symbol -> symbol.matches("MODULE_.*(conntrack|state|nat|NAT).*")),
                    on.toString());
        }
    }

    @Test
    void selectsConnectionTrackingOnlyWhereItDoesNotRebootBoxes() throws Exception {
        for (String kernel : new String[] {"2_6_13", "2_6_19", "2_6_28", "2_6_32", "3_10", "4_9"}) {
            Set<String> on = selected("ng", "KERNEL_VERSION_" + kernel, "PACKAGE_IPTABLES", "PACKAGE_BOXWALL",
                    "PACKAGE_BOXWALL_STATE");
            assertEquals(kernel.equals("2_6_19"), on.contains("MODULE_ip_conntrack"), kernel + " " + on);
        }
    }

    @Test
    void daemonIsOptional() throws Exception {
        String[] base = {"KERNEL_VERSION_2_6_32", "PACKAGE_IPTABLES", "PACKAGE_BOXWALL"};
        assertFalse(selected("ng", with(base, "PACKAGE_BOXWALL_PLANS_ONLY")).contains("PACKAGE_JAMVM"));
        assertFalse(selected("ng", with(base, "PACKAGE_BOXWALL_OTHER_JVM")).contains("PACKAGE_JAMVM"));
        assertFalse(selected("ng", with(base, "TARGET_ARCH_AARCH64")).contains("PACKAGE_JAMVM"),
                "JamVM does not run there");
        assertFalse(selected("ng", "KERNEL_VERSION_2_6_32", "PACKAGE_BOXWALL").contains("PACKAGE_BOXWALL"),
                "requires iptables");
        Set<String> fixed = selected("ng", with(base, "PACKAGE_IPTABLES_STATIC", "PACKAGE_BOXWALL_PLANS_ONLY"));
        assertTrue(fixed.stream().noneMatch(symbol -> symbol.startsWith("LIB_")), fixed.toString());
    }

    private static String[] with(String[] base, String... more) {
        List<String> all = new ArrayList<>(List.of(base));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }

    /** Runs boxwall.mk in the stub tree. */
    private String make(String kind, int status, String... config) throws IOException, InterruptedException {
        return make(kind, "all", status, config);
    }

    private String make(String kind, String target, int status, String... config)
            throws IOException, InterruptedException {
        Files.writeString(tree.resolve(".config"), String.join("\n", config) + "\n");
        Path place = tree.resolve(kind.equals("ng") ? "make/pkgs/boxwall" : "make/boxwall");
        if (!Files.exists(place)) {
            Files.createDirectories(place);
            FreetzRoot.copy(packageFolder(kind), place);
        }
        Process make = new ProcessBuilder("make", "-s", "-f", MENU.resolve("Makefile").toString(), target,
                "TREE=" + tree, "OUT=" + tree.resolve("out")).redirectErrorStream(true).start();
        String output = new String(make.getInputStream().readAllBytes());
        assertEquals(status, make.waitFor(), output);
        return output;
    }

    @ParameterizedTest
    @CsvSource({"ng", "classic"})
    void makefileInstallsTheFiles(String kind) throws Exception {
        assertEquals("level 25\n", make(kind, 0, "FREETZ_PACKAGE_BOXWALL=y", "FREETZ_PACKAGE_BOXWALL_JAMVM=y"));
        Path root = tree.resolve("out/boxwall-0.1/root");
        assertTrue(Files.isExecutable(root.resolve("etc/init.d/rc.boxwall"))
                && Files.exists(root.resolve("usr/share/boxwall/boxwall.jar")));
        assertEquals("\n", Files.readString(tree.resolve("out/boxwall-0.1/.exclude")));
    }

    /**
     * Freetz' make reads every package's file for every target: an error there would also prevent menuconfig, which is
     * needed to correct it.
     */
    @ParameterizedTest
    @CsvSource({"ng", "classic"})
    void miniClasslistStopsTheBuildButNotTheMenu(String kind) throws Exception {
        String[] mini =
                {"FREETZ_PACKAGE_BOXWALL=y", "FREETZ_PACKAGE_BOXWALL_JAMVM=y", "FREETZ_PACKAGE_CLASSPATH_MINI=y"};
        String refused = make(kind, "all", 2, mini);
        assertTrue(refused.contains("mini classlist has no sockets"), refused);
        assertEquals("the menu\n", make(kind, "menuconfig", 0, mini));
        assertEquals("level 25\n", make(kind, "all", 0, "FREETZ_PACKAGE_BOXWALL=y",
                "FREETZ_PACKAGE_BOXWALL_PLANS_ONLY=y", "FREETZ_PACKAGE_CLASSPATH_MINI=y"));
    }

    @Test
    void makefileCompilesAPlanForARecordedBox() throws Exception {
        Path box = Path.of("src/test/resources/boxes/virtual-avm").toAbsolutePath();
        make("ng", 0, "FREETZ_PACKAGE_BOXWALL=y", "FREETZ_PACKAGE_BOXWALL_PLANS_ONLY=y",
                "FREETZ_PACKAGE_BOXWALL_BOX=\"" + box + "\"", "FREETZ_PACKAGE_BOXWALL_RULES=\"\"");
        Path root = tree.resolve("out/boxwall-0.1/root");
        String stamp = Files.readString(root.resolve("etc/default.boxwall/plan/stamp"));
        assertTrue(stamp.contains("admin=proved"), stamp);
        assertEquals("usr/share/boxwall/boxwall.jar\nusr/bin/boxwall\n",
                Files.readString(tree.resolve("out/boxwall-0.1/.exclude")));
    }
}
