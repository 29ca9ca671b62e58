package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;

/** How an administrator reaches the box: from a client, or any of a network, over an interface to one TCP port. */
public final class AdminPath {
    private final String name;
    public final Network client;
    private final byte[] box;
    public final int port;

    /**
     * Makes a path.
     *
     * @param interfaceName over which the client comes in
     * @param client a network, or one address with a full prefix
     * @param box the box's address that is asked, of the client's family
     * @param port 1 to 65535
     */
    public AdminPath(String interfaceName, Network client, byte[] box, int port) {
        if (box.length * 8 != client.family.addressBits) {
            throw new IllegalArgumentException("client " + client + ", but box " + Addresses.print(box));
        }
        this.name = interfaceName;
        this.client = client;
        this.box = box.clone();
        this.port = port;
    }

    /** The path of one client. */
    public static AdminPath of(String interfaceName, byte[] client, byte[] box, int port) {
        Family family = client.length == 4 ? Family.IPV4 : Family.IPV6;
        return new AdminPath(interfaceName, Network.ofPrefix(family, client, family.addressBits), box, port);
    }

    public Family family() { return client.family; }

    public String interfaceName() { return name; }

    /** A copy of the box's address. */
    public byte[] box() { return box.clone(); }

    /** {@code 192.168.178.0/24 over lan to 192.168.178.1 port 8181}. */
    @Override
    public String toString() { return client + " over " + name + " to " + Addresses.print(box) + " port " + port; }
}
