package boxwall.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import boxwall.box.LogLine;
import boxwall.netfilter.Family;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoggedPacketsTest {
    private static final String PACKET =
            "[IPT] drop IN=dsl OUT= MAC=00:04:0e:00:00:01 SRC=198.51.100.7 DST=192.168.178.1 LEN=60 PROTO=TCP SPT=40000 DPT=23";

    @Test
    void kernelLinesAreParsedAsPackets() {
        String[] heads = {"", "<4>", "[ 1234.567890] ", "<4>[ 1234.567890] ", "[ 1234.567890][1]",
                "Nov 23 08:15:02 fritz kern.warn kernel: [ 1234.567890] ", "Nov 23 08:15:02 fritz kernel: ",
                "Nov 23 08:15:02 kernel: ", "[   20.12] else^M<4>[   20.14] "};
        for (String head : heads) {
            LogLine line = LogLine.parse(head + PACKET);
            assertNotNull(line, head);
            assertEquals("[IPT] drop", line.prefix, head);
            assertEquals("198.51.100.7", line.get("SRC"));
            assertEquals(23, line.number("DPT"));
        }
        assertEquals("1234.567890", LogLine.parse("[ 1234.567890] " + PACKET).uptime);
        assertEquals("DROPIN=", LogLine.parse("DROPIN=IN=lan OUT= SRC=10.0.0.1").prefix,
                "a prefix that resembles the start of the packet");
    }

    @Test
    void ruleWithNegatedInterfaceIsAssigned() {
        LiveRules live = new LiveRules().add(Family.IPV4,
                List.of("*filter", ":INPUT ACCEPT [0:0]",
                        "[1:60] -A INPUT ! -i lan ! -o tun+ -j LOG --log-prefix \"[IPT] drop \"", "COMMIT"),
                Origins.none());
        LoggedPackets logged = new LoggedPackets(List.of(PACKET, PACKET.replace("IN=dsl", "IN=lan")), live);
        assertEquals(1, logged.entries.size());
        assertEquals(1, logged.others());
    }

    @Test
    void linesOfOtherProgramsAreNoPackets() {
        String[] heads = {"Nov 23 08:15:02 fritz user.info sipd[77]: REGISTER from kernel: ",
                "Nov 23 08:15:02 fritz user.notice kernel: ", "Nov 23 08:15:02 sipd: ",
                "Nov 23 08:15:02 fritz user.info sipd[77]: x^M<4>[   20.14] ",
                "userman: the name that a device gave itself: "};
        for (String head : heads) {
            assertNull(LogLine.parse(head + PACKET), head);
        }
    }
}
