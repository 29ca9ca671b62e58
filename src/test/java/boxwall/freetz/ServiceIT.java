package boxwall.freetz;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * rc.boxwall as the package brings it, in a busybox root, with stand-ins of modlibrc, modconf, modsave and modreg; and
 * with the real ones, where Freetz' trees are given (-Dboxwall.freetz.ng=DIR, -Dboxwall.freetz.classic=DIR): they are
 * not part of this project.
 */
class ServiceIT {
    /** What happens in a box. */
    interface Scene {
        void play(FreetzRoot box) throws Exception;
    }

    static void in(Path freetz, Scene scene) throws Exception {
        try (FreetzRoot box = new FreetzRoot(freetz, "en")) {
            scene.play(box);
        }
    }

    @Test
    void nothingIsFilteredUnasked() throws Exception { in(null, Contract::firstInstall); }

    @Test
    void everyVerbTwice() throws Exception { in(null, Contract::everyVerbTwice); }

    @Test
    void theStorageWithTheJvmComesLate() throws Exception { in(null, Contract::lateStorage); }

    @Test
    void aPlanInTheImage() throws Exception { in(null, Contract::planInTheImage); }

    @TestFactory
    List<DynamicTest> theSameInTheRealTrees() {
        List<DynamicTest> tests = new ArrayList<>();
        inTree("ng", "make/pkgs/mod/files/root", tests);
        inTree("classic", "make/mod/files/root", tests);
        System.out.println("measured: the package in real trees of Freetz, tests: " + tests.size());
        return tests;
    }

    private static void inTree(String name, String below, List<DynamicTest> tests) {
        String tree = System.getProperty("boxwall.freetz." + name);
        if (tree == null) { return; }
        Path root = Path.of(tree).resolve(below);
        tests.add(DynamicTest.dynamicTest(name + ": nothing is filtered unasked",
                () -> in(root, Contract::firstInstall)));
        tests.add(DynamicTest.dynamicTest(name + ": every verb twice", () -> in(root, Contract::everyVerbTwice)));
        tests.add(DynamicTest.dynamicTest(name + ": late storage", () -> in(root, Contract::lateStorage)));
        tests.add(DynamicTest.dynamicTest(name + ": a plan in the image", () -> in(root, Contract::planInTheImage)));
        tests.add(DynamicTest.dynamicTest(name + ": the page in German",
                () -> Page.works(root, "de", PageIT.GERMAN, "offen: alles ist erlaubt")));
        tests.add(DynamicTest.dynamicTest(name + ": the page in English",
                () -> Page.works(root, "en", PageIT.ENGLISH, "open: everything is allowed")));
    }
}
