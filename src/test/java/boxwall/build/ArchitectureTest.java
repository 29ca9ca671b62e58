package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the dependencies of packages and the size of the code, and tests these checks with sample code. */
class ArchitectureTest {
    private static final Path MAIN = Path.of("src/main/java/boxwall").toAbsolutePath();
    private static final Path TESTS = Path.of("src/test/java/boxwall").toAbsolutePath();

    private final Architecture architecture = new Architecture(new Packages());

    @TempDir
    Path folder;

    @Test
    void packagesDependOnlyOnAllowedPackages() {
        List<ClassScan> classes = ClassScan.below(Path.of("target/classes"));
        assertFalse(classes.isEmpty(), "target/classes has no class: the test checked nothing");
        assertNone(architecture.arrows(classes));
        assertNone(architecture.imports(SourceTree.below(MAIN), MAIN));
    }

    @Test
    void onlySysOpensFilesAndStartsProgramsAndEachLibraryHasOnePackage() {
        assertNone(architecture.edges(ClassScan.below(Path.of("target/classes"))));
    }

    @Test
    void dependenciesPointToLowerLevels() {
        Packages packages = new Packages();
        for (Packages.Row from : packages.rows()) {
            for (String name : from.arrows()) {
                Packages.Row to = packages.row(name);
                if (!name.equals("*")) {
                    assertNotNull(to, from.name() + " -> " + name + ": no such package");
                    boolean boxOnNetfilter = from.name().equals("box") && name.equals("netfilter");
                    assertTrue(to.level() < from.level() || boxOnNetfilter,
                            from.name() + " -> " + name + " does not point to a lower level");
                }
            }
        }
    }

    @Test
    void everyPackageHasPackageInfo() { assertNone(architecture.packageInfos(SourceTree.below(MAIN))); }

    @Test
    void classNamesAreMeaningful() {
        assertNone(architecture.names(SourceTree.below(MAIN)));
        assertNone(architecture.names(SourceTree.below(TESTS)));
    }

    @Test
    void classesAndMethodsKeepLengthLimits() { assertNone(architecture.lengths(SourceTree.below(MAIN))); }

    @Test
    void publicTypesAndMethodsHaveDocstrings() { assertNone(architecture.docstrings(SourceTree.below(MAIN))); }

    @Test
    void forbiddenDependencyIsFound() {
        List<ClassScan> upwards =
                Snippet.compile(7, "package boxwall.netfilter;\nclass Made {\n    boxwall.sys.Sys sys;\n}\n");
        assertEquals(List.of(
                "boxwall.netfilter.Made (Snippet.java): netfilter may not see sys (boxwall.sys.Sys); it may see []: "
                        + "pass a value in, or move the code to the package that may"),
                architecture.arrows(upwards));
        List<ClassScan> stray = Snippet.compile(7, "package boxwall.box.deep;\nclass Made {\n}\n");
        assertTrue(architecture.arrows(stray).get(0).contains("has no row"), () -> "" + architecture.arrows(stray));
    }

    @Test
    void forbiddenImportIsFoundEvenIfInlined() throws IOException {
        for (String wrong : List.of("static boxwall.sys.LiveSys.X", "boxwall.sys.Sys", "boxwall.sys.*",
                "boxwall.sys.Sys.Nested")) {
            SourceTree tree = source("box", "package boxwall.box;\nimport " + wrong
                    + ";\nimport boxwall.box.Other.Nested;\nimport boxwall.netfilter.*;\nclass Made {\n}\n");
            List<String> found = architecture.imports(tree, folder);
            assertEquals(1, found.size(), () -> wrong + ": " + found);
            assertTrue(found.get(0).startsWith("Made.java:2: box may not see sys"), () -> "" + found);
        }
    }

    @Test
    void filesProcessesAndLibrariesInWrongPackageAreFound() {
        String[] statements = {"new java.io.File(\"a\").delete();", "new java.io.FileInputStream(\"a\").close();",
                "new ProcessBuilder(\"a\").start();", "Runtime.getRuntime().exec(\"a\");",
                "new java.io.PrintWriter(\"a\").close();", "new java.net.URL(\"file:a\").openStream();",
                "com.eclipsesource.json.Json.parse(\"1\");", "fi.iki.elonen.NanoHTTPD.mimeTypes();"};
        for (String statement : statements) {
            String code = "class Made {\n    void method() throws Exception {\n        " + statement + "\n    }\n}\n";
            List<String> inBox = architecture.edges(Snippet.compile(7, "package boxwall.box;\n" + code));
            assertFalse(inBox.isEmpty(), statement + " in box was not found");
            assertTrue(inBox.get(0).startsWith("boxwall.box.Made.method (Snippet.java:4): only "), () -> "" + inBox);
            String home = statement.startsWith("com") ? "report" : statement.startsWith("fi") ? "http" : "sys";
            assertEquals(List.of(), architecture.edges(Snippet.compile(7, "package boxwall." + home + ";\n" + code)));
        }
    }

    @Test
    void longVagueOrUndocumentedCodeIsFound() throws IOException {
        String method = "    public void longOne() {\n" + "        hashCode();\n".repeat(149) + "    }\n";
        SourceTree tree =
                source("sys", "package boxwall.sys;\npublic class BoxUtils {\n" + method + "\n".repeat(350) + "}\n");
        assertEquals(2, architecture.lengths(tree).size(), () -> "" + architecture.lengths(tree));
        assertEquals(1, architecture.names(tree).size());
        assertEquals(2, architecture.docstrings(tree).size());
        assertEquals(1, architecture.packageInfos(tree).size());
    }

    @Test
    void shortNamedAndDocumentedCodePasses() throws IOException {
        String method =
                "    /** Does it. */\n    public void longOne() {\n" + "        hashCode();\n".repeat(148) + "    }\n";
        String overriding = "    @Override\n    public String toString() {\n        return \"class A { \";\n    }\n";
        SourceTree tree = source("sys",
                "package boxwall.sys;\n/** Made up. */\npublic class Utility {\n" + method + overriding + "}\n");
        assertEquals(List.of(), architecture.lengths(tree));
        assertEquals(List.of(), architecture.names(tree));
        assertEquals(List.of(), architecture.docstrings(tree));
    }

    private SourceTree source(String name, String text) throws IOException {
        Path file = Files.createDirectories(folder.resolve(name)).resolve("Made.java");
        return SourceTree.of(List.of(Files.writeString(file, text)));
    }

    private static void assertNone(List<String> violations) {
        assertTrue(violations.isEmpty(), () -> String.join("\n", violations));
    }
}
