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
 * {@code in=lan src=192.168.178.20
 * dst=192.168.178.1 proto=tcp dport=80}. A set of packets may have networks, ranges and lists:
 * {@code src=192.168.179.0/24
 * dport=1-1023,8080 proto=tcp,udp}.
 */
public final class Keys {
    /** The keys that are understood. */
    public static final List<String> NAMES = Collections.unmodifiableList(Arrays.asList("family", "in", "out", "src",
            "dst", "proto", "sport", "dport", "flags", "type", "state", "mac", "mark", "fragment", "chain"));

    private static final Field[] FIELDS = {Field.IN, Field.OUT, Field.SRC, Field.DST, Field.PROTOCOL, Field.SPORT,
            Field.DPORT, Field.FLAGS, Field.ICMP, Field.STATE, Field.MAC, Field.MARK, Field.FRAGMENT};

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
        Packet.Builder packet = Packet.of(family == null ? Family.IPV4 : family);
        for (Criterion criterion : criteria(keys, packet.build().family(), site)) {
            Span span = criterion.spans.get(0);
            boolean wholeType =
                    criterion.field == Field.ICMP && span.second[1] == -1 && span.first[0] == span.second[0];
            boolean one = !span.isMasked() && (wholeType || Arrays.equals(span.first, span.second));
            if (criterion.spans.size() > 1 || !one) {
                throw wrong(NAMES.get(1 + Arrays.asList(FIELDS).indexOf(criterion.field)), keys, "one value");
            }
            if (criterion.field == Field.MARK) {
                packet.mark(Long.valueOf(Numbers.number(span.first)));
            } else {
                packet.value(criterion.field, span.first);
            }
        }
        Packet given = packet.build();
        if (given.flags() == null && given.protocol() != null && given.protocol().intValue() == 6) {
            packet.flags(Integer.valueOf(given.state() == State.NEW ? Packet.SYN : Packet.ACK));
        }
        return packet.build();
    }

    /**
     * The hook that chain= names, or null without it.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static Hook hook(Map<String, String> keys) {
        String chain = keys.get("chain");
        if (chain == null) { return null; }
        for (Hook hook : new Hook[] {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT}) {
            if (hook.name().equals(chain)) { return hook; }
        }
        throw wrong("chain", keys, "INPUT, FORWARD or OUTPUT");
    }

    /**
     * The family that is given, or that an address, ICMPv6 or the name of one of its types implies; null when none is.
     */
    static Family family(Map<String, String> keys) {
        String word = keys.get("family");
        if (word != null) {
            for (Family family : Family.values()) {
                if (word.equals(family.digit()) || word.equalsIgnoreCase(family.word())) { return family; }
            }
            throw wrong("family", keys, "ipv4 or ipv6");
        }
        String addresses =
                (keys.containsKey("src") ? keys.get("src") : "") + (keys.containsKey("dst") ? keys.get("dst") : "");
        if (addresses.indexOf(':') >= 0 || keys.containsKey("proto") && Numbers.protocol(keys.get("proto")) == 58) {
            return Family.IPV6;
        }
        if (addresses.length() > 0) { return Family.IPV4; }
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
        for (int i = 0; i < FIELDS.length; i++) {
            String key = NAMES.get(i + 1);
            if (keys.containsKey(key)) {
                criteria.add(new Criterion(FIELDS[i], null, false, spans(key, keys, family, site)));
            }
        }
        return criteria;
    }

    private static List<Span> spans(String key, Map<String, String> keys, Family family, Site site) {
        String value = keys.get(key);
        if (key.equals("sport") || key.equals("dport")) {
            return given(Extensions.spans(Ports.parse(value.replace('-', ':'))), key, keys,
                    "a port, a range as in 80-90, or a list");
        }
        if (key.equals("flags")) {
            int bits = TcpFlags.bits(value);
            return given(bits < 0 ? null : one(1, bits), key, keys,
                    "FIN, SYN, RST, PSH, ACK, URG with commas, or NONE");
        }
        List<Span> spans = new ArrayList<>();
        for (String word : Words.split(value, ',')) {
            Span span = key.equals("in") || key.equals("out") ? device(word, site)
                    : key.equals("src") || key.equals("dst") ? address(word, family)
                    : key.equals("proto") ? protocol(word, family) : key.equals("type") ? type(word, family)
                    : other(key, word);
            spans.addAll(
                    given(span == null ? null : Collections.singletonList(span), key, keys, expected(key, family)));
        }
        // "," has no words at all
        return given(spans.isEmpty() ? null : spans, key, keys, expected(key, family));
    }

    private static String expected(String key, Family family) {
        return key.equals("src") || key.equals("dst") ? "a numeric " + family.word() + " address, network or range"
                : key.equals("in") || key.equals("out") ? "an interface's name of 1 to 15 characters"
                : key.equals("proto") ? "tcp, udp, icmp, another protocol's name, or its number"
                : key.equals("type") ? "a number, type/code as in 3/4, or a name as in echo-request"
                : key.equals("state") ? "NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED"
                : key.equals("mac") ? "six hex bytes as in 00:11:22:33:44:55"
                : key.equals("mark") ? "a number as in 0x1" : "yes (a second or later one) or no";
    }

    private static List<Span> given(List<Span> spans, String key, Map<String, String> keys, String expected) {
        if (spans == null || spans.isEmpty()) { throw wrong(key, keys, expected); }
        return spans;
    }

    static IllegalArgumentException wrong(String key, Map<String, String> keys, String expected) {
        return new IllegalArgumentException(key + ": found '" + keys.get(key) + "', expected " + expected);
    }

    private static List<Span> one(int bytes, long number) {
        return Collections.singletonList(Span.range(bytes, number, number));
    }

    private static Span device(String word, Site site) {
        String name = site.interfaceFor(word);
        if (name.length() == 0 || name.length() > 15) { return null; }
        byte[] bytes = Numbers.interfaceName(name);
        return Span.range(bytes, bytes);
    }

    private static Span address(String word, Family family) {
        int slash = word.indexOf('/');
        if (slash < 0) {
            byte[][] range = Addresses.range(word, family);
            return range == null ? null : Span.range(range[0], range[1]);
        }
        byte[] address = Addresses.parse(word.substring(0, slash));
        long prefix = Words.number(word.substring(slash + 1), family.addressBits);
        if (address == null || address.length * 8 != family.addressBits || prefix < 0) { return null; }
        Network network = Network.ofPrefix(family, address, (int) prefix);
        return prefix == family.addressBits ? Span.range(address, address)
                : Span.masked(network.address(), network.mask());
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

    private static Span other(String key, String word) {
        if (key.equals("state")) {
            State state = State.of(word);
            return state == null ? null : Span.range(1, state.ordinal(), state.ordinal());
        }
        if (key.equals("mac")) {
            byte[] mac = Addresses.mac(word);
            return mac == null ? null : Span.range(mac, mac);
        }
        if (key.equals("mark")) {
            long mark = Words.number(word, 0xffffffffL);
            return mark < 0 ? null : Span.range(4, mark, mark);
        }
        return word.equals("yes") ? Span.range(1, 1, 1) : word.equals("no") ? Span.range(1, 0, 0) : null;
    }
}
