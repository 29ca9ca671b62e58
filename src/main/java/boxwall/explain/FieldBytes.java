package boxwall.explain;

import boxwall.netfilter.Network;
import boxwall.netfilter.Words;
import java.util.Arrays;
import java.util.Locale;

/** Unsigned numbers as bytes in network order, names of interfaces as bytes, and names of protocols. */
final class FieldBytes {
    private static final String[] PROTOCOLS = {"icmp=1", "igmp=2", "ipencap=4", "tcp=6", "egp=8", "igp=9", "udp=17",
            "dccp=33", "ipv6=41", "rsvp=46", "gre=47", "esp=50", "ah=51", "ipv6-icmp=58", "icmpv6=58", "icmp6=58",
            "ospf=89", "ipip=94", "pim=103", "ipcomp=108", "vrrp=112", "l2tp=115", "sctp=132", "mobility-header=135",
            "mh=135", "ipv6-mh=135", "udplite=136"};

    /** The lowest {@code length} bytes of a number. */
    static byte[] bytes(long number, int length) {
        byte[] bytes = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            bytes[i] = (byte) number;
            number >>>= 8;
        }
        return bytes;
    }

    /** The number of at most seven bytes. */
    static long number(byte[] bytes) {
        long number = 0;
        for (byte b : bytes) {
            number = number << 8 | (b & 255);
        }
        return number;
    }

    /** Compares as unsigned numbers of equal length. */
    static int compare(byte[] a, byte[] b) {
        for (int i = 0; i < a.length; i++) {
            int difference = (a[i] & 255) - (b[i] & 255);
            if (difference != 0) { return difference; }
        }
        return 0;
    }

    /** The highest address of a network. */
    static byte[] last(Network network) {
        byte[] last = network.address();
        byte[] mask = network.mask();
        for (int i = 0; i < last.length; i++) {
            last[i] |= (byte) ~mask[i];
        }
        return last;
    }

    /** An interface's name as the kernel stores it, 16 bytes. */
    static byte[] interfaceName(String name) {
        return Arrays.copyOf(Words.bytesOf(name), 16);
    }

    /** The text before the closing zeros. */
    static String text(byte[] name) {
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return Words.text(Arrays.copyOf(name, end));
    }

    /** A protocol's number from its name as iptables-save prints it or its number; -1 when unknown. */
    static int protocol(String word) {
        String start = word.toLowerCase(Locale.ROOT) + "=";
        for (String entry : PROTOCOLS) {
            if (entry.startsWith(start)) { return Integer.parseInt(entry.substring(start.length())); }
        }
        return (int) Words.number(word, 255);
    }

    /** A protocol's name, or its number for a protocol that isn't in the table. */
    static String protocolName(int number) {
        for (String entry : PROTOCOLS) {
            if (entry.endsWith("=" + number)) { return entry.substring(0, entry.indexOf('=')); }
        }
        return String.valueOf(number);
    }
}
