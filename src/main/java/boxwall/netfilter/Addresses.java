package boxwall.netfilter;

/** Parses and prints numeric addresses. InetAddress would query DNS, and accepts forms that iptables doesn't. */
public final class Addresses {
    private Addresses() {}

    /** The 4 or 16 bytes of a numeric address in network order; null for another text, such as a host name. */
    public static byte[] parse(String text) {
        return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
    }

    /** Without strings for the parts: a ruleset has hundreds of addresses. */
    private static byte[] parseV4(String text) {
        byte[] bytes = new byte[4];
        int part = 0;
        int digits = 0;
        int value = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                // some programs read a leading zero as octal
                boolean octal = digits > 1 && text.charAt(i - digits) == '0';
                if (digits == 0 || part == 4 || value > 255 || octal) { return null; }
                bytes[part++] = (byte) value;
                digits = 0;
                value = 0;
            } else if (c >= '0' && c <= '9' && digits < 3) {
                value = value * 10 + (c - '0');
                digits++;
            } else {
                return null;
            }
        }
        return part == 4 ? bytes : null;
    }

    private static byte[] parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) { return null; }
        byte[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
        if (head == null || tail == null) { return null; }
        int used = head.length + tail.length;
        if (gap < 0 ? used != 16 : used > 14) { return null; }
        byte[] bytes = new byte[16];
        System.arraycopy(head, 0, bytes, 0, head.length);
        System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
        return bytes;
    }

    /** The bytes of {@code a:b:c}, or null; with {@code last} it may end in a dotted IPv4 address (RFC 4291, 2.2). */
    private static byte[] groups(String text, boolean last) {
        if (text.length() == 0) { return new byte[0]; }
        String[] parts = Words.split(text, ':');
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (last && i == parts.length - 1 && part.indexOf('.') >= 0) {
                byte[] v4 = parseV4(part);
                if (v4 == null) { return null; }
                out.write(v4, 0, 4);
                continue;
            }
            int value = part.length() > 4 ? -1 : (int) Words.number("0x" + part, 0xffff);
            if (value < 0) { return null; }
            out.write(value >> 8);
            out.write(value);
        }
        return out.size() > 16 ? null : out.toByteArray();
    }

    /** Both ends of {@code 10.0.0.1-10.0.0.9}, or one address twice; null for another text or the other family. */
    public static byte[][] range(String text, Family family) {
        byte[] low = parse(Words.before(text, '-'));
        byte[] high = parse(text.substring(text.indexOf('-') + 1));
        int length = family.addressBits / 8;
        return low == null || high == null || low.length != length || high.length != length ? null
                : new byte[][] {low, high};
    }

    /** The six bytes of {@code 00:11:22:33:44:55}, or null. */
    public static byte[] mac(String text) {
        String[] parts = Words.split(text, ':');
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++) {
            long part = parts.length == 6 && parts[i].length() <= 2 ? Words.number("0x" + parts[i], 255) : -1;
            if (part < 0) { return null; }
            mac[i] = (byte) part;
        }
        return mac;
    }

    /** {@code 00:11:22:33:44:55}, lower case. */
    public static String printMac(byte[] mac) {
        StringBuilder out = new StringBuilder(Words.hex(mac));
        for (int i = out.length() - 2; i > 0; i -= 2) {
            out.insert(i, ':');
        }
        return out.toString();
    }

    /** The form of inet_ntop(3): dotted, or lower-case hex with the longest run of zero groups shortened. */
    public static String print(byte[] address) {
        return address.length == 4 ? printV4(address, 0) : printV6(address);
    }

    private static String printV4(byte[] a, int at) {
        return (a[at] & 255) + "." + (a[at + 1] & 255) + "." + (a[at + 2] & 255) + "." + (a[at + 3] & 255);
    }

    private static String printV6(byte[] a) {
        int[] group = new int[8];
        for (int i = 0; i < 8; i++) {
            group[i] = (a[2 * i] & 255) << 8 | (a[2 * i + 1] & 255);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int n = 0;
            while (i + n < 8 && group[i + n] == 0) {
                n++;
            }
            if (n > length) {
                start = i;
                length = n;
            }
        }
        // glibc and uClibc print ::a.b.c.d and ::ffff:a.b.c.d with dots, like inet_ntop's original
        boolean dotted = start == 0 && (length == 6 || length == 5 && group[5] == 0xffff);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                out.append("::");
                i += length - 1;
                continue;
            }
            if (i > 0 && i != start + length) { out.append(':'); }
            if (dotted && i == 6) { return out.append(printV4(a, 12)).toString(); }
            out.append(Integer.toHexString(group[i]));
        }
        return out.toString();
    }
}
