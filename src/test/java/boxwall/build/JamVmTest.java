package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that code that fails on JamVM with GNU Classpath occurs only in the files with its workaround, and tests this
 * check with sample code.
 */
class JamVmTest {
    private static final Path MAIN = Path.of("src/main/java/boxwall").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void codeUnsafeOnJamVmOccursOnlyWhereAllowed() {
        List<String> violations = JamVmRules.violations(MAIN);
        assertTrue(violations.isEmpty(), () -> String.join("\n", violations));
    }

    @Test
    void codeUnsafeOnJamVmIsFound() throws IOException {
        String[] statements = {"new ProcessBuilder(command).start();", "Runtime.getRuntime().exec(command);",
                "process.waitFor();", "process.destroy();", "bell.wait(1000);", "bell.notifyAll();", "thread.join();",
                "thread.join(1000);", "Thread.sleep(1000);", "new Timer();", "new Thread(work).start();",
                "class A extends Thread {}", "socket.setSoTimeout(1);", "try { f(); } catch (OutOfMemoryError e) { }",
                "System.gc();", "try { f(); } catch (RuntimeException e) { }", "new SimpleDateFormat(p, l);",
                "new Date().toString();", "new SecureRandom();", "UUID.randomUUID();", "MessageDigest.isEqual(a, b);",
                "String.format(\"%.1f MB\", d);", "String.format(\"%b\", x);", "Pattern.compile(\"(?<name>a)\");",
                "set.headSet(k, true);", "text.split(\"\");", "file.setReadable(false, false);",
                "URLDecoder.decode(a, b);", "try (InputStream in = open()) { }", "assert x > 0;",
                "session.parseBody(files);"};
        for (String statement : statements) {
            assertFound(statement, "http/Made.java:3: ",
                    "class Made {\n    void method() {\n        " + statement + "\n    }\n}\n", "http");
        }
    }

    /** GNU Classpath's valueOf looks for the field of that name, so ProGuard must keep the names of the constants. */
    @Test
    void constantsFoundByNameKeepTheirNames() throws IOException {
        String kept = Files.readString(Path.of("freetz-package/entry.pro"));
        Pattern call = Pattern.compile("\\b([A-Z]\\w*)\\.valueOf\\(");
        Set<String> missing = new TreeSet<>();
        try (Stream<Path> files = Files.walk(MAIN)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String code = Files.readString(file);
                String outer = file.getFileName().toString().replace(".java", "");
                call.matcher(code).results().map(found -> found.group(1))
                        .filter(name -> !Set.of("String", "Integer", "Long", "Boolean").contains(name))
                        .map(name -> code.contains(" enum " + name + " ") && !name.equals(outer) ? outer + "$" + name
                                : name)
                        .filter(name -> !kept.contains("boxwall.*." + name + ",")).forEach(missing::add);
            }
        }
        assertEquals(Set.of(), missing, "to be kept in entry.pro");
    }

    @Test
    void lockOnCollectableObjectIsFound() throws IOException {
        assertFound("method", "box/Made.java:2: synchronized",
                "class Made {\n    synchronized void method() {\n    }\n}\n", "box");
        assertFound("block", "box/Made.java:3: synchronized",
                "class Made {\n    void method() {\n        synchronized (known) {\n        }\n    }\n}\n", "box");
        assertFound("made elsewhere", "box/Made.java:2: new CounterRing( only in daemon/Watch",
                "class Made {\n    Object ring = new CounterRing();\n}\n", "box");
    }

    @Test
    void nonStaticLockInClassWithStaticLockIsFound() throws IOException {
        String fixed =
                "class Capabilities {\n    private static final Object ASKING = new Object();\n    void method() {\n        synchronized (ASKING) {\n        }\n    }\n";
        String statically = "    static synchronized void other() {\n    }\n";
        assertEquals(List.of(), found("modules/Capabilities", fixed + statically + "}\n"));
        List<String> violations =
                found("modules/Capabilities", fixed + "    synchronized void other() {\n    }\n" + statically + "}\n");
        assertTrue(violations.size() == 1 && violations.get(0).startsWith("modules/Capabilities.java:7: synchronized"),
                () -> "" + violations);
    }

    @Test
    void processThatIsNotKeptIsFound() throws IOException {
        String kept =
                "DelayedCollection.kept(new ProcessBuilder(command).start());\nDelayedCollection.kept(process).waitFor();\nDelayedCollection.kept(process).destroy();\n";
        assertEquals(List.of(), found("sys/LiveSys", kept));
        for (String call : List.of("new ProcessBuilder(command).start();", "process.waitFor();",
                "process.destroy();")) {
            List<String> violations = found("sys/LiveSys", kept + call);
            assertTrue(violations.size() == 1 && violations.get(0).contains("goes through DelayedCollection.kept"),
                    () -> call + ": " + violations);
        }
    }

    @Test
    void commentsAreIgnoredAndUnusedEntryIsReported() throws IOException {
        assertEquals(List.of(), found("box/Made",
                "/** synchronized, wait() */\nclass Made {\n    // Thread.sleep(1), it's \"\n    String a = \"//\" + '\"';\n}\n"));
        List<String> all = JamVmRules.violations(folder);
        assertTrue(all.contains("modules/Capabilities locks nothing: take it out of JamVmRules"),
                () -> String.join("\n", all));
    }

    private void assertFound(String what, String start, String code, String packageName) throws IOException {
        List<String> violations = found(packageName + "/Made", code);
        assertTrue(!violations.isEmpty() && violations.stream().allMatch(breach -> breach.startsWith(start)),
                () -> what + ": " + violations);
    }

    /** The violations in one sample file, without the unused entries for all other files. */
    private List<String> found(String name, String code) throws IOException {
        Path file = folder.resolve(name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, code);
        List<String> violations = JamVmRules.violations(folder).stream()
                .filter(breach -> !breach.endsWith(": take it out of JamVmRules")).toList();
        Files.delete(file);
        return violations;
    }
}
