package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * What IPv6 can't do without on a link (RFC 4861, RFC 8415): neighbours are asked for and answer, routers are asked for
 * and tell, and on the Internet side DHCPv6 brings the addresses. IPv4's ARP passes netfilter by; in IPv6 all of it
 * goes through INPUT and OUTPUT. A single packet each, from a link-local address, as hosts send them; conntrack leaves
 * all but DHCPv6 alone (UNTRACKED).
 */
final class Neighbours extends PacketCheck {
    private static final String PEER = "fe80::5054:ff:fe12:3456";
    private static final String OWN = "fe80::5054:ff:fe65:4321";
    private static final String SOLICITED = "ff02::1:ff65:4321";
    private static final String HOSTS = "ff02::1";
    private static final String ROUTERS = "ff02::2";
    private static final String DHCP_SERVERS = "ff02::1:2";

    /** What the rules of one side drop, and the rules that would let it pass. */
    private List<String> dropped;
    private List<String> wanted;

    Neighbours(CheckedRuleset rules, List<Finding> out) { super(rules, out, Family.IPV6, false); }

    /** The findings neighbour-discovery-dropped, one for each side of the box that speaks IPv6. */
    void find() {
        if (!ruleset.owns(Family.IPV6, Table.FILTER)) { return; }
        // a box that has IPv6 anywhere has it from the Internet side, whose own address may be of the link only
        if (wan != null && speaksIpv6()) { side(wan, "$WAN_IF", "the Internet side"); }
        if (box(lan) != null) { side(lan, "$LAN_IF", "the home network"); }
        if (box(facts.guest) != null) { side(facts.guest, "$GUEST_IF", "the guests"); }
    }

    private void side(Interface side, String word, String words) {
        boolean internet = side == wan;
        dropped = new ArrayList<>();
        wanted = new ArrayList<>();
        String in = "INPUT -i " + word;
        String out = "OUTPUT -o " + word;
        icmp(Hook.INPUT, side, PEER, internet ? HOSTS : ROUTERS, internet ? 134 : 133, in);
        icmp(Hook.INPUT, side, PEER, SOLICITED, 135, in);
        icmp(Hook.INPUT, side, PEER, OWN, 136, in);
        icmp(Hook.OUTPUT, side, OWN, internet ? ROUTERS : HOSTS, internet ? 133 : 134, out);
        icmp(Hook.OUTPUT, side, OWN, SOLICITED, 135, out);
        icmp(Hook.OUTPUT, side, OWN, PEER, 136, out);
        if (internet) {
            dhcp(Hook.INPUT, side, PEER, OWN, 547, 546, in + " -s fe80::/10");
            dhcp(Hook.OUTPUT, side, OWN, DHCP_SERVERS, 546, 547, out);
        }
        if (!dropped.isEmpty()) {
            add("neighbour-discovery-dropped", "", dropped, side.name, words, internet ? ", DHCPv6" : "",
                    Words.join(wanted, "; "));
        }
    }

    private void icmp(Hook hook, Interface side, String src, String dst, int type, String where) {
        ask(hook, packet(hook, side, src, dst).protocol(58).icmp(type, 0).state(State.UNTRACKED),
                where + " -p icmpv6 --icmpv6-type " + type);
    }

    private void dhcp(Hook hook, Interface side, String src, String dst, int sport, int dport, String where) {
        ask(hook, packet(hook, side, src, dst).protocol(UDP).sport(sport).dport(dport),
                where + " -p udp --sport " + sport + " --dport " + dport);
    }

    private Packet packet(Hook hook, Interface side, String src, String dst) {
        return packet(hook == Hook.INPUT ? side.name : "", hook == Hook.OUTPUT ? side.name : "", Addresses.parse(src),
                Addresses.parse(dst));
    }

    private void ask(Hook hook, Packet packet, String rule) {
        Answer answer = walk.packet(packet, hook);
        if (answer.verdict.stops()) {
            dropped.add(packet + ": " + answer);
            wanted.add("ip6tables -A " + rule + " -j ACCEPT");
        }
    }
}
