package boxwall.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Typed values that an option parses from its canonical text. */
class OptionTest {
    private static String print(byte[][] range) {
        return range == null ? null : Addresses.print(range[0]) + "-" + Addresses.print(range[1]);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"IPV4, 10.0.0.2, 10.0.0.2-10.0.0.2, -",
            "IPV4, 10.0.0.2:80, 10.0.0.2-10.0.0.2, 80", "IPV4, 10.0.0.2-10.0.0.9:80-90, 10.0.0.2-10.0.0.9, 80:90",
            "IPV4, :8080, -, 8080", "IPV6, fd00::2, fd00::2-fd00::2, -", "IPV6, [fd00::2]:80, fd00::2-fd00::2, 80",
            "IPV6, [fd00::2-fd00::9]:1-2, fd00::2-fd00::9, 1:2", "IPV6, :8080, -, 8080"})
    void natAddressesAndPortsAreParsed(Family family, String text, String addresses, String ports) {
        Option option = Option.of("--to-destination", text);
        assertEquals(addresses, print(option.natAddresses(family)));
        assertEquals(ports, option.natPorts(family) == null ? null : option.natPorts(family).toString());
    }

    @ParameterizedTest
    @CsvSource({"80, 80", "80-90, 80:90"})
    void natPortsWithoutAddressAreParsed(String text, String ports) {
        assertEquals(ports, Option.of("--to-ports", text).natPorts(Family.IPV4).toString());
    }

    @ParameterizedTest
    @CsvSource({"x", "1/x", "''"})
    void invalidValueGivesNull(String text) {
        Option option = Option.of("--x", text);
        assertNull(option.ports());
        assertNull(option.masked());
        assertNull(option.icmp(Family.IPV4));
        assertNull(option.mac());
    }

    /** Runs in an interpreter, as on a box: a JIT compiler keeps the field in a register and hides the fault. */
    @Test
    void threadsParseSameOptionIndependently() throws Exception {
        Process race = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xint",
                "-cp", System.getProperty("java.class.path"), Race.class.getName()).redirectErrorStream(true).start();
        String output = new String(race.getInputStream().readAllBytes());
        assertEquals(0, race.waitFor(), output);
    }

    /** Two threads parse an option as different types; fails if one gets the cached value of the other. */
    static final class Race {
        public static void main(String[] args) {
            Option option = Option.of("--state", "NEW");
            Thread other = new Thread(() -> {
                while (true) {
                    option.ports();
                }
            });
            other.setDaemon(true);
            other.start();
            for (int i = 0; i < 200_000; i++) {
                assertEquals(Set.of(ConnectionState.NEW), option.states());
            }
        }
    }
}
