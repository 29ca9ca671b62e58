package boxwall.explain;

import boxwall.netfilter.State;

/**
 * What of a packet a rule can ask, each as a fixed number of bytes in network order, so that every question is either a
 * range or a value under a mask. Interfaces are their names, padded with zeros: that is how the kernel compares them
 * (ifname_compare_aligned), and how {@code eth+} becomes a mask.
 */
enum Field {
    /** 4 or 16 bytes. */
    SRC(0),
    /** 4 or 16 bytes. */
    DST(0),
    /** IFNAMSIZ bytes; all zero where a hook has no incoming device. */
    IN(16),
    /** IFNAMSIZ bytes; all zero where a hook has no outgoing device. */
    OUT(16), PROTOCOL(1), SPORT(2), DPORT(2),
    /** Type, then code, of ICMP and ICMPv6. */
    ICMP(2),
    /** The six lower TCP flag bits, FIN is 1. */
    FLAGS(1),
    /** The ordinal of {@link State}. */
    STATE(1),
    /** 1 for a second or later fragment, else 0. */
    FRAGMENT(1), MAC(6), MARK(4);

    private final int bytes;

    Field(int bytes) { this.bytes = bytes; }

    /** How many bytes it takes in packets of a family. */
    int bytes(boxwall.netfilter.Family family) {
        return bytes == 0 ? family.addressBits / 8 : bytes;
    }
}
