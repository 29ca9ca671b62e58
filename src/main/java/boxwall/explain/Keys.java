package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.IcmpNames;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ports;
import boxwall.netfilter.TcpFlags;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Packets as {@code KEY=VALUE} words: family, the keys of {@link Field}, and chain, which overrides routing. A single
 * packet has one value for each key: {@code in=lan src=192.168.178.20 dst=192.168.178.1 proto=tcp dport=80}. A set of
 * packets may have networks, ranges and lists: {@code src=192.168.179.0/24 dport=1-1023,8080 proto=tcp,udp}.
 */
public final class Keys {
    /** All keys. */
    public static final List<String> NAMES = names();

    private Keys() {}

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        names.add("family");
        for (Field field : Field.values()) {
            names.add(field.key);
        }
        names.add("chain");
        return Collections.unmodifiableList(names);
    }

    /**
     * The single packet that the keys describe. Defaults: a new connection without state=; for TCP without flags= an
     * opening segment (SYN), or ACK when the state isn't NEW; code 0 for a type= without a code. Other fields without a
     * key are unknown.
     *
     * @throws IllegalArgumentException naming the key, what was found and what was expected
     */
    public static Packet packet(Map<String, String> keys, BoxNetwork boxNetwork) {
        Family family = family(keys);
        Packet packet = Packet.of(family == null ? Family.IPV4 : family);
        for (Criterion criterion : criteria(keys, packet.family, boxNetwork)) {
            Span span = criterion.spans.get(0);
            boolean wholeType =
                    criterion.field == Field.ICMP && span.second[1] == -1 && span.first[0] == span.second[0];
            boolean single = !span.masked && (wholeType || Arrays.equals(span.first, span.second));
            if (criterion.spans.size() > 1 || !single) { throw wrong(criterion.field.key, keys, "one value"); }
            packet = packet.value(criterion.field, span.first);
        }
        boolean lacksFlags = packet.flags() == null && packet.protocol() != null && packet.protocol().intValue() == 6;
        return lacksFlags ? packet.flags(packet.state() == ConnectionState.NEW ? Packet.SYN : Packet.ACK) : packet;
    }

    /**
     * The hook that chain= names, or null without it.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static Hook hook(Map<String, String> keys) {
        String chain = keys.get("chain");
        if (chain == null) { return null; }
        for (Hook hook : HookWalk.HOOKS) {
            if (hook.name().equals(chain)) { return hook; }
        }
        throw wrong("chain", keys, "INPUT, FORWARD or OUTPUT");
    }

    /** The family that is given, or that an address, ICMPv6 or one of its types implies; null when none is. */
    static Family family(Map<String, String> keys) {
        String word = keys.get("family");
        if (word != null) {
            for (Family family : Family.values()) {
                if (word.equals(family.digit()) || word.equalsIgnoreCase(family.word())) { return family; }
            }
            throw wrong("family", keys, "ipv4 or ipv6");
        }
        String addresses = keys.get("src") + keys.get("dst");
        if (addresses.indexOf(':') >= 0 || keys.containsKey("proto") && FieldBytes.protocol(keys.get("proto")) == 58) {
            return Family.IPV6;
        }
        if (keys.containsKey("src") || keys.containsKey("dst")) { return Family.IPV4; }
        String type = keys.get("type");
        return type != null && isNamed(type, Family.IPV6) && !isNamed(type, Family.IPV4) ? Family.IPV6 : null;
    }

    private static boolean isNamed(String type, Family family) {
        String number = IcmpNames.number(family, type);
        return number != null && number.length() > 0;
    }

    /** The criteria of all keys but family and chain, in the order of {@link Field}. */
    static List<Criterion> criteria(Map<String, String> keys, Family family, BoxNetwork boxNetwork) {
        for (String key : keys.keySet()) {
            if (!NAMES.contains(key)) {
                throw new IllegalArgumentException("unknown key '" + key + "'; expected one of " + NAMES);
            }
        }
        List<Criterion> criteria = new ArrayList<>();
        for (Field field : Field.values()) {
            if (keys.containsKey(field.key)) {
                List<Span> spans = spans(field, keys.get(field.key), family, boxNetwork);
                if (spans == null || spans.isEmpty()) { throw wrong(field.key, keys, field.expected(family)); }
                criteria.add(new Criterion(field, null, false, spans));
            }
        }
        return criteria;
    }

    private static IllegalArgumentException wrong(String key, Map<String, String> keys, String expected) {
        return new IllegalArgumentException(key + ": found '" + keys.get(key) + "', expected " + expected);
    }

    /** The values of a key; null or none for a text with an error. */
    private static List<Span> spans(Field field, String value, Family family, BoxNetwork boxNetwork) {
        if (field.isPort()) { return Criteria.spans(Ports.parse(value.replace('-', ':'))); }
        List<Span> spans = new ArrayList<>();
        for (String word : field == Field.FLAGS ? new String[] {value} : Words.split(value, ',')) {
            Span span = span(field, word, family, boxNetwork);
            if (span == null) { return null; }
            spans.add(span);
        }
        return spans;
    }

    private static Span span(Field field, String word, Family family, BoxNetwork boxNetwork) {
        if (field.isInterface()) {
            String name = boxNetwork.interfaceFor(word);
            return name.length() == 0 || name.length() > 15 ? null : Span.one(FieldBytes.interfaceName(name));
        }
        if (field.isAddress()) { return addresses(word, family); }
        if (field == Field.MAC) { return Span.one(Addresses.mac(word)); }
        if (field == Field.ICMP) { return icmpTypes(word, family); }
        long number = number(field, word, family);
        return number < 0 ? null : Span.range(field.bytes(family), number, number);
    }

    private static Span addresses(String word, Family family) {
        if (word.indexOf('/') < 0) { return Span.range(Addresses.range(word, family)); }
        Network network = Network.parse(word);
        return network == null || network.family != family ? null
                : network.prefix == family.addressBits ? Span.one(network.address()) : Span.of(network);
    }

    /** A type by number, or by any name that rules accept. */
    private static Span icmpTypes(String word, Family family) {
        boolean number = word.length() == 0 || word.charAt(0) >= '0' && word.charAt(0) <= '9' || word.equals("any");
        String named = number ? word : IcmpNames.number(family, word);
        int[] range = named == null ? null : IcmpNames.range(named, family);
        return range == null ? null : Span.range(2, range[0], range[1]);
    }

    /** The value of a field that is one number; -1 for a text with an error. */
    private static long number(Field field, String word, Family family) {
        if (field == Field.PROTOCOL) {
            return family == Family.IPV6 && word.equals("icmp") ? 58 : FieldBytes.protocol(word);
        }
        if (field == Field.FLAGS) { return TcpFlags.bits(word); }
        if (field == Field.MARK) { return Words.number(word, 0xffffffffL); }
        if (field == Field.STATE) { return ConnectionState.of(word) == null ? -1 : ConnectionState.of(word).ordinal(); }
        return word.equals("yes") ? 1 : word.equals("no") ? 0 : -1;
    }
}
