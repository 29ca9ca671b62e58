package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdicts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A check that walks single packets through a ruleset: of a host in the Internet, of a LAN host, of the box. Properties
 * that aren't known of the box stay unknown in the packets, so an answer that is certain is right for all such packets.
 * Each finding is a proof by example, which is cheap enough for a box's own JVM.
 */
class PacketCheck extends CheckPart {
    static final int TCP = 6;
    static final int UDP = 17;
    /** A client's port: above those of services, in every system's range for clients. */
    private static final int CLIENT_PORT = 50000;
    /** The most ports of rules that are tried. */
    private static final int PORTS_MAX = 16;

    final Ruleset ruleset;
    final Family family;
    private final Verdicts verdicts;
    final Interface wan;
    final Interface lan;

    /**
     * A check of one family.
     *
     * @param loaded true for the rules that would be loaded, false for the rules as written
     */
    PacketCheck(CheckedRuleset rules, List<Finding> out, Family family, boolean loaded) {
        super(rules, out);
        this.ruleset = loaded ? rules.compiled : rules.parsed.ruleset();
        this.family = family;
        this.verdicts = loaded ? rules.loaded : rules.written;
        this.wan = facts.wan;
        this.lan = facts.lan;
    }

    /** An address for documentation (RFC 5737, RFC 3849): no box, no LAN and no provider has it. */
    final byte[] internetHost() {
        return Addresses.parse(family == Family.IPV4 ? "198.51.100.77" : "2001:db8:5:1::77");
    }

    /** The box's address on an interface, or null. */
    final byte[] box(Interface side) {
        String address = side == null ? null : family == Family.IPV4 ? side.ip : side.ip6;
        return address == null ? null : Addresses.parse(address);
    }

    /** The address of another host on an interface's network, or null. */
    final byte[] host(Interface side) {
        byte[] address = box(side);
        if (address != null) {
            int last = address.length - 1;
            address[last] = (byte) (address[last] == 77 ? 78 : 77);
        }
        return address;
    }

    final Packet packet(String in, String out, byte[] src, byte[] dst) {
        return Packet.of(family).in(in).out(out).src(src).dst(dst).mark(0L);
    }

    /** The first packet of a connection to a service. */
    final Packet request(Packet packet, int protocol, int port) {
        return packet.protocol(protocol).sport(CLIENT_PORT).dport(port).flags(protocol == TCP ? Packet.SYN : null);
    }

    /** The service's reply to a request. */
    final Packet reply(Packet request) {
        return packet(request.out(), request.in(), request.dst(), request.src()).protocol(request.protocol())
                .sport(request.dport()).dport(request.sport()).state(ConnectionState.ESTABLISHED)
                .flags(request.protocol() == TCP ? Packet.SYN | Packet.ACK : null);
    }

    /** The hook that a packet passes; the name of an interface that it doesn't have is "". */
    static Hook hook(Packet packet) {
        return "".equals(packet.in()) ? Hook.OUTPUT : "".equals(packet.out()) ? Hook.INPUT : Hook.FORWARD;
    }

    final Answer walk(Packet packet) { return verdicts.packet(packet, hook(packet)); }

    /**
     * The ports that rules of the filter table accept by number, the first one of a range; sorted.
     *
     * @param in only rules that match this interface; empty for packets of the box itself
     */
    final List<Integer> acceptedPorts(String in, int protocol) {
        String word = protocol == TCP ? "tcp" : "udp";
        Set<Integer> ports = new TreeSet<>();
        for (TrailEntry entry : TrailEntry.all(ruleset, family)) {
            Rule rule = entry.rule;
            boolean matchesProtocol =
                    rule.protocol == null || !rule.protocol.negated && rule.protocol.value.equals(word);
            boolean matchesInterface =
                    rule.in == null || rule.in.negated || rule.in.value.equals(in) || rule.in.value.endsWith("+");
            if (entry.table == Table.FILTER && matchesProtocol && matchesInterface
                    && Target.ACCEPT.equals(rule.target)) {
                for (Option option : destinationPorts(rule)) {
                    for (int[] range : option.negated ? Ports.NONE.ranges : option.ports().ranges) {
                        ports.add(range[0]);
                    }
                }
            }
        }
        List<Integer> sorted = new ArrayList<>(ports);
        return sorted.subList(0, Math.min(PORTS_MAX, sorted.size()));
    }

    /** The options of a rule that name destination ports. */
    static List<Option> destinationPorts(Rule rule) {
        List<Option> options = new ArrayList<>();
        for (Match match : rule.matches) {
            for (Option option : match.options) {
                boolean names = option.name.equals("--dport") || option.name.equals("--dports")
                        || option.name.equals("--ports");
                if (names && option.ports() != null) { options.add(option); }
            }
        }
        return options;
    }
}
