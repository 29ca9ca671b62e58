package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.avm.Listeners.Service;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statements about sets: expect lines, the administrator's connection, exposure and differences. */
class StatementTest {
    private static final List<String> INTERFACES = List.of("lan", "guest", "dsl");

    private static Expectation expect(Ruleset ruleset, String verdict, String keys) {
        return Expectation.check(verdict, Rules.keys(keys), new Verdicts(ruleset, Rules.box()), Set.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"DROP   | in=guest out=lan                                        | true",
            "DROP   | in=guest src=192.168.179.0/24 dst=192.168.178.0/24      | false",
            "DROP   | in=guest src=192.168.179.0/24 dst=192.168.178.2-192.168.178.254 | true",
            "DROP   | in=guest                                                | false",
            "DROP   | in=dsl out=lan                                          | false",
            "DROP   | in=dsl dst=203.0.113.2 proto=tcp dport=1-5059           | false",
            "DROP   | in=dsl src=198.51.100.0/24 dst=203.0.113.2 proto=tcp dport=1-5059,5061-65535 | true",
            "ACCEPT | in=lan src=192.168.178.0/24 dst=192.168.178.1 proto=tcp dport=8181 | true",
            "ACCEPT | in=lan src=192.168.178.20 dst=192.168.178.1 proto=tcp sport=40000 dport=8181 | true",
            "ACCEPT | in=lan dst=192.168.178.1 proto=tcp dport=8181           | false",
            "ACCEPT | in=lan out=dsl src=192.168.178.0/24 proto=tcp dport=80,443 | true",
            "ACCEPT | in=lan out=dsl src=192.168.178.0/24 proto=tcp dport=80-443 | false",
            "ACCEPT | in=dsl dst=203.0.113.2 state=ESTABLISHED                | true",
            "ACCEPT | in=dsl dst=203.0.113.2 state=ESTABLISHED,INVALID        | false",
            "ACCEPT | out=dsl proto=udp dport=53                              | true",
            "DROP   | out=dsl proto=tcp dport=25                              | false",
            "DROP   | chain=OUTPUT out=dsl dst=198.51.100.0/24 proto=tcp dport=25 | true",
            "DROP   | in=wan dst=203.0.113.2 src=198.51.100.1 proto=icmp      | true",
            "DROP   | in=lan out=guest dst=192.168.178.1                      | false",})
    void expectLineIsProvedOrRefuted(String verdict, String keys, boolean held) {
        Ruleset guests = Wiki.with("-A FORWARD -i guest -o dsl -j ACCEPT", "-A FORWARD -i guest -j DROP");
        Expectation found = expect(guests, verdict, keys);
        assertEquals(held, found.held, found.reason);
        assertNull(found.skippedBecause);
        if (!held && found.counterexample != null) {
            Answer shown = found.counterexample;
            assertTrue(shown.possible.stream().anyMatch(
                    v -> verdict.equals("DROP") ? !v.stops() : v != Verdict.valueOf(verdict)), shown.inFull());
        }
    }

    @Test
    void counterexampleIsPlausiblePacket() {
        Expectation found = expect(Wiki.basic(), "DROP", "in=dsl out=lan proto=tcp");
        Packet packet = found.counterexample.packet;
        // the wiki's rules accept LAN addresses on every interface
        assertEquals("192.168.178.0", Addresses.print(packet.src()).replaceAll("[0-9]+$", "0"));
        assertEquals("rules:26", found.counterexample.decidedBy.origin().toString());
        assertTrue(found.reason.startsWith("expected DROP, found ACCEPT by filter TRANS 1 (rules:26)"), found.reason);
    }

