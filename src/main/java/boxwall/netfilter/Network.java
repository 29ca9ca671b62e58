package boxwall.netfilter;

import java.util.Arrays;

/**
 * An address with a mask, as in -s and -d. The address is stored masked, as iptables stores it.
 *
 * <p>
 * Printed as iptables-save does: {@code 192.168.178.0/24}, {@code 10.0.0.0/255.0.255.0} for a mask with holes,
 * {@code fd00::/64}; always with the mask, for a single host too ({@code 127.0.0.1/32}).
 */
public final class Network {
    public final Family family;
    private final byte[] address;
    private final byte[] mask;
    /** The mask's length when it is a run of ones, else -1. */
    public final int prefix;

    /** From 4 or 16 bytes each, in network order; host bits of the address are cleared. */
    public Network(Family family, byte[] address, byte[] mask) {
        if (address.length * 8 != family.addressBits || mask.length != address.length) {
            throw new IllegalArgumentException(family + " with " + address.length + " and " + mask.length + " bytes");
        }
        this.family = family;
        this.address = new byte[address.length];
        this.mask = mask.clone();
        int ones = 0;
        for (int i = 0; i < address.length; i++) {
            this.address[i] = (byte) (address[i] & mask[i]);
            ones += Integer.bitCount(mask[i] & 255);
        }
        prefix = Arrays.equals(mask, maskOf(family, ones)) ? ones : -1;
    }

    /** The network of the first {@code prefix} bits. */
    public static Network ofPrefix(Family family, byte[] address, int prefix) {
        return new Network(family, address, maskOf(family, prefix));
    }

    /** {@code 192.168.178.0/24}, as the facts print it; null for null and for anything else. */
    public static Network parse(String text) {
        int slash = text == null ? -1 : text.indexOf('/');
        byte[] address = slash < 0 ? null : Addresses.parse(text.substring(0, slash));
        int prefix = address == null ? -1 : (int) Words.number(text.substring(slash + 1), address.length * 8);
        return prefix < 0 ? null : ofPrefix(address.length == 4 ? Family.IPV4 : Family.IPV6, address, prefix);
    }

    /** A mask with {@code prefix} leading ones. */
    public static byte[] maskOf(Family family, int prefix) {
        byte[] mask = new byte[family.addressBits / 8];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (0xff00 >> Math.max(0, Math.min(8, prefix - 8 * i)));
        }
        return mask;
    }

    /** A copy of the masked address, network order. */
    public byte[] address() { return address.clone(); }

    /** A copy of the mask, network order. */
    public byte[] mask() { return mask.clone(); }

    /** Whether an address (4 or 16 bytes) lies in this network; false for the other family. */
    public boolean contains(byte[] candidate) {
        if (candidate.length != address.length) { return false; }
        for (int i = 0; i < address.length; i++) {
            if ((candidate[i] & mask[i]) != address[i]) { return false; }
        }
        return true;
    }

    /** Whether every address of the other network lies in this one. */
    public boolean containsAll(Network other) {
        if (!contains(other.address)) { return false; }
        for (int i = 0; i < mask.length; i++) {
            if ((mask[i] & ~other.mask[i]) != 0) { return false; }
        }
        return true;
    }

    /** The bit of the address at an index, 0 the first. */
    public boolean bit(int at) {
        return (address[at / 8] & 0x80 >> at % 8) != 0;
    }

    /** How many leading bits both networks have in common, at most the shorter one's prefix. */
    public int common(Network other) {
        int at = 0;
        while (at < Math.min(prefix, other.prefix) && bit(at) == other.bit(at)) {
            at++;
        }
        return at;
    }

    /** True for {@code 0.0.0.0/0} and {@code ::/0}. */
    public boolean isEverything() { return prefix == 0; }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network && Arrays.equals(address, ((Network) other).address)
                && Arrays.equals(mask, ((Network) other).mask);
    }

    @Override
    public int hashCode() { return Arrays.hashCode(address) * 31 + Arrays.hashCode(mask); }

    @Override
    public String toString() {
        return Addresses.print(address) + "/" + (prefix >= 0 ? String.valueOf(prefix) : Addresses.print(mask));
    }
}
