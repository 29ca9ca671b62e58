package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.Answer;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Compares the stateless with the stateful form, packet by packet: the stateless form drops every first packet (TCP
 * SYN, UDP, ICMP request) that the stateful form drops as NEW.
 */
class StatelessSoundnessTest {
    /** A rule of INPUT: states, negation, protocol, target. */
    record StateRule(List<String> states, boolean negated, String protocol, String target) {
        String line() {
            return "iptables -A INPUT " + protocol + " -m state " + (negated ? "! " : "") + "--state "
                    + String.join(",", states) + " -j " + target;
        }
    }

    @Provide
    Arbitrary<List<StateRule>> rules() {
        Arbitrary<List<String>> states = Arbitraries.of("NEW", "ESTABLISHED", "RELATED", "INVALID").list().ofMinSize(1)
                .ofMaxSize(3).uniqueElements();
        Arbitrary<StateRule> rule = Combinators.combine(
                states, Arbitraries.of(true, false), Arbitraries.of("", "-p tcp", "-p udp", "-p icmp",
                        "-p tcp --dport 80", "-p udp --dport 53", "! -p tcp", "-i lan"),
                Arbitraries.of("ACCEPT", "DROP", "REJECT")).as(StateRule::new);
        return rule.list().ofMinSize(1).ofMaxSize(4);
    }

    @Provide
    Arbitrary<Packet> firstPackets() {
        return Combinators.combine(Arbitraries.of(6, 17, 1), Arbitraries.of(53, 80, 5000, 40000),
                Arbitraries.of(53, 1234), Arbitraries.of("lan", "dsl")).as((protocol, dport, sport, in) -> {
                    Packet packet = Packet.of(Family.IPV4).in(in).src(Addresses.parse("203.0.113.7"))
                            .dst(Addresses.parse("192.168.178.1")).protocol(protocol).state(ConnectionState.NEW)
                            .fragment(false);
                    return protocol == 1 ? packet.icmp(8, 0)
                            : protocol == 6 ? packet.sport(sport).dport(dport).flags(Packet.SYN)
                            : packet.sport(sport).dport(dport);
                });
    }

    @Property(tries = 3000)
    void packetDroppedAsNewStaysDroppedWithoutStates(@ForAll("rules") List<StateRule> rules,
            @ForAll("firstPackets") Packet packet) {
        StringBuilder text = new StringBuilder("iptables -P INPUT DROP\n");
        for (StateRule rule : rules) {
            text.append(rule.line()).append('\n');
        }
        ParsedRules parsed = RulesetParser.parse(new Source("t", text.toString()), Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        Answer stateful = new Verdicts(parsed.ruleset(), BoxNetwork.unknown()).packet(packet, Hook.INPUT);
        Answer stateless =
                new Verdicts(FewFacts.stateless(parsed.ruleset(), "32768:60999", "dsl").ruleset(), BoxNetwork.unknown())
                        .packet(packet, Hook.INPUT);
        if (stateful.verdict != Verdict.ACCEPT) {
            assertTrue(stateless.verdict != Verdict.ACCEPT,
                    () -> text + "\n" + packet + "\n" + stateful + "\n" + stateless);
        }
    }
}
