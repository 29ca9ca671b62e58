package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import boxwall.netfilter.Family;
import boxwall.netfilter.IcmpNames;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * KEY=VALUE pairs of a query or an expect line: each is parsed, or causes an IllegalArgumentException that names the
 * error.
 */
class KeysTest {
    private static final List<String> VALUES = List.of("", ",", ",,", "-", "/", ":", "::", "0", "-1", "65536", "1-",
            "-1-2", "9-1", "1,", "80,443", "1:2", "1/2", "1/", "/1", "3/4", "255", "256", "any", "echo", "echo-request",
            "redirect", "neighbour-solicitation", "neighbour-", "tcp", "icmp", "ipv6-icmp", "99999999999999999999",
            "0x", "0x1", "+1", "10.0.0.1", "10.0.0.0/8", "10/8", "10.0.0.1-10.0.0.9", "fd00::1", "fd00::/64",
            "fe80::1%lan", "lan", "wan", "+", "eth+", "1234567890123456", "NEW", "NEW,", "SYN", "SYN,,ACK", "NONE",
            "00:11:22:33:44:55", "::::::", "yes", "no", "INPUT", "ipv4", "6", "\u00e4", "\u2013", "a b", "!", "! x",
            "%00", "0/0", "any/0");

    private static Packet packet(String... words) {
        return Keys.packet(Rules.keys(String.join(" ", words)), Rules.box());
    }

    @Property(tries = 3000)
    void invalidValueThrowsOnlyIllegalArgumentException(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, String> keys = new LinkedHashMap<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            List<String> names = new ArrayList<>(Keys.NAMES);
            names.addAll(List.of("", "foo", "IN"));
            keys.put(names.get(random.nextInt(names.size())), VALUES.get(random.nextInt(VALUES.size())));
        }
        try {
            Keys.packet(keys, Rules.box());
            Keys.hook(keys);
        } catch (IllegalArgumentException e) {
            assertEquals(IllegalArgumentException.class, e.getClass(), keys.toString());
        }
        try {
            for (Criterion criterion : Keys.criteria(keys, random.nextBoolean() ? Family.IPV4 : Family.IPV6,
                    BoxNetwork.unknown())) {
                criterion.spans.get(0);
            }
        } catch (IllegalArgumentException e) {
            assertEquals(IllegalArgumentException.class, e.getClass(), keys.toString());
        }
    }

    @Test
    void emptyListIsRejected() {
        for (String key : List.of("in", "out", "src", "dst", "proto", "sport", "dport", "flags", "type", "state", "mac",
                "mark", "fragment")) {
            assertThrows(IllegalArgumentException.class, () -> packet(key + "=,"), key);
            assertThrows(IllegalArgumentException.class, () -> packet(key + "="), key);
        }
    }

    /** Accepts every type name that a rule accepts; a name that only IPv6 has determines the family. */
    @Test
    void typeAcceptsNamesThatRulesAccept() {
        for (Family family : Family.values()) {
            for (String name : IcmpNames.all(family)) {
                String number = IcmpNames.number(family, name);
                if (number.length() > 0 && !number.equals("255")) {
                    assertEquals(packet("family=" + family.digit(), "type=" + number),
                            packet("family=" + family.digit(), "type=" + name), name);
                }
            }
        }
        assertEquals(packet("family=6", "type=135"), packet("type=neighbour-solicitation"));
        assertEquals(packet("family=4", "type=8"), packet("type=ping"));
        assertThrows(IllegalArgumentException.class, () -> packet("type=echo"), "two names begin with echo");
    }
}
