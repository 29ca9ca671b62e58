package boxwall.explain;

import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;

/**
 * A property of a packet that rules match: a fixed number of bytes in network order, so that every match is either a
 * range or a value under a mask. Interfaces are names padded with zeros: the kernel compares them so
 * (ifname_compare_aligned), and {@code eth+} becomes a mask.
 */
enum Field {
    /** IFNAMSIZ bytes; all zero where a hook has no incoming device. */
    IN("in", 128, "an interface's name of 1 to 15 characters"),
    /** IFNAMSIZ bytes; all zero where a hook has no outgoing device. */
    OUT("out", 128, "an interface's name of 1 to 15 characters"),
    /** 4 or 16 bytes. */
    SRC("src", 0, null),
    /** 4 or 16 bytes. */
    DST("dst", 0, null), PROTOCOL("proto", 8, "tcp, udp, icmp, another protocol's name, or its number"),
    SPORT("sport", 16, "a port, a range as in 80-90, or a list"),
    DPORT("dport", 16, "a port, a range as in 80-90, or a list"),
    /** The six lower TCP flag bits, FIN is 1. */
    FLAGS("flags", 6, "FIN, SYN, RST, PSH, ACK, URG with commas, or NONE"),
    /** Type, then code, of ICMP and ICMPv6. */
    ICMP("type", 16, "a number, type/code as in 3/4, or a name as in echo-request"),
    /** The ordinal of {@link ConnectionState}. */
    STATE("state", 3, "NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED"),
    MAC("mac", 48, "six hex bytes as in 00:11:22:33:44:55"), MARK("mark", 32, "a number as in 0x1"),
    /** 1 for a second or later fragment, else 0. */
    FRAGMENT("fragment", 1, "yes (a second or later one) or no");

    /** The field's name in {@link Keys}. */
    final String key;
    private final int bits;
    private final String expected;

    Field(String key, int bits, String expected) {
        this.key = key;
        this.bits = bits;
        this.expected = expected;
    }

    /** The field's length in packets of a family. */
    int bits(Family family) {
        return bits == 0 ? family.addressBits : bits;
    }

    /** The field's length in packets of a family, rounded up to bytes. */
    int bytes(Family family) {
        return (bits(family) + 7) / 8;
    }

    /** The values that {@link Keys} accept, in words. */
    String expected(Family family) {
        return expected != null ? expected : "a numeric " + family.word() + " address, network or range";
    }

    /** Whether the field is an interface's name. */
    boolean isInterface() { return this == IN || this == OUT; }

    boolean isAddress() { return this == SRC || this == DST; }

    boolean isPort() { return this == SPORT || this == DPORT; }
}
