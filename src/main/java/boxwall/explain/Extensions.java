package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.State;
import boxwall.netfilter.TcpFlags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The -m extensions whose answer lies in the packet, read into criteria. Source of each: the kernel's xt_tcpudp.c,
 * xt_multiport.c, ip_tables.c (icmp), xt_state.c, xt_conntrack.c, xt_iprange.c, xt_mac.c, xt_mark.c.
 */
final class Extensions {
    /**
     * Adds what a match asks. Criteria that could be read are added even when another option of the match can't be
     * foreseen.
     *
     * @return false when (part of) the answer can't be foreseen
     */
    static boolean read(Match match, Family family, List<Criterion> all) {
        String name = match.name;
        if (name.equals("comment")) { return true; }
        if (hasPorts(name) || name.equals("icmp") || name.equals("icmp6") || name.equals("icmpv6")
                || name.equals("multiport")) {
            // These look into the transport header: on a later fragment they never match, negated or not.
            all.add(Criteria.fragment(false));
        }
        boolean known = true;
        for (Option option : match.options) {
            Criterion asked = criterion(match.name, option, family);
            if (asked != null) { all.add(asked); }
            known &= asked != null;
        }
        return known && (!match.options.isEmpty() || hasPorts(name) || name.equals("icmp"));
    }

    private static boolean hasPorts(String name) {
        return name.equals("tcp") || name.equals("udp") || name.equals("sctp") || name.equals("dccp")
                || name.equals("udplite");
    }

    /** What an option asks of the packet, or null when it can't be read or isn't known here. */
    private static Criterion criterion(String match, Option option, Family family) {
        String name = option.name;
        boolean multiport = match.equals("multiport");
        if (multiport || hasPorts(match) && name.endsWith("port")) {
            return criterion(name.startsWith("--d") ? Field.DPORT : Field.SPORT, option, spans(option.ports()),
                    name.equals("--ports") ? Field.DPORT : null);
        }
        if (match.startsWith("icmp")) { return criterion(Field.ICMP, option, icmp(option, family), null); }
        if (match.equals("tcp") && name.equals("--tcp-flags")) {
            TcpFlags flags = option.flags();
            return criterion(Field.FLAGS, option, flags == null ? null
                    : one(Span.masked(new byte[] {(byte) flags.set}, new byte[] {(byte) flags.mask})), null);
        }
        if (match.equals("state") || name.equals("--ctstate")) {
            return criterion(Field.STATE, option, states(option.states()), null);
        }
        if (match.equals("iprange")) {
            return criterion(name.equals("--src-range") ? Field.SRC : Field.DST, option, addresses(option, family),
                    null);
        }
        if (match.equals("mac")) {
            byte[] mac = option.mac();
            return criterion(Field.MAC, option, mac == null ? null : one(Span.range(mac, mac)), null);
        }
        long[] mark = match.equals("mark") ? option.masked() : null;
        return mark == null ? null : criterion(Field.MARK, option,
                one(Span.masked(Numbers.bytes(mark[0], 4), Numbers.bytes(mark[1], 4))), null);
    }

    private static Criterion criterion(Field field, Option option, List<Span> spans, Field other) {
        return spans == null ? null : new Criterion(field, other, option.negated, spans);
    }

    private static List<Span> one(Span span) { return Collections.singletonList(span); }

    /** Null for null. */
    static List<Span> spans(Ports ports) {
        List<Span> spans = new ArrayList<>();
        for (int[] range : ports == null ? Ports.NONE.ranges : ports.ranges) {
            spans.add(Span.range(2, range[0], range[1]));
        }
        return ports == null ? null : spans;
    }

    private static List<Span> states(Set<State> states) {
        List<Span> spans = new ArrayList<>();
        for (State state : states == null ? Collections.<State>emptySet() : states) {
            spans.add(Span.range(1, state.ordinal(), state.ordinal()));
        }
        return states == null ? null : spans;
    }

    private static List<Span> icmp(Option option, Family family) {
        int[] range = option.icmp(family);
        return range == null ? null : one(Span.range(2, range[0], range[1]));
    }

    private static List<Span> addresses(Option option, Family family) {
        byte[][] range = option.addresses(family);
        return range == null ? null : one(Span.range(range[0], range[1]));
    }
}
