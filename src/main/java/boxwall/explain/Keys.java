package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A packet as {@code KEY=VALUE} words: family in out src dst proto sport dport flags type state mac mark fragment, and chain, which
 * isn't part of the packet but overrides routing. Example: {@code in=lan src=192.168.178.20 dst=192.168.178.1 proto=tcp dport=80}.
 *
 * <p>A new connection unless state= is given; a TCP packet without flags= is its opening segment (SYN), or carries ACK when the
 * state isn't NEW; type= without a code has code 0.
 */
public final class Keys {
    /** The keys that are understood. */
    public static final List<String> NAMES = Collections.unmodifiableList(Arrays.asList("family", "in", "out", "src", "dst",
            "proto", "sport", "dport", "flags", "type", "state", "mac", "mark", "fragment", "chain"));

    private Keys() {
    }

    /**
     * The packet that the keys mean.
     *
     * @throws IllegalArgumentException naming the key, what was found and what was expected
     */
    public static Packet packet(Map<String, String> keys, Site site) {
        for (Map.Entry<String, String> key : keys.entrySet()) {
            if (!NAMES.contains(key.getKey())) {
                throw new IllegalArgumentException("unknown key '" + key.getKey() + "'; expected one of " + NAMES);
            }
        }
        Family family = family(keys);
        Packet.Builder packet = Packet.of(family);
        packet.in(device(keys, "in", site)).out(device(keys, "out", site));
        packet.src(address(keys, "src", family)).dst(address(keys, "dst", family));
        Integer protocol = protocol(keys, family);
        packet.protocol(protocol).sport(number(keys, "sport", 65535)).dport(number(keys, "dport", 65535));
        if (keys.containsKey("type")) {
            Span type = Extensions.icmp(keys.get("type"), family);
            if (type == null) {
                throw wrong("type", keys, "a number, or type/code as in 3/4");
            }
            packet.icmp(type.first()[0] & 255, type.first()[1] & 255);
        }
        State state = keys.containsKey("state") ? State.of(keys.get("state")) : State.NEW;
        if (state == null) {
            throw wrong("state", keys, "NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED");
        }
        packet.state(state).flags(flags(keys, protocol, state)).fragment(Boolean.valueOf(fragment(keys)));
        if (keys.containsKey("mac")) {
            byte[] mac = Numbers.mac(keys.get("mac"));
            if (mac == null) {
                throw wrong("mac", keys, "six hex bytes as in 00:11:22:33:44:55");
            }
            packet.mac(mac);
        }
        if (keys.containsKey("mark")) {
            long mark = Numbers.parse(keys.get("mark"), 0xffffffffL);
            if (mark < 0) {
                throw wrong("mark", keys, "a number as in 0x1");
            }
            packet.mark(Long.valueOf(mark));
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
        if (chain == null) {
            return null;
        }
        for (Hook hook : new Hook[] {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT}) {
            if (hook.name().equals(chain)) {
                return hook;
            }
        }
        throw wrong("chain", keys, "INPUT, FORWARD or OUTPUT");
    }

    static IllegalArgumentException wrong(String key, Map<String, String> keys, String expected) {
        return new IllegalArgumentException(key + ": found '" + keys.get(key) + "', expected " + expected);
    }

    /** The family given, or that of an address, or of ICMPv6; else IPv4. */
    private static Family family(Map<String, String> keys) {
        String word = keys.get("family");
        if (word == null) {
            boolean six = (keys.get("src") + keys.get("dst")).indexOf(':') >= 0
                    || keys.get("proto") != null && Numbers.protocol(keys.get("proto")) == 58;
            return six ? Family.IPV6 : Family.IPV4;
        }
        Family family = familyOf(word);
        if (family == null) {
            throw wrong("family", keys, "ipv4 or ipv6");
        }
        return family;
    }

    /** {@code ipv4}, {@code ipv6}, {@code 4} or {@code 6}; null for any other word. */
    static Family familyOf(String word) {
        for (Family family : Family.values()) {
            if (word.equals(family.digit()) || word.equalsIgnoreCase(family.word())) {
                return family;
            }
        }
        return null;
    }

    private static String device(Map<String, String> keys, String key, Site site) {
        String word = keys.get(key);
        if (word == null) {
            return null;
        }
        if (word.length() == 0 || word.length() > 15) {
            throw wrong(key, keys, "an interface's name of 1 to 15 characters");
        }
        return site.interfaceFor(word);
    }

    private static byte[] address(Map<String, String> keys, String key, Family family) {
        if (!keys.containsKey(key)) {
            return null;
        }
        byte[] address = Addresses.parse(keys.get(key));
        if (address == null || address.length * 8 != family.addressBits()) {
            throw wrong(key, keys, "a numeric " + family.word() + " address");
        }
        return address;
    }

    private static Integer protocol(Map<String, String> keys, Family family) {
        if (!keys.containsKey("proto")) {
            return null;
        }
        String word = keys.get("proto");
        int number = family == Family.IPV6 && word.equals("icmp") ? 58 : Numbers.protocol(word);
        if (number < 0) {
            throw wrong("proto", keys, "tcp, udp, icmp, another protocol's name, or its number");
        }
        return Integer.valueOf(number);
    }

    private static Integer number(Map<String, String> keys, String key, long most) {
        if (!keys.containsKey(key)) {
            return null;
        }
        long number = Numbers.parse(keys.get(key), most);
        if (number < 0) {
            throw wrong(key, keys, "a number from 0 to " + most);
        }
        return Integer.valueOf((int) number);
    }

    private static Integer flags(Map<String, String> keys, Integer protocol, State state) {
        if (!keys.containsKey("flags")) {
            boolean tcp = protocol != null && protocol.intValue() == 6;
            return !tcp ? null : Integer.valueOf(state == State.NEW ? Packet.SYN : Packet.ACK);
        }
        int bits = Numbers.flags(keys.get("flags"));
        if (bits < 0) {
            throw wrong("flags", keys, "FIN, SYN, RST, PSH, ACK, URG with commas, or NONE");
        }
        return Integer.valueOf(bits);
    }

    static boolean fragment(Map<String, String> keys) {
        String word = keys.get("fragment");
        if (word == null || word.equals("no")) {
            return false;
        }
        if (!word.equals("yes")) {
            throw wrong("fragment", keys, "yes (a second or later one) or no");
        }
        return true;
    }
}
