package boxwall.check;

import boxwall.box.Interface;
import boxwall.explain.Packet;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
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
 * Packets to ask a ruleset about: of a stranger in the Internet, of a LAN host, of the box. What isn't known of the box
 * stays unknown in them, so that an answer that is certain holds for all such packets.
 */
final class SamplePackets {
    static final int TCP = 6;
    static final int UDP = 17;
    /** A client's port: above what services use, in every system's range for clients. */
    private static final int CLIENT_PORT = 50000;
    /** Of the ports that rules name these many are asked for. */
    private static final int PORTS_MAX = 16;

    private final Family family;
    private final BoxFacts facts;

    SamplePackets(BoxFacts facts, Family family) {
        this.facts = facts;
        this.family = family;
    }

    /** An address for documentation (RFC 5737, RFC 3849): no box, no LAN and no provider has it. */
    byte[] stranger() {
        return Addresses.parse(family == Family.IPV4 ? "198.51.100.77" : "2001:db8:5:1::77");
    }

    /** The box's address on an interface, or null. */
    byte[] box(Interface at) {
        String address = family == Family.IPV4 ? at.ip : at.ip6;
        return address == null ? null : Addresses.parse(address);
    }

    /** A host behind an interface that isn't the box, or null. */
    byte[] host(Interface at) {
        byte[] address = box(at);
        if (address != null) {
            int last = address.length - 1;
            address[last] = (byte) (address[last] == 77 ? 78 : 77);
        }
        return address;
    }

    /** Somebody's question to a service: the first packet of a connection. */
    Packet question(String in, String out, byte[] src, byte[] dst, int protocol, int port) {
        Packet.Builder packet = packet(in, out, src, dst, protocol).sport(CLIENT_PORT).dport(port).state(State.NEW);
        return (protocol == TCP ? packet.flags(Packet.SYN) : packet).build();
    }

    /** The service's answer. */
    Packet answer(String in, String out, byte[] src, byte[] dst, int protocol, int port) {
        Packet.Builder packet =
                packet(in, out, src, dst, protocol).sport(port).dport(CLIENT_PORT).state(State.ESTABLISHED);
        return (protocol == TCP ? packet.flags(Packet.SYN | Packet.ACK) : packet).build();
    }

    /** A TCP packet with these flags, whatever its connection's state. */
    Packet whateverState(String in, byte[] src, byte[] dst, int port, int flags) {
        return packet(in, "", src, dst, TCP).sport(CLIENT_PORT).dport(port).flags(flags).state(null).build();
    }

    private Packet.Builder packet(String in, String out, byte[] src, byte[] dst, int protocol) {
        return Packet.of(family).in(in).out(out).src(src).dst(dst).protocol(protocol).mark(0L);
    }

    /** As {@link #acceptedPorts(Ruleset, Family, String, int)}, of TCP. */
    static List<Integer> acceptedPorts(Ruleset ruleset, Family family, String in) {
        return acceptedPorts(ruleset, family, in, TCP);
    }

    /**
     * The ports that rules of the filter table accept by number, of a range the first; sorted.
     *
     * @param in only rules for that interface, or for any; empty for what the box itself sends
     */
    static List<Integer> acceptedPorts(Ruleset ruleset, Family family, String in, int protocol) {
        String word = protocol == TCP ? "tcp" : "udp";
        Set<Integer> ports = new TreeSet<>();
        for (Chain chain : ruleset.chains(family, Table.FILTER)) {
            for (Rule rule : chain.rules()) {
                boolean mine = rule.protocol == null || !rule.protocol.negated && rule.protocol.value.equals(word);
                boolean here =
                        rule.in == null || rule.in.negated || rule.in.value.equals(in) || rule.in.value.endsWith("+");
                if (mine && here && Target.ACCEPT.equals(rule.target)) { addPorts(rule, ports); }
            }
        }
        List<Integer> some = new ArrayList<>(ports);
        return some.size() > PORTS_MAX ? some.subList(0, PORTS_MAX) : some;
    }

    private static void addPorts(Rule rule, Set<Integer> to) {
        for (Match match : rule.matches()) {
            for (Option option : match.options) {
                if (isDestinationPort(option) && !option.negated) {
                    for (int[] range : option.ports().ranges) {
                        to.add(Integer.valueOf(range[0]));
                    }
                }
            }
        }
    }

    private static boolean isDestinationPort(Option option) {
        return option.ports() != null
                && (option.name.equals("--dport") || option.name.equals("--dports") || option.name.equals("--ports"));
    }

    /** Whether a rule names the port it accepts. */
    static boolean namesPort(Rule rule) {
        for (Match match : rule.matches()) {
            for (Option option : match.options) {
                if (isDestinationPort(option)) { return true; }
            }
        }
        return false;
    }
}
