package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.IcmpNames;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ports;
import boxwall.netfilter.State;
import boxwall.netfilter.TcpFlags;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Packets as {@code KEY=VALUE} words: family in out src dst proto sport dport flags type state mac mark fragment, and
 * chain, which isn't part of the packet but overrides routing. One packet has one value a key:
 * {@code in=lan src=192.168.178.20 dst=192.168.178.1 proto=tcp dport=80}. A set of packets may have networks, ranges
 * and lists: {@code src=192.168.179.0/24 dport=1-1023,8080 proto=tcp,udp}.
 */
public final class Keys {
    /** The keys that are understood. */
    public static final List<String> NAMES = Collections.unmodifiableList(Arrays.asList("family", "in", "out", "src",
            "dst", "proto", "sport", "dport", "flags", "type", "state", "mac", "mark", "fragment", "chain"));

    /** What they ask for, from the second on. */
    private static final List<Field> FIELDS = Arrays.asList(Field.IN, Field.OUT, Field.SRC, Field.DST, Field.PROTOCOL,
            Field.SPORT, Field.DPORT, Field.FLAGS, Field.ICMP, Field.STATE, Field.MAC, Field.MARK, Field.FRAGMENT);
    /** What is expected of each, in the same order. */
    private static final String[] EXPECTED =
            {"an interface's name of 1 to 15 characters", "an interface's name of 1 to 15 characters", null, null,
                    "tcp, udp, icmp, another protocol's name, or its number", "a port, a range as in 80-90, or a list",
                    "a port, a range as in 80-90, or a list", "FIN, SYN, RST, PSH, ACK, URG with commas, or NONE",
                    "a number, type/code as in 3/4, or a name as in echo-request",
                    "NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED", "six hex bytes as in 00:11:22:33:44:55",
                    "a number as in 0x1", "yes (a second or later one) or no"};

    private Keys() {}

    /**
     * The one packet that the keys mean: a new connection unless state= is given; TCP without flags= is an opening
     * segment (SYN), or carries ACK when the state isn't NEW; type= without a code has code 0; what is left out is not
     * known.
     *
     * @throws IllegalArgumentException naming the key, what was found and what was expected
     */
    public static Packet packet(Map<String, String> keys, Site site) {
        Family family = family(keys);
        Packet packet = Packet.of(family == null ? Family.IPV4 : family);
        for (Criterion criterion : criteria(keys, packet.family(), site)) {
            Span span = criterion.spans.get(0);
            boolean wholeType =
                    criterion.field == Field.ICMP && span.second[1] == -1 && span.first[0] == span.second[0];
            boolean one = !span.masked && (wholeType || Arrays.equals(span.first, span.second));
            if (criterion.spans.size() > 1 || !one) {
                throw wrong(NAMES.get(1 + FIELDS.indexOf(criterion.field)), keys, "one value");
            }
            packet = packet.value(criterion.field, span.first);
        }
        boolean lacksFlags = packet.flags() == null && packet.protocol() != null && packet.protocol().intValue() == 6;
        return lacksFlags ? packet.flags(packet.state() == State.NEW ? Packet.SYN : Packet.ACK) : packet;
    }

    /**
     * The hook that chain= names, or null without it.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static Hook hook(Map<String, String> keys) {
        String chain = keys.get("chain");
        if (chain == null) { return null; }
        for (Hook hook : FamilyVerdicts.WAYS) {
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
        if (addresses.indexOf(':') >= 0 || keys.containsKey("proto") && Numbers.protocol(keys.get("proto")) == 58) {
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

    /** What the keys ask of a packet, in the order of {@link #NAMES}; family and chain aside. */
    static List<Criterion> criteria(Map<String, String> keys, Family family, Site site) {
        for (String key : keys.keySet()) {
            if (!NAMES.contains(key)) {
                throw new IllegalArgumentException("unknown key '" + key + "'; expected one of " + NAMES);
            }
        }
        List<Criterion> criteria = new ArrayList<>();
        for (int i = 0; i < EXPECTED.length; i++) {
            String key = NAMES.get(i + 1);
            if (keys.containsKey(key)) {
                List<Span> spans = spans(FIELDS.get(i), keys.get(key), family, site);
                if (spans == null || spans.isEmpty()) {
                    throw wrong(key, keys, EXPECTED[i] != null ? EXPECTED[i]
                            : "a numeric " + family.word() + " address, network or range");
                }
                criteria.add(new Criterion(FIELDS.get(i), null, false, spans));
            }
        }
        return criteria;
    }

    static IllegalArgumentException wrong(String key, Map<String, String> keys, String expected) {
        return new IllegalArgumentException(key + ": found '" + keys.get(key) + "', expected " + expected);
    }

    /** The values that are meant; null or none when the text isn't understood. */
    private static List<Span> spans(Field field, String value, Family family, Site site) {
        if (field == Field.SPORT || field == Field.DPORT) {
            return Criteria.spans(Ports.parse(value.replace('-', ':')));
        }
        List<Span> spans = new ArrayList<>();
        for (String word : field == Field.FLAGS ? new String[] {value} : Words.split(value, ',')) {
            Span span = field == Field.IN || field == Field.OUT ? device(word, site)
                    : field == Field.SRC || field == Field.DST ? address(word, family)
                    : field == Field.PROTOCOL ? protocol(word, family) : field == Field.ICMP ? type(word, family)
                    : other(field, word);
            if (span == null) { return null; }
            spans.add(span);
        }
        return spans;
    }

    private static Span device(String word, Site site) {
        String name = site.interfaceFor(word);
        return name.length() == 0 || name.length() > 15 ? null : Span.one(Numbers.interfaceName(name));
    }

    private static Span address(String word, Family family) {
        if (word.indexOf('/') < 0) { return Span.range(Addresses.range(word, family)); }
        Network network = Network.parse(word);
        return network == null || network.family != family ? null
                : network.prefix == family.addressBits ? Span.one(network.address()) : Span.of(network);
    }

    private static Span protocol(String word, Family family) {
        int number = family == Family.IPV6 && word.equals("icmp") ? 58 : Numbers.protocol(word);
        return number < 0 ? null : Span.range(1, number, number);
    }

    /** A type by number, or by any name that rules take. */
    private static Span type(String word, Family family) {
        boolean number = word.length() == 0 || word.charAt(0) >= '0' && word.charAt(0) <= '9' || word.equals("any");
        String named = number ? word : IcmpNames.number(family, word);
        int[] range = named == null ? null : IcmpNames.range(named, family);
        return range == null ? null : Span.range(2, range[0], range[1]);
    }

    private static Span other(Field field, String word) {
        if (field == Field.MAC) { return Span.one(Addresses.mac(word)); }
        State state = field == Field.STATE ? State.of(word) : null;
        long number = field == Field.FLAGS ? TcpFlags.bits(word) : field == Field.MARK ? Words.number(word, 0xffffffffL)
                : field == Field.STATE ? state == null ? -1 : state.ordinal() : word.equals("yes") ? 1
                : word.equals("no") ? 0 : -1;
        return number < 0 ? null : Span.range(field.bytes(Family.IPV4), number, number);
    }
}
