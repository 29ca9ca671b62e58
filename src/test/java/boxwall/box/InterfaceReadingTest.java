package boxwall.box;

import boxwall.box.Interface.Role;
import boxwall.facts.BoxFacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import boxwall.probe.BoxReader;
import boxwall.sys.LiveSys;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The launcher's output about the bridges gives the same interfaces as the whole reading. */
class InterfaceReadingTest {
    @Test
    void bridgesAreReadFromIfconfigAndIp() {
        InterfaceReading old = InterfaceReading.of(
                "lan       Link encap:Ethernet  HWaddr 02:00:00:00:00:01  \n          inet addr:192.168.178.1  Bcast:192.168.178.255  Mask:255.255.255.0\n"
                        + "          UP BROADCAST RUNNING  MTU:1500  Metric:1\n\nguest     Link encap:Ethernet  \n          inet addr:192.168.179.1  Bcast:192.168.179.255  Mask:255.255.255.0\n");
        assertEquals("192.168.178.1 192.168.178.0/24", old.of(Role.LAN).ip + " " + old.of(Role.LAN).net);
        assertEquals("192.168.179.0/24", old.of(Role.GUEST).net);
        InterfaceReading ip = InterfaceReading.of(
                "3: lan: <BROADCAST,UP> mtu 1500 qdisc noqueue\n    inet 192.168.178.1/24 brd 192.168.178.255 scope global lan\n");
        assertEquals("192.168.178.1 192.168.178.0/24", ip.of(Role.LAN).ip + " " + ip.of(Role.LAN).net);
        assertNull(ip.of(Role.GUEST));
        for (String nothing : new String[] {"", "\n", "7",
                "ifconfig: lan: error fetching interface information: Device not found\n"}) {
            assertNull(InterfaceReading.of(nothing).of(Role.LAN));
        }
    }

    @Test
    void recordedBoxHasSameBridgesInBothReadings() throws Exception {
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            Path folder = Path.of("src/test/resources/boxes", box);
            BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), folder.toString()));
            InterfaceReading bridges = InterfaceReading.of(Files.readString(folder.resolve("commands/ifconfig_-a")));
            assertEquals(facts.lan.ip + facts.lan.net, bridges.of(Role.LAN).ip + bridges.of(Role.LAN).net);
            assertEquals(facts.guest == null, bridges.of(Role.GUEST) == null);
        }
    }
}
