package boxwall.explain;

import boxwall.netfilter.Family;
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
    IN(128),
    /** IFNAMSIZ bytes; all zero where a hook has no outgoing device. */
    OUT(128), PROTOCOL(8), SPORT(16), DPORT(16),
    /** Type, then code, of ICMP and ICMPv6. */
    ICMP(16),
    /** The six lower TCP flag bits, FIN is 1. */
    FLAGS(6),
    /** The ordinal of {@link State}. */
    STATE(3),
    /** 1 for a second or later fragment, else 0. */
    FRAGMENT(1), MAC(48), MARK(32);

    private final int bits;

    Field(int bits) { this.bits = bits; }

    /** How many bits it has in packets of a family. */
    int bits(Family family) {
        return bits == 0 ? family.addressBits : bits;
    }

    /** How many bytes it takes there. */
    int bytes(Family family) { return (bits(family) + 7) / 8; }
}
