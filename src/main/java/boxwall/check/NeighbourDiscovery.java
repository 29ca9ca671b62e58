package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * Packets that IPv6 needs on a link (RFC 4861, RFC 8415): neighbour solicitation and advertisement, router solicitation
 * and advertisement, and DHCPv6 on the Internet side. IPv4's ARP bypasses netfilter; IPv6's packets all go through
 * INPUT and OUTPUT. One packet of each kind from a link-local address, as hosts send them; conntrack leaves all but
 * DHCPv6 UNTRACKED.
 */
final class NeighbourDiscovery extends PacketCheck {
    private static final String PEER = "fe80::5054:ff:fe12:3456";
    private static final String OWN = "fe80::5054:ff:fe65:4321";
    private static final String SOLICITED = "ff02::1:ff65:4321";
    private static final String HOSTS = "ff02::1";
    private static final String ROUTERS = "ff02::2";
    private static final String DHCP_SERVERS = "ff02::1:2";

    /** The packets of one side that the rules drop, and rules that accept them. */
    private List<String> dropped;
    private List<String> wanted;

    NeighbourDiscovery(CheckedRuleset rules, List<Finding> out) { super(rules, out, Family.IPV6, false); }

    /** The findings neighbour-discovery-dropped, one for each side of the box that has IPv6. */
    void find() {
        if (!ruleset.owns(Family.IPV6, Table.FILTER)) { return; }
        // a box with any IPv6 address has it from the Internet side, whose own address may be link-local only
        if (wan != null && hasIpv6Address()) { side(wan, "$WAN_IF", "the Internet side"); }
        if (box(lan) != null) { side(lan, "$LAN_IF", "the home network"); }
        if (box(facts.guest) != null) { side(facts.guest, "$GUEST_IF", "the guests"); }
    }

    private void side(Interface side, String word, String words) {
        boolean internet = side == wan;
        dropped = new ArrayList<>();
        wanted = new ArrayList<>();
        String in = "INPUT -i " + word;
        String out = "OUTPUT -o " + word;
        icmp(received(side, internet ? HOSTS : ROUTERS), internet ? 134 : 133, in);
        icmp(received(side, SOLICITED), 135, in);
        icmp(received(side, OWN), 136, in);
        icmp(sent(side, internet ? ROUTERS : HOSTS), internet ? 133 : 134, out);
        icmp(sent(side, SOLICITED), 135, out);
        icmp(sent(side, PEER), 136, out);
        if (internet) {
            dhcp(received(side, OWN), 547, 546, in + " -s fe80::/10");
            dhcp(sent(side, DHCP_SERVERS), 546, 547, out);
        }
        if (!dropped.isEmpty()) {
            add("neighbour-discovery-dropped", "", dropped, side.name, words, internet ? ", DHCPv6" : "",
                    Words.join(wanted, "; "));
        }
    }

    private Packet received(Interface side, String dst) {
        return packet(side.name, "", Addresses.parse(PEER), Addresses.parse(dst));
    }

    private Packet sent(Interface side, String dst) {
        return packet("", side.name, Addresses.parse(OWN), Addresses.parse(dst));
    }

    private void icmp(Packet packet, int type, String rule) {
        check(packet.protocol(58).icmp(type, 0).state(ConnectionState.UNTRACKED),
                rule + " -p icmpv6 --icmpv6-type " + type);
    }

    private void dhcp(Packet packet, int sport, int dport, String rule) {
        check(packet.protocol(UDP).sport(sport).dport(dport), rule + " -p udp --sport " + sport + " --dport " + dport);
    }

    private void check(Packet packet, String rule) {
        Answer answer = walk(packet);
        if (answer.verdict.stops()) {
            dropped.add(packet + ": " + answer);
            wanted.add("ip6tables -A " + rule + " -j ACCEPT");
        }
    }
}
