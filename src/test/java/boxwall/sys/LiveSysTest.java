package boxwall.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LiveSys on this machine. */
class LiveSysTest {
    private final LiveSys sys = new LiveSys();

    @Test
    void outputErrorsAndStatusAreReturned() throws BoxException {
        CommandResult result = sys.run(List.of("/bin/sh", "-c", "cat; echo err >&2; exit 3"), "in\n", 20);
        assertEquals("in\n", result.out);
        assertEquals("err\n", result.err);
        assertEquals(3, result.status());
        assertTrue(result.describe().endsWith(": status 3: err"), result.describe());
    }

    @Test
    void programThatFillsBothPipesDoesNotBlock() throws BoxException {
        CommandResult result =
                sys.run(List.of("/bin/sh", "-c", "yes x | head -c 300000 >&2; yes y | head -c 300000"), "", 60);
        assertEquals(300000, result.out.length());
        assertEquals(300000, result.err.length());
    }

    @Test
    void programThatDoesNotReadItsInputSucceeds() throws BoxException {
        assertEquals(0, sys.run(List.of("/bin/true"), "x".repeat(200000), 20).status());
    }

    @Test
    void hangingProgramIsKilled() throws BoxException {
        CommandResult result = sys.run(List.of("/bin/sh", "-c", "exec sleep 600"), "", 1);
        assertTrue(result.timedOut);
        assertTrue(result.describe().contains("time limit"), result.describe());
    }

    /**
     * Each child inherits the descriptors of the daemon. GNU Classpath closes a process's pipes only when the process
     * object is collected; this JVM does so when the process ends. So these programs close their outputs and keep
     * running: open descriptors are those that LiveSys did not close.
     */
    @Test
    void hundredRunsLeakNoDescriptor() throws BoxException {
        int before = sys.list("/proc/self/fd").size();
        StringBuilder living = new StringBuilder();
        try {
            for (int i = 0; i < 100; i++) {
                living.append(' ').append(
                        sys.run(List.of("/bin/sh", "-c", "echo $$; exec >&- 2>&- sleep 600"), "", 60).out.trim());
            }
            int after = sys.list("/proc/self/fd").size();
            assertTrue(after < before + 10, after + " descriptors, before " + before);
        } finally {
            sys.run(List.of("/bin/sh", "-c", "kill -9" + living), "", 60);
        }
    }

    @Test
    void missingProgramIsReported() {
        assertTrue(assertThrows(BoxException.class, () -> sys.run(List.of("/nowhere/x"), "", 1)).getMessage()
                .contains("no such program"));
    }

    @Test
    void fileIsWrittenCompletelyOrNotAtAll(@TempDir Path folder) throws IOException, BoxException {
        String path = folder.resolve("new/file").toString();
        sys.write(path, "one\n\u00e4\u00ff");
        assertEquals("one\n\u00e4\u00ff", sys.read(path, 100));
        assertEquals(6, Files.size(Path.of(path)));
        sys.write(path, "two");
        assertEquals(List.of("file"), sys.list(folder.resolve("new").toString()));
        Files.createDirectories(folder.resolve("dir/x"));
        assertThrows(BoxException.class, () -> sys.write(folder.resolve("dir").toString(), "text"));
        assertFalse(Files.exists(folder.resolve("dir.tmp")), "the temporary file must be deleted");
    }

    @Test
    void missingFileOrFolderIsNull() {
        assertNull(sys.read("/nowhere/x", 10));
        assertNull(sys.list("/nowhere"));
        assertEquals("Linux", sys.read("/proc/version", 5));
    }

    @Test
    void uptimeIsThatOfTheKernel() throws IOException {
        double before = kernelUptime();
        double uptime = sys.uptimeMillis() / 1000.0;
        // the file has hundredths of a second
        assertTrue(before - 0.01 <= uptime && uptime <= kernelUptime() + 0.01, before + " " + uptime);
    }

    private static double kernelUptime() throws IOException {
        return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
    }
}
