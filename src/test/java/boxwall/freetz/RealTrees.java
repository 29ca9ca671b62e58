package boxwall.freetz;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The package in the real trees of Freetz. They are not part of this project: fetch them, then
 * {@code mvn verify -Dit.test=RealTrees -Dboxwall.freetz.ng=DIR -Dboxwall.freetz.classic=DIR}. The name keeps it out of an ordinary check.
 */
class RealTrees {
    /** mod/files/root of the trees that were given. */
    static List<Path> roots() {
        List<Path> roots = Stream.of(tree("ng", "make/pkgs/mod/files/root"), tree("classic", "make/mod/files/root")).filter(path -> path != null).toList();
        if (roots.isEmpty()) {
            throw new IllegalStateException("give a tree: -Dboxwall.freetz.ng=DIR or -Dboxwall.freetz.classic=DIR");
        }
        return roots;
    }

    private static Path tree(String name, String below) {
        String tree = System.getProperty("boxwall.freetz." + name);
        return tree == null ? null : Path.of(tree).resolve(below);
    }

    @ParameterizedTest
    @MethodSource("roots")
    void nothingIsFilteredUnasked(Path root) throws Exception {
        ServiceIT.in(root, Contract::firstInstall);
    }

    @ParameterizedTest
    @MethodSource("roots")
    void everyVerbTwice(Path root) throws Exception {
        ServiceIT.in(root, Contract::everyVerbTwice);
    }

    @ParameterizedTest
    @MethodSource("roots")
    void theStorageWithTheJvmComesLate(Path root) throws Exception {
        ServiceIT.in(root, Contract::lateStorage);
    }

    @ParameterizedTest
    @MethodSource("roots")
    void aPlanInTheImage(Path root) throws Exception {
        ServiceIT.in(root, Contract::planInTheImage);
    }

    @ParameterizedTest
    @MethodSource("roots")
    void thePageInGerman(Path root) throws Exception {
        Page.works(root, "de", PageIT.GERMAN, "offen: alles ist erlaubt");
    }

    @ParameterizedTest
    @MethodSource("roots")
    void thePageInEnglish(Path root) throws Exception {
        Page.works(root, "en", PageIT.ENGLISH, "open: everything is allowed");
    }
}
