package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The -m extensions whose answer lies in the packet, read into criteria. Source of each: the kernel's xt_tcpudp.c, xt_multiport.c,
 * ip_tables.c (icmp), xt_state.c, xt_conntrack.c, xt_iprange.c, xt_mac.c, xt_mark.c.
 */
final class Extensions {
    /**
     * Adds what a match asks. Criteria that could be read are added even when another option of the match can't be foreseen.
     *
     * @return false when (part of) the answer can't be foreseen
     */
    static boolean read(Match match, Family family, List<Criterion> all) {
        String name = match.name;
        if (name.equals("comment")) {
            return true;
        }
        if (hasPorts(name) || name.equals("icmp") || name.equals("icmp6") || name.equals("icmpv6") || name.equals("multiport")) {
            // These look into the transport header: on a later fragment they never match, negated or not.
            all.add(Criteria.fragment(false));
        }
        boolean known = true;
        for (Option option : match.options) {
            List<Span> spans = spans(name, option, family);
            Field field = field(option.name, spans);
            if (field == null) {
                known = false;
            } else {
                Field other = option.name.equals("--ports") ? Field.DPORT : null;
                all.add(new Criterion(field, other, option.negated, spans));
            }
        }
        return known && (!match.options.isEmpty() || hasPorts(name) || name.equals("icmp"));
    }

    private static boolean hasPorts(String name) {
        return name.equals("tcp") || name.equals("udp") || name.equals("sctp") || name.equals("dccp")
                || name.equals("udplite");
    }

    private static Field field(String option, List<Span> spans) {
        if (spans == null) {
            return null;
        }
        if (option.equals("--sport") || option.equals("--sports") || option.equals("--source-port")
                || option.equals("--source-ports") || option.equals("--ports")) {
            return Field.SPORT;
        }
        if (option.equals("--dport") || option.equals("--dports") || option.equals("--destination-port")
                || option.equals("--destination-ports")) {
            return Field.DPORT;
        }
        return option.startsWith("--icmp") ? Field.ICMP : option.startsWith("--tcp") ? Field.FLAGS
                : option.endsWith("state") ? Field.STATE : option.equals("--src-range") ? Field.SRC
                : option.equals("--dst-range") ? Field.DST : option.equals("--mac-source") ? Field.MAC
                : option.equals("--mark") ? Field.MARK : null;
    }

    /** The values an option asks for, or null when they can't be read or the option isn't known here. */
    private static List<Span> spans(String match, Option option, Family family) {
        String name = option.name;
        String value = option.value() == null ? "" : option.value();
        if (hasPorts(match) && name.endsWith("port") || match.equals("multiport")) {
            return ports(value);
        }
        if (match.startsWith("icmp")) {
            return one(icmp(value, family));
        }
        if (match.equals("tcp") && name.equals("--tcp-flags") && option.values.size() == 2) {
            return one(flags(value, option.values.get(1)));
        }
        if (match.equals("tcp") && name.equals("--syn")) {
            return one(flags("FIN,SYN,RST,ACK", "SYN"));
        }
        if (match.equals("state") && name.equals("--state") || match.equals("conntrack") && name.equals("--ctstate")) {
            return states(value);
        }
        if (match.equals("iprange")) {
            return one(addresses(value, family));
        }
        if (match.equals("mac") && name.equals("--mac-source")) {
            byte[] mac = Numbers.mac(value);
            return one(mac == null ? null : Span.range(mac, mac));
        }
        return match.equals("mark") && name.equals("--mark") ? one(mark(value)) : null;
    }

    private static List<Span> one(Span span) {
        return span == null ? null : Collections.singletonList(span);
    }

    /** {@code 80}, {@code 1024:65535}, {@code :1023}, {@code 1024:} and lists of them with commas; null otherwise. */
    static List<Span> ports(String text) {
        List<Span> spans = new ArrayList<>();
        for (String part : text.split(",")) {
            int colon = part.indexOf(':');
            String from = colon < 0 ? part : part.substring(0, colon);
            String to = colon < 0 ? part : part.substring(colon + 1);
            long low = colon == 0 ? 0 : Numbers.parse(from, 65535);
            long high = colon >= 0 && to.length() == 0 ? 65535 : Numbers.parse(to, 65535);
            if (low < 0 || high < 0) {
                return null;
            }
            spans.add(Span.range(2, low, high));
        }
        return spans;
    }

    /** {@code 8}, {@code 3/4} or {@code any}; in IPv4 type 255 means any too. */
    static Span icmp(String text, Family family) {
        if (text.equals("any") || family == Family.IPV4 && text.equals("255")) {
            return Span.range(2, 0, 65535);
        }
        int slash = text.indexOf('/');
        long type = Numbers.parse(slash < 0 ? text : text.substring(0, slash), 255);
        long code = slash < 0 ? 0 : Numbers.parse(text.substring(slash + 1), 255);
        if (type < 0 || code < 0) {
            return null;
        }
        return Span.range(2, type * 256 + code, type * 256 + (slash < 0 ? 255 : code));
    }

    private static Span flags(String maskWords, String valueWords) {
        int mask = Numbers.flags(maskWords);
        int value = Numbers.flags(valueWords);
        return mask < 0 || value < 0 ? null : Span.masked(new byte[] {(byte) value}, new byte[] {(byte) mask});
    }

    private static List<Span> states(String words) {
        List<Span> spans = new ArrayList<>();
        for (String word : words.split(",")) {
            State state = State.of(word);
            if (state == null) {
                return null;
            }
            spans.add(Span.range(1, state.ordinal(), state.ordinal()));
        }
        return spans;
    }

    /** {@code 10.0.0.1-10.0.0.9} or one address. */
    static Span addresses(String text, Family family) {
        int dash = text.indexOf('-');
        byte[] low = Addresses.parse(dash < 0 ? text : text.substring(0, dash));
        byte[] high = Addresses.parse(dash < 0 ? text : text.substring(dash + 1));
        int length = family.addressBits / 8;
        return low == null || high == null || low.length != length || high.length != length ? null
                : Span.range(low, high);
    }

    /** {@code 0x1/0xff} or {@code 1}. */
    private static Span mark(String text) {
        int slash = text.indexOf('/');
        long value = Numbers.parse(slash < 0 ? text : text.substring(0, slash), 0xffffffffL);
        long mask = slash < 0 ? 0xffffffffL : Numbers.parse(text.substring(slash + 1), 0xffffffffL);
        return value < 0 || mask < 0 ? null : Span.masked(Numbers.bytes(value, 4), Numbers.bytes(mask, 4));
    }
}