    @Test
    void expectLineThatCannotBeCheckedIsNotHeld() {
        assertEquals("the box has no interface 'tun0'", expect(Wiki.basic(), "DROP", "in=tun0").skippedBecause);
        assertTrue(expect(Wiki.basic(), "ACCEPT", "in=lan out=guest dst=8.8.8.8").reason.contains("no packet"));
        Ruleset limited = Rules.v4(":INPUT DROP", "-A INPUT -m limit --limit 3/min -j ACCEPT");
        assertFalse(expect(limited, "DROP", "in=dsl dst=203.0.113.2").held);
        assertFalse(expect(limited, "ACCEPT", "in=dsl dst=203.0.113.2").held);
        for (String keys : List.of("in=lan port=80", "dst=fritz.box", "dport=80x", "state=OLD", "chain=TRANS",
                "fragment=1", "dst=1.2.3.4/33", "proto=nosuch", "flags=SYNACK", "mac=1", "mark=-1", "family=5")) {
            assertThrows(IllegalArgumentException.class, () -> expect(Wiki.basic(), "DROP", keys), keys);
        }
        assertThrows(IllegalArgumentException.class, () -> expect(Wiki.basic(), "LOG", "in=lan"));
    }

    @Test
    void expectLineCoversAllOwnedFamilies() {
        Ruleset four = Rules.v4(":INPUT DROP", ":FORWARD DROP");
        assertTrue(expect(four, "DROP", "in=guest out=lan").held);
        Ruleset both = Rules.add(four, Family.IPV6, ":INPUT DROP");
        assertFalse(expect(both, "DROP", "in=guest out=lan").held);
        assertTrue(expect(both, "DROP", "in=guest out=lan family=4").held);
    }

    @Test
    void expectLineCoversFirstPacketsOnlyForStatelessRules() {
        Ruleset stateless = Rules.v4(":INPUT DROP", "-A INPUT -p tcp -m tcp --tcp-flags ACK ACK -j ACCEPT",
                "-A INPUT -p icmp -m icmp --icmp-type 0 -j ACCEPT", "-A INPUT -f -j ACCEPT");
        assertTrue(expect(stateless, "DROP", "in=dsl dst=203.0.113.2").held);
        assertTrue(expect(stateless, "ACCEPT", "in=dsl dst=203.0.113.2 proto=tcp state=ESTABLISHED flags=ACK").held);
    }

    private static AdminConnection lan(int port) {
        return new AdminConnection("lan", Rules.network(Family.IPV4, "192.168.178.0/24"),
                Addresses.parse("192.168.178.1"), port);
    }

    @Test
    void administratorIsProvedForEveryAddressAndPort() {
        assertEquals("proved",
                AdminProof.of(new Verdicts(Wiki.basic(), Rules.box()), List.of(lan(8181))).result.word());
        Ruleset withoutOneAddress =
                Wiki.with("-A INPUT -s 192.168.178.77/32 -p tcp -m tcp --sport 50000 --dport 8181 -j REJECT");
        AdminProof failed = AdminProof.of(new Verdicts(withoutOneAddress, Rules.box()), List.of(lan(22), lan(8181)));
        assertEquals("failed", failed.result.word());
        assertEquals("192.168.178.77", Addresses.print(failed.answer.packet.src()));
        assertEquals(50000, failed.answer.packet.sport());
        Ruleset byMac = Wiki.with("-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j DROP");
        assertEquals("unknown", AdminProof.of(new Verdicts(byMac, Rules.box()), List.of(lan(8181))).result.word());
        Ruleset withoutReplies = Wiki.with("-A OUTPUT -p tcp -m tcp --sport 8181 --tcp-flags SYN,ACK SYN,ACK -j DROP");
        AdminProof replies = AdminProof.of(new Verdicts(withoutReplies, Rules.box()), List.of(lan(8181)));
        assertEquals("failed", replies.result.word());
        assertEquals(Packet.SYN | Packet.ACK, replies.answer.packet.flags() & (Packet.SYN | Packet.ACK));
    }

    @Test
    void tooComplexRulesetIsNeverProved() {
        AdminProof proof =
                AdminProof.of(new Verdicts(Wiki.basic(), Rules.box(), List.of(), null, 1024), List.of(lan(8181)));
        assertEquals("unknown", proof.result.word());
        assertTrue(proof.reason.contains("too complex"), proof.reason);
        Ruleset closed = Rules.v4(":INPUT DROP");
        assertEquals("failed",
                AdminProof.of(new Verdicts(closed, Rules.box(), List.of(), null, 1024), List.of(lan(8181))).result
                        .word());
        assertTrue(new Difference(Wiki.basic(), closed, Rules.box(), 1024).incomplete().contains("too complex"));
        assertTrue(Exposure.of(new Verdicts(Wiki.basic(), Rules.box(), List.of(), null, 1024), List.of(), INTERFACES)
                .incomplete().contains("too complex"));
    }

