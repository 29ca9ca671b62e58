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
 * Whether the administrator still gets in under a ruleset: the client that asked, and any client of the LAN to
 * boxwall's port, the box's web page and ssh; the answers too, and in IPv6 neighbour discovery.
 */
final class Administrator {
    private static final int WEB_PAGE = 80;
    private static final int SSH = 22;
    /** IPv6 finds no host of the LAN without these; ARP, which does that for IPv4, passes netfilter by. */
    private static final String SIX =
            "ip6tables -A INPUT -i $LAN_IF -p icmpv6 --icmpv6-type 135 -j ACCEPT, the same for 133 and 136,"
                    + " and -A OUTPUT -o $LAN_IF for 134, 135 and 136; or include ipv6-basic. And ";

    private final AdminProof proof;
    private final String address;
    private final String interfaceName;
    private final int port;

    private Administrator(AdminProof proof, String address, String interfaceName, int port) {
        this.proof = proof;
        this.address = address;
        this.interfaceName = interfaceName;
        this.port = port;
    }

    /**
     * Proves or refutes the administrator's access.
     *
     * @param client the address that asks, or null when nobody in particular does (desk, loopback)
     * @param port boxwall's own port
     */
    static Administrator of(Verdicts verdicts, BoxFacts facts, byte[] client, int port) {
        Interface lan = facts.lan;
        if (lan == null || lan.ip == null || lan.net == null) {
            return new Administrator(AdminProof.of(verdicts, Collections.<AdminConnection>emptyList()), "", "", port);
        }
        byte[] box = Addresses.parse(lan.ip);
        Network net = Network.parse(lan.net);
        List<AdminConnection> paths = new ArrayList<>();
        boolean known = client != null && net.contains(client);
        if (known) { paths.add(new AdminConnection(lan.name, Network.ofPrefix(Family.IPV4, client, 32), box, port)); }
        paths.add(new AdminConnection(lan.name, net, box, port, WEB_PAGE, SSH));
        if (lan.ip6 != null && lan.net6 != null) {
            paths.add(new AdminConnection(lan.name, Network.parse(lan.net6), Addresses.parse(lan.ip6), WEB_PAGE));
        }
        return new Administrator(AdminProof.of(verdicts, paths), known ? Addresses.print(client) : lan.net, lan.name,
                port);
    }

    /** Writes {@code admin=…} and whom it holds for into a plan's stamp. */
    void addTo(Stamp stamp) {
        stamp.put("admin", proof.result.word()).put("admin.address", address).put("admin.interface", interfaceName)
                .put("admin.port", String.valueOf(port));
    }

    /** The finding {@code lockout}; empty when the access is proved. */
    List<Finding> findings() {
        if (proof.result == AdminProof.Result.PROVED) { return Collections.emptyList(); }
        boolean failed = proof.result == AdminProof.Result.FAILED;
        boolean six = proof.answer != null && proof.answer.packet.family() == Family.IPV6;
        return Collections.singletonList(
                new Finding("lockout", Finding.Severity.WARN, "", Collections.singletonList(proof.reason),
                        failed ? "these rules lock the administrator out"
                                : "it can't be proved that these rules accept the administrator",
                        (six ? SIX : "") + "accept TCP from $LAN_NET on $LAN_IF to ports " + port
                                + ", 80 and 22, and the replies; or apply with force=1," + " for at most 60 seconds"));
    }
}
