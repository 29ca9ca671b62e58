package boxwall.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.Random;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({"192.168.178.1,192.168.178.1", "fd00::1,fd00::1", "2001:DB8:0:0:1:0:0:1,2001:db8::1:0:0:1", "::,::",
            "::ffff:1.2.3.4,::ffff:1.2.3.4", "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:8", "1:0:2:3:4:5:6:7,1:0:2:3:4:5:6:7",
            "::1.2.3.4,::1.2.3.4", "1::,1::", "::1,::1"})
    void addressIsParsedAndPrintedAsByInetNtop(String text, String printed) {
        assertEquals(printed, Addresses.print(Addresses.parse(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "1.2.3.x", "1..2.3", ":", ":::",
            "1::2::3", "12345::", "1:2:3:4:5:6:7", "g::", "1:2:3:4:5:6:7:8:9", "::1.2.3", "1.2.3.4::", "\u0661.1.1.1",
            "fe80::1%lan"})
    void invalidAddressGivesNull(String text) { assertNull(Addresses.parse(text), text); }

    @Test
    void randomAddressesArePrintedAsByJdk() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = random.nextInt(3) == 0 ? 0 : (byte) random.nextInt();
            }
            String printed = Addresses.print(bytes);
            assertEquals(InetAddress.getByAddress(bytes), InetAddress.getByName(printed),
                    "seed " + seed + ": " + printed);
            assertEquals(printed, Addresses.print(Addresses.parse(printed)), "seed " + seed);
        }
    }

    @Test
    void networkIsMaskedAndContainsItsAddresses() {
        Network lan = Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.178.77"), 24);
        assertEquals("192.168.178.0/24", lan.toString());
        assertTrue(lan.contains(Addresses.parse("192.168.178.255")));
        assertFalse(lan.contains(Addresses.parse("192.168.179.1")));
        assertFalse(lan.contains(Addresses.parse("fd00::1")));
        assertTrue(lan.containsAll(Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.178.128"), 25)));
        assertFalse(lan.containsAll(Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.178.0"), 23)));
        assertEquals("10.0.0.0/255.0.255.0",
                new Network(Family.IPV4, Addresses.parse("10.1.0.1"), Addresses.parse("255.0.255.0")).toString());
    }
}