    @Test
    void exposureListsSourcesOfServicesAndForwardedPackets() {
        List<Service> services = List.of(new Service(Family.IPV4, 6, null, 8181, "boxwall"),
                new Service(Family.IPV4, 17, null, 5060, "voipd"),
                new Service(Family.IPV4, 6, new byte[] {127, 0, 0, 1}, 5031, null));
        Exposure exposure = Exposure.of(
                new Verdicts(Wiki.with("-A INPUT -i guest -p tcp -m limit --limit 1/sec -j ACCEPT"), Rules.box()),
                services, INTERFACES);
        assertEquals(
                List.of("tcp 8181 (boxwall) from lan: some (169.254.0.0/16,192.168.178.0/24)",
                        "tcp 8181 (boxwall) from guest: some (192.168.178.0/24)",
                        "tcp 8181 (boxwall) from dsl: some (192.168.178.0/24)", "udp 5060 (voipd) from lan: everyone",
                        "udp 5060 (voipd) from guest: everyone", "udp 5060 (voipd) from dsl: everyone"),
                exposure.reaches.stream().map(Exposure.Reach::toString).toList());
        assertTrue(
                exposure.forwarded.stream().map(Region::toString).anyMatch(
                        "tcp from lan (192.168.178.0/24) to dsl, port 20-22,25,80,110,443,465 and 2 more"::equals),
                exposure.forwarded.toString());
        assertTrue(exposure.forwarded.stream()
                .anyMatch(r -> r.toString().startsWith("everything (IPv6) from guest to lan")));
        assertNull(exposure.incomplete());
    }

    @Test
    void differencesAreListedLargestFirst() {
        Ruleset more = Wiki.with("-A FORWARD -i guest -o lan -p tcp -m tcp --dport 80 -j ACCEPT",
                "-A INPUT -s 192.168.178.66/32 -j DROP", "-A INPUT -i guest -j ACCEPT");
        Difference difference = Difference.of(Wiki.basic(), more, Rules.box());
        assertNull(difference.incomplete());
        assertEquals(
                """
                        DROP becomes ACCEPT: all but tcp,udp from guest (all but 192.168.178.0/24) to the box, state all but ESTABLISHED,RELATED
                        DROP becomes ACCEPT: tcp from guest (all but 192.168.178.0/24) to the box, port all but 5060, state all but ESTABLISHED,RELATED
                        DROP becomes ACCEPT: udp from guest (all but 192.168.178.0/24) to the box, port all but 67,5060, state all but ESTABLISHED,RELATED
                        DROP becomes ACCEPT: tcp from guest (all but 192.168.178.0/24) to lan, port 80, state all but ESTABLISHED,RELATED, no later fragments
                        DROP becomes ACCEPT: udp from guest (all but 192.168.178.0/24) to the box (all but 255.255.255.255), port 67, state all but ESTABLISHED,RELATED
                        ACCEPT becomes DROP: everything from anywhere (192.168.178.66) to the box
                        DROP becomes ACCEPT: udp from guest (all but 192.168.178.0/24) port all but 68 to the box (255.255.255.255), port 67, state all but ESTABLISHED,RELATED
                        DROP becomes ACCEPT: udp from guest (all but 0.0.0.0,192.168.178.0/24) port 68 to the box (255.255.255.255), port 67, state all but ESTABLISHED,RELATED""",
                difference.changes.stream().map(Object::toString).collect(Collectors.joining("\n")));
        for (Difference.Change change : difference.changes) {
            assertTrue(
                    change.before == Verdict.DROP ? change.was.verdict.stops() : change.was.verdict == change.before);
            assertTrue(change.after == Verdict.DROP ? change.is.verdict.stops() : change.is.verdict == change.after);
        }
        assertTrue(Difference.of(Wiki.basic(), Wiki.basic(), Rules.box()).changes.isEmpty());
    }
}
