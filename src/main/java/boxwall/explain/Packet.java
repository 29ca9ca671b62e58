package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.TcpFlags;

/**
 * The fields of one packet that rules match. A field that isn't given is unknown (null); then it is also unknown
 * whether a rule with that field matches. Immutable: setters return another packet; null makes a field unknown.
 */
public final class Packet {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;

    public final Family family;
    /** Each field is a constant, or unknown. */
    final Rewrites fields;

    Packet(Family family, Rewrites fields) {
        this.family = family;
        this.fields = fields;
    }

    /** A packet that begins a connection (state NEW) and is no fragment; all other fields are unknown. */
    public static Packet of(Family family) {
        return new Packet(family, Rewrites.ALL_UNKNOWN).state(ConnectionState.NEW).fragment(Boolean.FALSE);
    }

    /** The incoming interface; null when unknown, empty for none (a packet from the box itself). */
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

    /** The connection tracking state, or null. */
    public ConnectionState state() {
        return value(Field.STATE) == null ? null : ConnectionState.values()[value(Field.STATE)[0]];
    }

    byte[] value(Field field) { return fields.constant(field); }

    private Integer number(Field field) {
        return value(field) == null ? null : Integer.valueOf((int) FieldBytes.number(value(field)));
    }

    private String name(Field field) { return value(field) == null ? null : FieldBytes.text(value(field)); }

    @Override
    public boolean equals(Object other) {
        return other instanceof Packet && ((Packet) other).family == family && ((Packet) other).fields.equals(fields);
    }

    @Override
    public int hashCode() { return fields.hashCode(); }

    /**
     * The keys of {@code boxwall explain}:
     * {@code in=lan src=192.168.178.20 dst=… proto=tcp sport=… dport=80 flags=SYN}.
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("family=").append(family.digit());
        add(out, "in", in());
        add(out, "out", out());
        add(out, "src", src() == null ? null : Addresses.print(src()));
        add(out, "dst", dst() == null ? null : Addresses.print(dst()));
        add(out, "proto", protocol() == null ? null : FieldBytes.protocolName(protocol().intValue()));
        add(out, "sport", sport());
        add(out, "dport", dport());
        byte[] icmp = value(Field.ICMP);
        add(out, "type", icmp == null ? null : (icmp[0] & 255) + "/" + (icmp[1] & 255));
        add(out, "flags", flags() == null ? null : TcpFlags.words(flags().intValue()));
        add(out, "state", state());
        byte[] mark = value(Field.MARK);
        add(out, "mark",
                mark == null || FieldBytes.number(mark) == 0 ? null : "0x" + Long.toHexString(FieldBytes.number(mark)));
        add(out, "fragment", Boolean.TRUE.equals(fragment()) ? "yes" : null);
        return out.toString();
    }

    private static void add(StringBuilder out, String key, Object value) {
        if (value != null && value.toString().length() > 0) { out.append(' ').append(key).append('=').append(value); }
    }

    Packet value(Field field, byte[] value) {
        if (value != null && value.length != field.bytes(family)) {
            throw new IllegalArgumentException(field + " of " + family + " with " + value.length + " bytes");
        }
        return new Packet(family, fields.with(field, value == null ? null : value.clone()));
    }

    private Packet number(Field field, Integer number) {
        return value(field, number == null ? null : FieldBytes.bytes(number.intValue(), field.bytes(family)));
    }

    /** The incoming interface; empty for none. */
    public Packet in(String name) {
        return value(Field.IN, name == null ? null : FieldBytes.interfaceName(name));
    }

    /** The outgoing interface; empty for none. */
    public Packet out(String name) {
        return value(Field.OUT, name == null ? null : FieldBytes.interfaceName(name));
    }

    public Packet src(byte[] address) { return value(Field.SRC, address); }

    public Packet dst(byte[] address) { return value(Field.DST, address); }

    public Packet protocol(Integer number) { return number(Field.PROTOCOL, number); }

    /** Sets the protocol by name or number; any other word makes it unknown. */
    public Packet protocol(String word) {
        int number = FieldBytes.protocol(word);
        return protocol(number < 0 ? null : Integer.valueOf(number));
    }

    public Packet sport(Integer port) { return number(Field.SPORT, port); }

    public Packet dport(Integer port) { return number(Field.DPORT, port); }

    public Packet icmp(int type, int code) { return value(Field.ICMP, new byte[] {(byte) type, (byte) code}); }

    public Packet flags(Integer bits) { return number(Field.FLAGS, bits); }

    public Packet fragment(Boolean later) {
        return number(Field.FRAGMENT, later == null ? null : Integer.valueOf(later.booleanValue() ? 1 : 0));
    }

    public Packet state(ConnectionState state) {
        return number(Field.STATE, state == null ? null : Integer.valueOf(state.ordinal()));
    }

    public Packet mac(byte[] address) { return value(Field.MAC, address); }

    public Packet mark(Long mark) { return value(Field.MARK, mark == null ? null : FieldBytes.bytes(mark, 4)); }
}
