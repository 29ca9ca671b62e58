package boxwall.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names that iptables and ip6tables accept for ICMP types and codes (RFC 792, 1812, 4443, 2461, 2710). */
public final class IcmpNames {
    private static final String[] IPV4 = Words
            .of("any=255 echo-reply=0 pong=0 destination-unreachable=3 network-unreachable=3/0 host-unreachable=3/1 "
                    + "protocol-unreachable=3/2 port-unreachable=3/3 fragmentation-needed=3/4 source-route-failed=3/5 "
                    + "network-unknown=3/6 host-unknown=3/7 network-prohibited=3/9 host-prohibited=3/10 TOS-network-unreachable=3/11 "
                    + "TOS-host-unreachable=3/12 communication-prohibited=3/13 host-precedence-violation=3/14 precedence-cutoff=3/15 "
                    + "source-quench=4 redirect=5 network-redirect=5/0 host-redirect=5/1 TOS-network-redirect=5/2 "
                    + "TOS-host-redirect=5/3 echo-request=8 ping=8 router-advertisement=9 router-solicitation=10 time-exceeded=11 "
                    + "ttl-exceeded=11 ttl-zero-during-transit=11/0 ttl-zero-during-reassembly=11/1 parameter-problem=12 "
                    + "ip-header-bad=12/0 required-option-missing=12/1 timestamp-request=13 timestamp-reply=14 "
                    + "address-mask-request=17 address-mask-reply=18");
    private static final String[] IPV6 = Words.of(
            "destination-unreachable=1 no-route=1/0 communication-prohibited=1/1 beyond-scope=1/2 address-unreachable=1/3 "
                    + "port-unreachable=1/4 failed-policy=1/5 reject-route=1/6 packet-too-big=2 time-exceeded=3 ttl-exceeded=3 "
                    + "ttl-zero-during-transit=3/0 ttl-zero-during-reassembly=3/1 parameter-problem=4 bad-header=4/0 "
                    + "unknown-header-type=4/1 unknown-option=4/2 echo-request=128 ping=128 echo-reply=129 pong=129 "
                    + "mld-listener-query=130 mld-listener-report=131 mld-listener-done=132 mld-listener-reduction=132 "
                    + "router-solicitation=133 router-advertisement=134 neighbour-solicitation=135 neighbor-solicitation=135 "
                    + "neighbour-advertisement=136 neighbor-advertisement=136 redirect=137");

    private IcmpNames() {}

    /**
     * The number of the only name with this prefix, case ignored, as in iptables: {@code 8}, or {@code 3/1} with a
     * code; 255 means any in IPv4. Null when no name has it, "" when several have.
     */
    public static String number(Family family, String prefix) {
        String lower = prefix.toLowerCase(Locale.ROOT);
        String found = null;
        for (String entry : family == Family.IPV4 ? IPV4 : IPV6) {
            int end = entry.indexOf('=');
            if (end >= lower.length() && entry.substring(0, end).toLowerCase(Locale.ROOT).startsWith(lower)) {
                if (found != null) { return ""; }
                found = entry.substring(end + 1);
            }
        }
        return found;
    }

    /** First and last type * 256 + code of {@code 8}, {@code 3/4} or {@code any} (255 in IPv4); or null. */
    public static int[] range(String text, Family family) {
        if (text.equals("any") || family == Family.IPV4 && text.equals("255")) { return new int[] {0, 65535}; }
        String after = Words.after(text, '/');
        int type = (int) Words.number(Words.before(text, '/'), 255);
        int code = after == null ? 0 : (int) Words.number(after, 255);
        return type < 0 || code < 0 ? null : new int[] {type * 256 + code, type * 256 + (after == null ? 255 : code)};
    }

    /** All names of a family. */
    public static List<String> all(Family family) {
        List<String> names = new ArrayList<>();
        for (String entry : family == Family.IPV4 ? IPV4 : IPV6) {
            names.add(entry.substring(0, entry.indexOf('=')));
        }
        return names;
    }
}
