package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the code to what JamVM with GNU Classpath can bear, each workaround in its place, and shows with made-up code
 * that the holding works.
 */
class JamVmTest {
    private static final Path MAIN = Path.of("src/main/java/boxwall").toAbsolutePath();

    @TempDir
    Path made;

    @Test
    void eachWorkaroundHasItsPlace() {
        List<String> breaches = JamVmRules.breaches(MAIN);
        assertTrue(breaches.isEmpty(), () -> String.join("\n", breaches));
    }

    @Test
    void whatJamVmCannotBearIsFound() throws IOException {
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

    @Test
    void aLockOnWhatDiesIsFound() throws IOException {
        assertFound("method", "box/Made.java:2: synchronized",
                "class Made {\n    synchronized void method() {\n    }\n}\n", "box");
        assertFound("block", "box/Made.java:3: synchronized",
                "class Made {\n    void method() {\n        synchronized (known) {\n        }\n    }\n}\n", "box");
        assertFound("made elsewhere", "box/Made.java:2: new CounterRing( only in daemon/Watch",
                "class Made {\n    Object ring = new CounterRing();\n}\n", "box");
    }

    @Test
    void inAClassWithAStaticLockAnotherLockIsFound() throws IOException {
        String fixed =
                "class Capabilities {\n    private static final Object ASKING = new Object();\n    void method() {\n        synchronized (ASKING) {\n        }\n    }\n";
        String statically = "    static synchronized void other() {\n    }\n";
        assertEquals(List.of(), found("modules/Capabilities", fixed + statically + "}\n"));
        List<String> breaches =
                found("modules/Capabilities", fixed + "    synchronized void other() {\n    }\n" + statically + "}\n");
        assertTrue(breaches.size() == 1 && breaches.get(0).startsWith("modules/Capabilities.java:7: synchronized"),
                () -> "" + breaches);
    }

    @Test
    void aProcessThatIsNotKeptIsFound() throws IOException {
        String kept =
                "WaitedOn.kept(new ProcessBuilder(command).start());\nWaitedOn.kept(process).waitFor();\nWaitedOn.kept(process).destroy();\n";
        assertEquals(List.of(), found("sys/LiveSys", kept));
        for (String call : List.of("new ProcessBuilder(command).start();", "process.waitFor();",
                "process.destroy();")) {
            List<String> breaches = found("sys/LiveSys", kept + call);
            assertTrue(breaches.size() == 1 && breaches.get(0).contains("goes through WaitedOn.kept"),
                    () -> call + ": " + breaches);
        }
    }

    @Test
    void commentsDoNotCountAndAPlaceNamedInVainIsSaid() throws IOException {
        assertEquals(List.of(), found("box/Made",
                "/** synchronized, wait() */\nclass Made {\n    // Thread.sleep(1), it's \"\n    String a = \"//\" + '\"';\n}\n"));
        List<String> all = JamVmRules.breaches(made);
        assertTrue(all.contains("modules/Capabilities locks nothing: take it out of JamVmRules"),
                () -> String.join("\n", all));
    }

    private void assertFound(String what, String start, String code, String folder) throws IOException {
        List<String> breaches = found(folder + "/Made", code);
        assertTrue(!breaches.isEmpty() && breaches.stream().allMatch(breach -> breach.startsWith(start)),
                () -> what + ": " + breaches);
    }

    /** The breaches of one made-up file; that all others are missing is another matter. */
    private List<String> found(String name, String code) throws IOException {
        Path file = made.resolve(name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, code);
        List<String> breaches = JamVmRules.breaches(made).stream()
                .filter(breach -> !breach.endsWith(": take it out of JamVmRules")).toList();
        Files.delete(file);
        return breaches;
    }
}
