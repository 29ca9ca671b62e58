package boxwall.netfilter;

import java.util.Arrays;

/**
 * An address with a mask, as in -s and -d; host bits are zero. Printed as iptables-save prints it, always with the
 * mask: {@code 192.168.178.0/24}, {@code 10.0.0.0/255.0.255.0} for a mask with holes, {@code 127.0.0.1/32}.
 */
public final class Network {
    public final Family family;
    private final byte[] address;
    private final byte[] mask;
    /** The number of leading ones of the mask; -1 for a mask with holes. */
    public final int prefix;

    /** From 4 or 16 bytes each, in network order; clears the host bits of the address. */
    public Network(Family family, byte[] address, byte[] mask) {
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

    public static Network ofPrefix(Family family, byte[] address, int prefix) {
        return new Network(family, address, maskOf(family, prefix));
    }

    /** Reads {@code 192.168.178.0/24}; null for null and for another text. */
    public static Network parse(String text) {
        String length = text == null ? null : Words.after(text, '/');
        byte[] address = length == null ? null : Addresses.parse(Words.before(text, '/'));
        int prefix = address == null ? -1 : (int) Words.number(length, address.length * 8);
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

    public byte[] address() { return address.clone(); }

    public byte[] mask() { return mask.clone(); }

    /** False for an address of the other family. */
    public boolean contains(byte[] candidate) {
        if (candidate.length != address.length) { return false; }
        for (int i = 0; i < address.length; i++) {
            if ((candidate[i] & mask[i]) != address[i]) { return false; }
        }
        return true;
    }

    /** Whether every address of the other network is in this one. */
    public boolean containsAll(Network other) {
        if (!contains(other.address)) { return false; }
        for (int i = 0; i < mask.length; i++) {
            if ((mask[i] & ~other.mask[i]) != 0) { return false; }
        }
        return true;
    }

    /** A bit of the address; 0 is the first. */
    public boolean bit(int index) {
        return (address[index / 8] & 0x80 >> index % 8) != 0;
    }

    /** The number of leading bits that both networks have in common, at most the shorter prefix. */
    public int common(Network other) {
        int bits = 0;
        while (bits < Math.min(prefix, other.prefix) && bit(bits) == other.bit(bits)) {
            bits++;
        }
        return bits;
    }

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
