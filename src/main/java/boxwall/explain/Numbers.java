package boxwall.explain;

import boxwall.netfilter.Words;
import java.util.Locale;

/** Unsigned numbers as bytes in network order, and the numbers and names that rules are written with. */
final class Numbers {
    private static final String[] PROTOCOLS = {"icmp=1", "igmp=2", "ipencap=4", "tcp=6", "egp=8", "igp=9", "udp=17", "dccp=33",
        "ipv6=41", "rsvp=46", "gre=47", "esp=50", "ah=51", "ipv6-icmp=58", "icmpv6=58", "icmp6=58", "ospf=89", "ipip=94",
        "pim=103", "ipcomp=108", "vrrp=112", "l2tp=115", "sctp=132", "mobility-header=135", "mh=135", "ipv6-mh=135",
        "udplite=136"};
    private static final String[] FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};

    /** The lowest {@code length} bytes of a number. */
    static byte[] bytes(long number, int length) {
        byte[] bytes = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            bytes[i] = (byte) number;
            number >>>= 8;
        }
        return bytes;
    }

    /** The number that at most seven bytes mean. */
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
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    /** An interface's name as the kernel keeps it, 16 bytes. */
    static byte[] interfaceName(String name) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < name.length() && i < 16; i++) {
            bytes[i] = (byte) name.charAt(i);
        }
        return bytes;
    }

    /** The text before the closing zeros. */
    static String text(byte[] name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length && name[i] != 0; i++) {
            out.append((char) (name[i] & 255));
        }
        return out.toString();
    }

    /** The bytes of a name that count: all and the zero behind them, or what stands before a closing {@code +}. */
    static byte[] interfaceMask(String name) {
        boolean open = name.endsWith("+");
        int length = open ? name.length() - 1 : name.length() + 1;
        byte[] mask = new byte[16];
        java.util.Arrays.fill(mask, 0, Math.min(length, 16), (byte) 255);
        return mask;
    }

    /** A decimal or 0x number from 0 to {@code most}, or -1 when the text is none. */
    static long parse(String text, long most) {
        try {
            boolean hex = text.startsWith("0x") || text.startsWith("0X");
            long number = hex ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
            return number < 0 || number > most ? -1 : number;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** A protocol's number from its name as iptables-save prints it or its number; -1 when unknown. */
    static int protocol(String word) {
        String start = word.toLowerCase(Locale.ROOT) + "=";
        for (String entry : PROTOCOLS) {
            if (entry.startsWith(start)) {
                return Integer.parseInt(entry.substring(start.length()));
            }
        }
        return (int) parse(word, 255);
    }

    /** A protocol's name, or its number when it has none here. */
    static String protocolName(int number) {
        for (String entry : PROTOCOLS) {
            if (entry.endsWith("=" + number)) {
                return entry.substring(0, entry.indexOf('='));
            }
        }
        return String.valueOf(number);
    }

    /** TCP flags from {@code SYN,ACK}, {@code ALL} or {@code NONE}; -1 when a word is none of them. */
    static int flags(String words) {
        int bits = 0;
        for (String word : Words.split(words, ',')) {
            int bit = word.equals("ALL") ? 0x3f : word.equals("NONE") ? 0 : -1;
            for (int i = 0; i < FLAGS.length; i++) {
                bit = FLAGS[i].equals(word) ? 1 << i : bit;
            }
            if (bit < 0) {
                return -1;
            }
            bits |= bit;
        }
        return bits;
    }

    /** {@code SYN,ACK}, or {@code NONE}. */
    static String flagNames(int bits) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < FLAGS.length; i++) {
            if ((bits & 1 << i) != 0) {
                out.append(out.length() > 0 ? "," : "").append(FLAGS[i]);
            }
        }
        return out.length() == 0 ? "NONE" : out.toString();
    }

    /** Six bytes of {@code 00:11:22:33:44:55}, or null. */
    static byte[] mac(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 6) {
            return null;
        }
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++) {
            long part = parse("0x" + parts[i], 255);
            if (part < 0) {
                return null;
            }
            mac[i] = (byte) part;
        }
        return mac;
    }
}
