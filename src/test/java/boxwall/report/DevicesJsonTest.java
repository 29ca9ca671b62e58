package boxwall.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The devices that the page offers to block, from the kernel's ARP table and the leases of the DHCP server. */
class DevicesJsonTest {
    private static final String ARP = """
            IP address       HW type     Flags       HW address            Mask     Device
            192.168.178.30   0x1         0x2         00:00:5e:00:53:2a     *        lan
            192.168.178.31   0x1         0x0         00:00:00:00:00:00     *        lan
            203.0.113.1      0x1         0x2         00:00:5e:00:53:01     *        dsl
            """;

    @Test
    void devicesOfArpTableExceptWanAreListed() {
        assertEquals(
                "{\"devices\":[{\"address\":\"192.168.178.30\",\"name\":null,\"mac\":\"00:00:5e:00:53:2a\",\"interface\":\"lan\"}]}",
                DevicesJson.of(ARP, new String[] {null, null}, "dsl"));
    }

    @Test
    void namesAreReadFromLeasesOfBothServers() {
        assertEquals(
                "{\"devices\":[{\"address\":\"192.168.178.30\",\"name\":\"tablet\",\"mac\":\"00:00:5e:00:53:2a\",\"interface\":\"lan\"},"
                        + "{\"address\":\"192.168.178.32\",\"name\":\"tv\",\"mac\":\"00:00:5e:00:53:2c\",\"interface\":null}]}",
                DevicesJson.of(ARP, new String[] {"lease 00:00:5e:00:53:2a 192.168.178.30 864000 \"tablet\"\nlease\n\n",
                        "1764400000 00:00:5e:00:53:2c 192.168.178.32 tv *\n1764400000 00:00:5e:00:53:2d no-address x *\n"},
                        "dsl"));
    }

    @Test
    void withoutReadingsNoDeviceIsListed() {
        String leases =
                "lease 00:00:5e:00:53:2a 192.168.178.100 1 \"a\"\nlease 00:00:5e:00:53:2b 192.168.178.20 1 \"b\"\n";
        String sorted = DevicesJson.of(null, new String[] {leases}, null);
        assertTrue(sorted.indexOf(".20\"") < sorted.indexOf(".100\""), sorted);
        assertEquals("{\"devices\":[]}", DevicesJson.of(null, new String[] {null}, null));
    }
}
