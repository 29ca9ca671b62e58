package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.Walk;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What IPv6 can't do without on a link (RFC 4861, RFC 8415): neighbours are asked for and answer, routers are asked for
 * and tell, and on the Internet side DHCPv6 brings the addresses. IPv4's ARP passes netfilter by; in IPv6 all of it
 * goes through INPUT and OUTPUT. A single packet each, from a link-local address, as hosts send them; conntrack leaves
 * all but DHCPv6 alone (UNTRACKED).
 */
final class Neighbours {
    private static final String PEER = "fe80::5054:ff:fe12:3456";
    private static final String OWN = "fe80::5054:ff:fe65:4321";
    private static final String SOLICITED = "ff02::1:ff65:4321";
    private static final String HOSTS = "ff02::1";
    private static final String ROUTERS = "ff02::2";
    private static final String DHCP_SERVERS = "ff02::1:2";
    private static final int ICMP6 = 58;

    private final BoxFacts facts;
    private final Walk walk;
    private final List<Finding> out = new ArrayList<>();

    private Neighbours(BoxFacts facts, Walk walk) {
        this.facts = facts;
        this.walk = walk;
    }

    /** The findings neighbour-discovery-dropped, one for each side of the box that speaks IPv6. */
    static List<Finding> of(Ruleset ruleset, BoxFacts facts, Walk walk) {
        if (!ruleset.owns(Family.IPV6, Table.FILTER)) { return Collections.emptyList(); }
        Neighbours neighbours = new Neighbours(facts, walk);
        // a box that has IPv6 anywhere has it from the Internet side, whose own address may be of the link only
        boolean speaks = false;
        for (Interface each : facts.interfaces) {
            speaks |= each.ip6 != null;
        }
        neighbours.side(facts.wan, "$WAN_IF", "the Internet side", speaks);
        neighbours.side(facts.lan, "$LAN_IF", "the home network", facts.lan != null && facts.lan.ip6 != null);
        neighbours.side(facts.guest, "$GUEST_IF", "the guests", facts.guest != null && facts.guest.ip6 != null);
        return neighbours.out;
    }

    private void side(Interface side, String word, String words, boolean speaks) {
        if (side == null || !speaks) { return; }
        boolean wan = word.equals("$WAN_IF");
        List<String> evidence = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        String in = "INPUT -i " + word;
        String out = "OUTPUT -o " + word;
        icmp(Hook.INPUT, side, PEER, wan ? HOSTS : ROUTERS, wan ? 134 : 133, in, evidence, lines);
        icmp(Hook.INPUT, side, PEER, SOLICITED, 135, in, evidence, lines);
        icmp(Hook.INPUT, side, PEER, OWN, 136, in, evidence, lines);
        icmp(Hook.OUTPUT, side, OWN, wan ? ROUTERS : HOSTS, wan ? 133 : 134, out, evidence, lines);
        icmp(Hook.OUTPUT, side, OWN, SOLICITED, 135, out, evidence, lines);
        icmp(Hook.OUTPUT, side, OWN, PEER, 136, out, evidence, lines);
        if (wan) {
            dhcp(Hook.INPUT, side, PEER, OWN, 547, 546, in + " -s fe80::/10", evidence, lines);
            dhcp(Hook.OUTPUT, side, OWN, DHCP_SERVERS, 546, 547, out, evidence, lines);
        }
        if (!evidence.isEmpty()) {
            this.out.add(new Finding("neighbour-discovery-dropped", Finding.Severity.WARN, "", evidence,
                    "IPv6 won't work on " + side.name + ", " + words
                            + ": these rules drop what a link needs (neighbour discovery, router advertisements"
                            + (wan ? ", DHCPv6" : "") + ")",
                    lines + ", before the line that drops them; or include ipv6-basic"));
        }
    }

    private void icmp(Hook hook, Interface side, String src, String dst, int type, String where, List<String> evidence,
            StringBuilder lines) {
        ask(hook, packet(hook, side, src, dst).protocol(ICMP6).icmp(type, 0).state(State.UNTRACKED).build(),
                where + " -p icmpv6 --icmpv6-type " + type, evidence, lines);
    }

    private void dhcp(Hook hook, Interface side, String src, String dst, int sport, int dport, String where,
            List<String> evidence, StringBuilder lines) {
        ask(hook, packet(hook, side, src, dst).protocol(SamplePackets.UDP).sport(sport).dport(dport).state(State.NEW)
                .build(), where + " -p udp --sport " + sport + " --dport " + dport, evidence, lines);
    }

    private static Packet.Builder packet(Hook hook, Interface side, String src, String dst) {
        return Packet.of(Family.IPV6).in(hook == Hook.INPUT ? side.name : "").out(hook == Hook.OUTPUT ? side.name : "")
                .src(Addresses.parse(src)).dst(Addresses.parse(dst)).mark(0L);
    }

    private void ask(Hook hook, Packet packet, String rule, List<String> evidence, StringBuilder lines) {
        Answer answer = walk.packet(packet, hook);
        if (answer.verdict.stops()) {
            evidence.add(packet + ": " + answer);
            lines.append(lines.length() == 0 ? "" : "; ").append("ip6tables -A ").append(rule).append(" -j ACCEPT");
        }
    }
}
