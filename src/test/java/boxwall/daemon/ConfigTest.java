package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings are parsed as text and never executed. */
class ConfigTest {
    @Test
    void environmentOverridesFile() {
        String text =
                "# a comment\nexport BOXWALL_PORT='8200'\nexport BOXWALL_HOSTS=\"a b\"\nBOXWALL_PA=disable # words\nOTHER='x'\n";
        Config config = Config.parse(text, Map.of("BOXWALL_PORT", "8300"));
        assertEquals(8300, config.number("PORT"));
        assertEquals("a b", config.get("HOSTS"));
        assertEquals("disable", config.get("PA"));
        assertEquals("no", config.get("ENABLED"));
    }

    @Test
    void invalidNumberGivesDefault() {
        assertEquals(120, Config.parse("export BOXWALL_CONFIRM_SECONDS='soon'\n", Map.of()).number("CONFIRM_SECONDS"));
    }

    /** With an invalid port the daemon would wait for its first listener forever. */
    @ParameterizedTest
    @CsvSource({"PORT, 65536, 8181", "PORT, -1, 8181", "PORT, 65535, 65535", "PORT, 0, 0", "CONFIRM_SECONDS, 0, 120",
            "CONFIRM_SECONDS, 4, 120", "CONFIRM_SECONDS, 3601, 120", "CONFIRM_SECONDS, 3600, 3600"})
    void numberOutOfRangeGivesDefault(String name, String given, int number) {
        assertEquals(number, Config.parse(null, Map.of("BOXWALL_" + name, given)).number(name));
    }

    @Test
    void shippedFileHasDefaultsOfCode() throws IOException {
        String shipped = Files.readString(Path.of("conf/boxwall.cfg"));
        Config none = Config.parse(null, Map.of());
        Config file = Config.parse(shipped, Map.of());
        int settings = 0;
        for (String line : shipped.split("\n")) {
            if (line.startsWith("export BOXWALL_")) {
                String name = line.substring(15, line.indexOf('='));
                assertEquals(none.get(name), file.get(name), name);
                settings++;
            }
        }
        assertTrue(settings >= 17, "only " + settings + " settings in conf/boxwall.cfg");
    }
}
