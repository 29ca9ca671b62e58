package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.State;
import boxwall.netfilter.TcpFlags;
import java.util.Arrays;

/**
 * One packet as a rule can see it. What isn't given is not known (null), and a rule that asks for it is unknown.
 * Immutable: what sets a value returns another packet, and null makes the value unknown.
 */
public final class Packet {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;

    private final Family family;
    private final byte[][] values;
    /** The bits of the mark that are known; 0 when none is. */
    final int markKnown;

    private Packet(Family family, byte[][] values, int markKnown) {
        this.family = family;
        this.values = values;
        this.markKnown = markKnown;
    }

    /** A packet of that family of which only this is known: it begins a connection (state NEW), and is no fragment. */
    public static Packet of(Family family) {
        return new Packet(family, new byte[Field.values().length][], 0).state(State.NEW).fragment(Boolean.FALSE);
    }

    public Family family() { return family; }

    /** The incoming interface; null when not known, empty where there is none (a packet that the box itself sends). */
    public String in() {
        return name(Field.IN);
    }

    public String out() { return name(Field.OUT); }

    public byte[] src() { return value(Field.SRC); }

    public byte[] dst() { return value(Field.DST); }

    public Integer protocol() { return number(Field.PROTOCOL); }

    public Integer sport() { return number(Field.SPORT); }

    public Integer dport() { return number(Field.DPORT); }

    /** The bits {@link #FIN} to {@link #URG}, or null. */
    public Integer flags() { return number(Field.FLAGS); }

    /** Whether it is a second or later fragment (without ports), or null. */
    public Boolean fragment() {
        return value(Field.FRAGMENT) == null ? null : Boolean.valueOf(value(Field.FRAGMENT)[0] != 0);
    }

    /** What conntrack says of it, or null. */
    public State state() {
        return value(Field.STATE) == null ? null : State.values()[value(Field.STATE)[0]];
    }

    byte[] value(Field field) { return values[field.ordinal()]; }

    private Integer number(Field field) {
        return value(field) == null ? null : Integer.valueOf((int) Numbers.number(value(field)));
    }

    private String name(Field field) { return value(field) == null ? null : Numbers.text(value(field)); }

    @Override
    public boolean equals(Object other) {
        return other instanceof Packet && ((Packet) other).family == family && ((Packet) other).markKnown == markKnown
                && Arrays.deepEquals(((Packet) other).values, values);
    }

    @Override
    public int hashCode() { return Arrays.deepHashCode(values); }

    /**
     * The keys of {@code boxwall explain}:
     * {@code in=lan src=192.168.178.20 dst=… proto=tcp sport=… dport=80 flags=SYN}.
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("family=").append(family.digit());
        say(out, "in", in());
        say(out, "out", out());
        say(out, "src", src() == null ? null : Addresses.print(src()));
        say(out, "dst", dst() == null ? null : Addresses.print(dst()));
        say(out, "proto", protocol() == null ? null : Numbers.protocolName(protocol().intValue()));
        say(out, "sport", sport());
        say(out, "dport", dport());
        byte[] icmp = value(Field.ICMP);
        say(out, "type", icmp == null ? null : (icmp[0] & 255) + "/" + (icmp[1] & 255));
        say(out, "flags", flags() == null ? null : TcpFlags.words(flags().intValue()));
        say(out, "state", state());
        long mark = markKnown == -1 ? Numbers.number(value(Field.MARK)) : 0;
        say(out, "mark", mark == 0 ? null : "0x" + Long.toHexString(mark));
        say(out, "fragment", Boolean.TRUE.equals(fragment()) ? "yes" : null);
        return out.toString();
    }

    private static void say(StringBuilder out, String key, Object value) {
        if (value != null && value.toString().length() > 0) { out.append(' ').append(key).append('=').append(value); }
    }

    Packet value(Field field, byte[] value) {
        if (value != null && value.length != field.bytes(family)) {
            throw new IllegalArgumentException(field + " of " + family + " with " + value.length + " bytes");
        }
        byte[][] copy = values.clone();
        copy[field.ordinal()] = value == null ? null : value.clone();
        return new Packet(family, copy, field != Field.MARK ? markKnown : value == null ? 0 : -1);
    }

    private Packet number(Field field, Integer number) {
        return value(field, number == null ? null : Numbers.bytes(number.intValue(), field.bytes(family)));
    }

    /** The incoming interface; empty for none. */
    public Packet in(String name) {
        return value(Field.IN, name == null ? null : Numbers.interfaceName(name));
    }

    /** The outgoing interface; empty for none. */
    public Packet out(String name) {
        return value(Field.OUT, name == null ? null : Numbers.interfaceName(name));
    }

    public Packet src(byte[] address) { return value(Field.SRC, address); }

    public Packet dst(byte[] address) { return value(Field.DST, address); }

    public Packet protocol(Integer number) { return number(Field.PROTOCOL, number); }

    /** By name or number; unknown for a word that is neither. */
    public Packet protocol(String word) {
        int number = Numbers.protocol(word);
        return protocol(number < 0 ? null : Integer.valueOf(number));
    }

    public Packet sport(Integer port) { return number(Field.SPORT, port); }

    public Packet dport(Integer port) { return number(Field.DPORT, port); }

    public Packet icmp(int type, int code) { return value(Field.ICMP, new byte[] {(byte) type, (byte) code}); }

    public Packet flags(Integer bits) { return number(Field.FLAGS, bits); }

    public Packet fragment(Boolean later) {
        return number(Field.FRAGMENT, later == null ? null : Integer.valueOf(later.booleanValue() ? 1 : 0));
    }

    public Packet state(State state) {
        return number(Field.STATE, state == null ? null : Integer.valueOf(state.ordinal()));
    }

    public Packet mac(byte[] address) { return value(Field.MAC, address); }

    /** The packet's mark, or null. */
    public Packet mark(Long mark) {
        return value(Field.MARK, mark == null ? null : Numbers.bytes(mark, 4));
    }

    /** A mark of which only the bits in {@code known} are known. */
    Packet mark(int mark, int known) {
        Packet packet = value(Field.MARK, known == 0 ? null : Numbers.bytes(mark & known, 4));
        return new Packet(family, packet.values, known);
    }
}
