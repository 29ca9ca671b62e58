package boxwall.avm;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;

/** Something that listens on the box: a UDP or TCP port, on one address or on all of them. Immutable. */
public final class Service {
    public final Family family;
    /** 6 or 17. */
    public final int protocol;
    /** The one it is bound to, or null for every one of the box. */
    public final byte[] address;
    public final int port;
    /** The process or what the port is known for, or null. */
    public final String name;

    /** Makes a service. */
    public Service(Family family, int protocol, byte[] address, int port, String name) {
        this.family = family;
        this.protocol = protocol;
        this.address = address;
        this.port = port;
        this.name = name;
    }

    /** {@code tcp 8181 (boxwall)}, {@code tcp 127.0.0.1 port 5031}, {@code udp6 5060 (SIP)}. */
    @Override
    public String toString() {
        return (protocol == 6 ? "tcp" : "udp") + (family == Family.IPV6 ? "6" : "")
                + (address == null ? " " : " " + Addresses.print(address) + " port ") + port
                + (name == null ? "" : " (" + name + ")");
    }
}
