package boxwall.freetz;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The package's rc.boxwall in a busybox root with stubs of modlibrc, modconf, modsave and modreg; and with the real
 * ones if Freetz trees are given (-Dboxwall.freetz.ng=DIR, -Dboxwall.freetz.classic=DIR), which are not part of this
 * project.
 */
class ServiceIT {
    /** The steps in a box. */
    interface Scenario {
        void run(FreetzRoot box) throws Exception;
    }

    static void runIn(Path freetz, Scenario scenario) throws Exception {
        try (FreetzRoot box = new FreetzRoot(freetz, "en")) {
            scenario.run(box);
        }
    }

    @Test
    void firstInstallLoadsNothing() throws Exception { runIn(null, Contract::firstInstall); }

    @Test
    void everyVerbWorksTwice() throws Exception { runIn(null, Contract::everyVerbTwice); }

    @Test
    void lateStorageStartsAndStopsTheDaemon() throws Exception { runIn(null, Contract::lateStorage); }

    @Test
    void planInTheImageIsOfferedAndLoadedOnlyAfterConfirm() throws Exception { runIn(null, Contract::planInTheImage); }

    @TestFactory
    List<DynamicTest> sameInRealTrees() {
        List<DynamicTest> tests = new ArrayList<>();
        addTests("ng", "make/pkgs/mod/files/root", tests);
        addTests("classic", "make/mod/files/root", tests);
        System.out.println("measured: the package in real trees of Freetz, tests: " + tests.size());
        return tests;
    }

    private static void addTests(String name, String below, List<DynamicTest> tests) {
        String tree = System.getProperty("boxwall.freetz." + name);
        if (tree == null) { return; }
        Path root = Path.of(tree).resolve(below);
        tests.add(DynamicTest.dynamicTest(name + ": first install loads nothing",
                () -> runIn(root, Contract::firstInstall)));
        tests.add(DynamicTest.dynamicTest(name + ": every verb twice", () -> runIn(root, Contract::everyVerbTwice)));
        tests.add(DynamicTest.dynamicTest(name + ": late storage", () -> runIn(root, Contract::lateStorage)));
        tests.add(DynamicTest.dynamicTest(name + ": plan in the image", () -> runIn(root, Contract::planInTheImage)));
        tests.add(DynamicTest.dynamicTest(name + ": page in German",
                () -> Page.assertWorks(root, "de", PageIT.GERMAN, "offen: alles ist erlaubt")));
        tests.add(DynamicTest.dynamicTest(name + ": page in English",
                () -> Page.assertWorks(root, "en", PageIT.ENGLISH, "open: everything is allowed")));
    }
}
