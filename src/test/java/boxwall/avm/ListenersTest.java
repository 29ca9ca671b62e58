package boxwall.avm;

import boxwall.avm.Listeners.Service;
import boxwall.facts.BoxFacts;
import boxwall.box.Readings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Listening services, read from /proc in either byte order. */
class ListenersTest {
    private static final String ROUTE =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private static final String REST = " 00000000:00000000 00:00000000 00000000     0        0 1 1\n";

    private static Readings route(String mask) {
        return Readings.none().with("/proc/net/route",
                ROUTE + "lan\t00000000\t00000000\t0001\t0\t0\t0\t" + mask + "\t0\t0\t0\n");
    }

    private static String socket(String address, String state) {
        return "   0: " + address + " " + address.replaceAll("[0-9A-F]", "0") + " " + state + REST;
    }

    private static List<String> found(Readings readings) {
        return Listeners.of(readings).stream().map(Service::toString).toList();
    }

    @Test
    void addressesAreReadInByteOrderOfMachine() {
        List<String> expected = List.of("tcp 192.168.178.1 port 8181 (boxwall)");
        assertEquals(expected, found(route("00FFFFFF").with("/proc/net/tcp", socket("01B2A8C0:1FF5", "0A"))));
        assertEquals(expected, found(route("FFFFFF00").with("/proc/net/tcp", socket("C0A8B201:1FF5", "0A"))));
        // the byte order is unknown: assume every address rather than a wrong one
        assertEquals(List.of("tcp 8181 (boxwall)"),
                found(Readings.none().with("/proc/net/tcp", socket("C0A8B201:1FF5", "0A"))));
        assertEquals(List.of("tcp6 ::1 port 80 (web page)"),
                found(route("00FFFFFF").with("/proc/net/tcp6", socket("00000000000000000000000001000000:0050", "0A"))));
        assertEquals(List.of("udp 127.0.0.1 port 53 (DNS)"),
                found(route("00FFFFFF").with("/proc/net/udp6", socket("0000000000000000FFFF00000100007F:0035", "07"))));
    }

    @Test
    void listeningSocketsAreReadWithProgramNames() {
        Readings readings = route("FFFFFF00")
                .with("/proc/net/tcp",
                        "  sl  local_address rem_address   st\n" + socket("00000000:0016", "0A")
                                + socket("00000000:0017", "01") + socket("zz:0017", "0A") + "garbage\n")
                .with("/proc/net/udp", socket("00000000:13C4", "07")).with("netstat_-lntup",
                        "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 740/dropbear\nudp 0 0 0.0.0.0:5060 0.0.0.0:* -\n");
        assertEquals(List.of("tcp 22 (ssh: dropbear)", "udp 5060 (SIP)"), found(readings));
        assertEquals(List.of("tcp6 49000 (TR-064, UPnP)", "tcp 49000 (TR-064, UPnP)"),
                found(Readings.none().with("/proc/net/tcp6", socket("00000000000000000000000000000000:BF68", "0A"))));
    }

    @Test
    void servicesAreNullIfNothingWasRead() {
        assertNull(Listeners.of(Readings.none()));
        assertEquals(List.of(), Listeners.of(Readings.none().with("/proc/net/tcp", "")));
    }

    @Test
    void exposedInterfacesAreThoseWithHosts() {
        Readings readings = Readings.none().with("ip_addr", "1: lo: <LOOPBACK>\n    inet 127.0.0.1/8 scope host lo\n"
                + "2: eth0: <BROADCAST>\n4: lan: <BROADCAST>\n    inet 192.168.178.1/24 scope global lan\n"
                + "    inet 169.254.1.1/16 scope global lan:0\n5: sit0: <NOARP>\n6: tun0: <POINTOPOINT>\n    inet 10.8.0.1/24 scope global tun0\n"
                + "7: dsl: <BROADCAST>\n");
        assertEquals(List.of("lan", "tun0", "dsl"), Listeners.exposedInterfaces(new BoxFacts(readings).interfaces));
    }
}
