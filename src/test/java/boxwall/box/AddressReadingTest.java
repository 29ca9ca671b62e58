package boxwall.box;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

/** Addresses that are read from the output of ip and ifconfig. */
class AddressReadingTest {
    private static String found(String command, String text) {
        InterfaceReading reading = new InterfaceReading(Readings.none().with(command, text));
        List<String> all = new ArrayList<>();
        for (Interface one : reading.all) {
            all.add(one.name + (one.ip == null ? "" : " " + one.net) + (one.ip6 == null ? "" : " " + one.net6));
        }
        return String.join(", ", all);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "inet 192.168.178.1/24 brd 192.168.178.255 scope global lan | lan 192.168.178.0/24",
            "inet 192.168.178.1 peer 10.0.0.1/32 scope global lan | lan 192.168.178.1/32",
            "inet 192.168.178.1/33 scope global lan | lan", "inet 192.168.178/24 scope global lan | lan",
            "inet 192.168.178.1/x scope global lan | lan", "inet 192.168.178.1/+8 scope global lan | lan",
            "inet 10.0.0.1/8 scope global lan:0 | lan, lan:0 10.0.0.0/8",
            "inet6 fd00::1/64 scope global | lan fd00::/64", "inet6 fe80::1/64 scope link | lan",
            "inet6 2001:db8::2/64 scope global temporary dynamic | lan",
            "inet6 2001:db8::2/64 scope global deprecated | lan", "link/ether 02:00:00:00:00:01 inet | lan"})
    void addressIsReadFromIp(String line, String expected) {
        assertEquals(expected, found("ip_addr", "3: lan: <BROADCAST,UP> mtu 1500\n    " + line + "\n"));
        assertEquals(expected, found("ip_addr", "7: lan@if2: <UP>\n    " + line + "\r\n"));
        assertEquals("", found("ip_addr", "lan: <UP>\n    " + line + "\n"), "no interface without a number");
        assertEquals("", found("ip_addr", "3: lan: mtu 1500\n    " + line + "\n"), "no interface without flags");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "inet addr:192.168.178.1  Bcast:192.168.178.255  Mask:255.255.255.0 | lan 192.168.178.0/24",
            "inet addr:10.0.0.2  P-t-P:10.0.0.1  Mask:255.255.255.255 | lan 10.0.0.2/32",
            "inet addr:192.168.178.1  Mask:255.0.255.0 | lan", "inet addr:192.168.178.1  Bcast:192.168.178.255 | lan",
            "inet addr:192.168.178  Mask:255.255.255.0 | lan", "inet6 addr: fd00::1/64 Scope:Global | lan fd00::/64",
            "inet6 addr: fe80::1/64 Scope:Link | lan"})
    void addressIsReadFromIfconfig(String line, String expected) {
        assertEquals(expected,
                found("ifconfig_-a", "lan       Link encap:Ethernet  HWaddr 00:00:5E:00:53:01\n   " + line + "\n"));
    }

    @Test
    void randomTextCausesNoException() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {" ", " ", ": ", ":", "<", ": <", "@", "@if2", "3", "12", "192.168.178.1", ".", "/", "/24",
                "lan", "guest:0", "inet ", "\ninet ", "inet addr:", "addr:", "Mask:", "255.255.255.0", "inet6 ",
                "fd00::1", "scope global", "\t", "é", "0123456789abcdef", "-", "٣", "\n", "\n3: lan: <\n  "};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int count = random.nextInt(12); count > 0; count--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            try {
                found("ip_addr", text.toString());
                found("ifconfig", text.toString());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
    }
}
