package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Walk;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A check that asks a ruleset about single packets: of a stranger in the Internet, of a LAN host, of the box. What
 * isn't known of the box stays unknown in them, so that an answer that is certain holds for all such packets; and each
 * finding is a proof by example, which a box's own JVM can afford.
 */
class PacketCheck extends CheckPart {
    static final int TCP = 6;
    static final int UDP = 17;
    /** A client's port: above what services use, in every system's range for clients. */
    private static final int CLIENT_PORT = 50000;
    /** Of the ports that rules name these many are asked for. */
    private static final int PORTS_MAX = 16;

    final Ruleset ruleset;
    final Family family;
    final Walk walk;
    final Interface wan;
    final Interface lan;

    /** Asks the rules as they would be loaded, or as written. */
    PacketCheck(CheckedRuleset rules, List<Finding> out, Family family, boolean loaded) {
        super(rules, out);
        this.ruleset = loaded ? rules.compiled : rules.parsed.ruleset();
        this.family = family;
        this.walk = loaded ? rules.loaded.walk : rules.written.walk;
        this.wan = facts.wan;
        this.lan = facts.lan;
    }

    /** An address for documentation (RFC 5737, RFC 3849): no box, no LAN and no provider has it. */
    final byte[] stranger() {
        return Addresses.parse(family == Family.IPV4 ? "198.51.100.77" : "2001:db8:5:1::77");
    }

    /** The box's address on an interface, or null. */
    final byte[] box(Interface at) {
        String address = at == null ? null : family == Family.IPV4 ? at.ip : at.ip6;
        return address == null ? null : Addresses.parse(address);
    }

    /** A host behind an interface that isn't the box, or null. */
    final byte[] host(Interface at) {
        byte[] address = box(at);
        if (address != null) {
            int last = address.length - 1;
            address[last] = (byte) (address[last] == 77 ? 78 : 77);
        }
        return address;
    }

    final Packet packet(String in, String out, byte[] src, byte[] dst) {
        return Packet.of(family).in(in).out(out).src(src).dst(dst).mark(0L);
    }

    /** Somebody's question to a service: the first packet of a connection. */
    final Packet question(String in, String out, byte[] src, byte[] dst, int protocol, int port) {
        return packet(in, out, src, dst).protocol(protocol).sport(CLIENT_PORT).dport(port)
                .flags(protocol == TCP ? Packet.SYN : null);
    }

    /** The service's answer. */
    final Packet answer(String in, String out, byte[] src, byte[] dst, int protocol, int port) {
        return packet(in, out, src, dst).protocol(protocol).sport(port).dport(CLIENT_PORT).state(State.ESTABLISHED)
                .flags(protocol == TCP ? Packet.SYN | Packet.ACK : null);
    }

    /**
     * The ports that rules of the filter table accept by number, of a range the first; sorted.
     *
     * @param in only rules for that interface, or for any; empty for what the box itself sends
     */
    final List<Integer> acceptedPorts(String in, int protocol) {
        String word = protocol == TCP ? "tcp" : "udp";
        Set<Integer> ports = new TreeSet<>();
        for (TrailEntry at : TrailEntry.all(ruleset, family)) {
            Rule rule = at.rule;
            boolean mine = rule.protocol == null || !rule.protocol.negated && rule.protocol.value.equals(word);
            boolean here =
                    rule.in == null || rule.in.negated || rule.in.value.equals(in) || rule.in.value.endsWith("+");
            if (at.table == Table.FILTER && mine && here && Target.ACCEPT.equals(rule.target)) {
                for (Option option : destinationPorts(rule)) {
                    for (int[] range : option.negated ? Ports.NONE.ranges : option.ports().ranges) {
                        ports.add(range[0]);
                    }
                }
            }
        }
        List<Integer> some = new ArrayList<>(ports);
        return some.size() > PORTS_MAX ? some.subList(0, PORTS_MAX) : some;
    }

    /** The options by which a rule names the port that it is for. */
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
