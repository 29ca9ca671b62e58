package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.box.Interface;
import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ports;

/** What the stateless form must know of the box: Internet, guests, and the ports that no service listens on. */
final class StatelessContext {
    /** The kernel's default (net/ipv4/inet_connection_sock.c, since 2.6.24 for boxes with this much memory). */
    private static final Ports LOCAL_PORTS = Ports.of(32768, 61000);

    /** The range of ip_local_port_range: the ports that the kernel gives to questions of the box's own. */
    final Ports localPorts;
    /** The interface to the Internet, or null when unknown. */
    final String wan;
    private final String guest;
    private final Network guestNet;
    private final Network guestNet6;

    private StatelessContext(Ports localPorts, String wan, Interface guest) {
        this.localPorts = localPorts;
        this.wan = wan;
        this.guest = guest == null ? null : guest.name;
        guestNet = Network.parse(guest == null ? null : guest.net);
        guestNet6 = Network.parse(guest == null ? null : guest.net6);
    }

    /** A box of which its guests' network isn't known; {@code wan} may be null too. */
    static StatelessContext of(String localPorts, String wan) {
        return new StatelessContext(Ports.parse(localPorts), wan, null);
    }

    static StatelessContext of(BoxFacts facts) {
        Ports ports = facts.portRange == null ? LOCAL_PORTS : facts.portRange;
        return new StatelessContext(ports, facts.wan == null ? null : facts.wan.name, facts.guest);
    }

    /**
     * Where an answer from there can't come in: from the guests, of whom the box asks nothing. Null when the guests'
     * network isn't known, or when the question may go into it, as the address says.
     */
    Negatable<String> butGuests(Family family, Negatable<Network> asked) {
        Network net = family == Family.IPV4 ? guestNet : guestNet6;
        boolean toGuests = asked != null && !asked.negated && net != null
                && (net.containsAll(asked.value) || asked.value.containsAll(net) && !asked.value.isEverything());
        return guest == null || toGuests ? null : new Negatable<String>(true, guest);
    }
}
