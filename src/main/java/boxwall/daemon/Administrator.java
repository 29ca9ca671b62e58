package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.AdminConnection;
import boxwall.explain.AdminProof;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.plan.Stamp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whether the administrator keeps access under a ruleset: the client of the request, and any client of the LAN, to
 * boxwall's port, the box's web page and ssh; with the replies, and in IPv6 the neighbour discovery.
 */
final class Administrator {
    private static final int WEB_PAGE = 80;
    private static final int SSH = 22;
    /** IPv6 finds no host of the LAN without these; ARP, which does that for IPv4, bypasses netfilter. */
    private static final String NEIGHBOUR_DISCOVERY =
            "ip6tables -A INPUT -i $LAN_IF -p icmpv6 --icmpv6-type 135 -j ACCEPT, the same for 133 and 136,"
                    + " and -A OUTPUT -o $LAN_IF for 134, 135 and 136; or include ipv6-basic. And ";

    private final AdminProof proof;
    /** The client or the LAN; empty, as the interface, if the LAN's address is not known. */
    private String address = "";
    private String interfaceName = "";
    private final int port;

    /**
     * Proves or refutes the access.
     *
     * @param client the address that sent the request, or null
     * @param port boxwall's own port
     */
    Administrator(Verdicts verdicts, BoxFacts facts, byte[] client, int port) {
        this.port = port;
        Interface lan = facts.lan;
        List<AdminConnection> connections = new ArrayList<>();
        if (lan != null && lan.ip != null && lan.net != null) {
            byte[] box = Addresses.parse(lan.ip);
            Network net = Network.parse(lan.net);
            interfaceName = lan.name;
            address = lan.net;
            if (client != null && net.contains(client)) {
                address = Addresses.print(client);
                connections.add(new AdminConnection(lan.name, Network.ofPrefix(Family.IPV4, client, 32), box, port));
            }
            connections.add(new AdminConnection(lan.name, net, box, port, WEB_PAGE, SSH));
            if (lan.ip6 != null && lan.net6 != null) {
                connections.add(
                        new AdminConnection(lan.name, Network.parse(lan.net6), Addresses.parse(lan.ip6), WEB_PAGE));
            }
        }
        proof = AdminProof.of(verdicts, connections);
    }

    /** Adds {@code admin=…} and the address that it is about to a plan's stamp. */
    void addTo(Stamp stamp) {
        stamp.put("admin", proof.result.word()).put("admin.address", address).put("admin.interface", interfaceName)
                .put("admin.port", String.valueOf(port));
    }

    /** The finding {@code lockout}; none if the access is proved. */
    List<Finding> findings() {
        if (proof.result == AdminProof.Result.PROVED) { return Collections.emptyList(); }
        boolean ipv6 = proof.answer != null && proof.answer.packet.family == Family.IPV6;
        return Collections
                .singletonList(Finding.of(proof.result == AdminProof.Result.FAILED ? "lockout" : "lockout.unproved", "",
                        Collections.singletonList(proof.reason), ipv6 ? NEIGHBOUR_DISCOVERY : "", port));
    }
}
