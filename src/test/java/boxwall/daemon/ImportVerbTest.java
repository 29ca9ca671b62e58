package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code boxwall import FILE}: the ruleset on one stream, the remarks on the other, and the exit status. */
class ImportVerbTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... words) {
        return Main.run(List.of(words), new PrintStream(out, true), new PrintStream(err, true));
    }

    @Test
    void whatIsTakenWholeIsStatus0AndWhatComesOutCanBeChecked(@TempDir Path folder) throws IOException {
        assertEquals(0, run("import", "src/test/resources/imports/rc.custom"), err::toString);
        Path rules = Files.write(folder.resolve("rules"), out.toByteArray());
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("rc.custom:32: tables begin empty here; nothing to do"), err::toString);
        out.reset();
        assertEquals(0, run("check", rules.toString(), "--root", "src/test/resources/boxes/virtual"), () -> out.toString() + err);
    }

    @Test
    void whatIsLeftOutIsStatus1AndNamedByFileAndLine() {
        assertEquals(1, run("import", "src/test/resources/imports/gateway.sh"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("\n* gateway.sh:56: the value of MY_IP isn't known"), err::toString);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\n# left out, line 56: "), out::toString);
    }

    @Test
    void noFileIsStatus2() {
        assertEquals(2, run("import"));
        assertEquals(2, run("import", "/no/such/file"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("/no/such/file can't be opened"), err::toString);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }
}
