package boxwall.explain;

import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.TcpFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The conditions of a rule, which must all hold; matches that can't be predicted ({@code limit}, {@code string}, an
 * unknown extension) are marked. Semantics: ip_packet_match of the kernel's ip_tables.c and ip6_tables.c; xt_tcpudp.c,
 * xt_multiport.c, ip_tables.c (icmp), xt_state.c, xt_conntrack.c, xt_iprange.c, xt_mac.c, xt_mark.c.
 */
final class Criteria {
    private static final List<String> WITH_PORTS = Arrays.asList("tcp", "udp", "sctp", "dccp", "udplite");
    /** Matches that read the transport header: they never match a later fragment, negated or not. */
    private static final List<String> READS_TRANSPORT =
            Arrays.asList("tcp", "udp", "sctp", "dccp", "udplite", "icmp", "icmp6", "icmpv6", "multiport");
    /** The rules that this JVM has parsed, for a test that counts them. */
    static int parsed;
    /** The conditions; empty for a rule that matches every packet. */
    final List<Criterion> all = new ArrayList<>(4);
    /** Whether the rule has a match besides that can't be predicted. */
    boolean opaque;
    /** The fields of all conditions, a bit for each by its ordinal. */
    final int fields;

    /** Reads the conditions of a rule. */
    Criteria(Rule rule, Family family) {
        parsed++;
        if (rule.source != null) { add(Field.SRC, rule.source.negated, Span.of(rule.source.value)); }
        if (rule.destination != null) { add(Field.DST, rule.destination.negated, Span.of(rule.destination.value)); }
        device(Field.IN, rule.in);
        device(Field.OUT, rule.out);
        protocol(rule.protocol);
        if (rule.fragment != null) { all.add(Criterion.fragment(rule.fragment.value != rule.fragment.negated)); }
        for (Match match : rule.matches) {
            // xt_mac.c: a packet that didn't come over Ethernet (a DSL line, lo) has no address and never matches
            boolean mayHaveNone = match.name.equals("mac") && (rule.in == null || rule.in.negated)
                    && !match.options.isEmpty() && match.options.get(0).negated;
            opaque |= mayHaveNone;
            read(match, family);
        }
        int bits = 0;
        for (Criterion criterion : all) {
            bits |= 1 << criterion.field.ordinal() | (criterion.other == null ? 0 : 1 << criterion.other.ordinal());
        }
        fields = bits;
    }

    private void add(Field field, boolean negated, Span span) { all.add(new Criterion(field, negated, span)); }

    private void device(Field field, Negatable<String> name) {
        if (name != null) {
            boolean isPrefix = name.value.endsWith("+");
            String start = isPrefix ? name.value.substring(0, name.value.length() - 1) : name.value;
            // a whole name includes the zero after it
            byte[] mask = new byte[16];
            Arrays.fill(mask, 0, Math.min(start.length() + (isPrefix ? 0 : 1), 16), (byte) 255);
            add(field, name.negated, Span.masked(FieldBytes.interfaceName(start), mask));
        }
    }

    private void protocol(Negatable<String> protocol) {
        if (protocol == null || protocol.value.equals("all")) { return; }
        int number = FieldBytes.protocol(protocol.value);
        if (number < 0) {
            opaque = true;
        } else if (number > 0) { add(Field.PROTOCOL, protocol.negated, Span.range(1, number, number)); }
    }

    /** Adds the conditions of a match, as far as they can be predicted. */
    private void read(Match match, Family family) {
        if (match.name.equals("comment")) { return; }
        if (READS_TRANSPORT.contains(match.name)) { all.add(Criterion.fragment(false)); }
        opaque |= match.options.isEmpty() && !WITH_PORTS.contains(match.name) && !match.name.equals("icmp");
        for (Option option : match.options) {
            Field field = field(match.name, option.name);
            List<Span> spans = field == null ? null : spans(field, option, family);
            opaque |= spans == null;
            if (spans != null) {
                all.add(new Criterion(field, option.name.equals("--ports") ? Field.DPORT : null, option.negated,
                        spans));
            }
        }
    }

    /** The field that an option matches; null for an unknown option. */
    private static Field field(String match, String option) {
        if (match.equals("multiport") || WITH_PORTS.contains(match) && option.endsWith("port")) {
            return option.startsWith("--d") ? Field.DPORT : Field.SPORT;
        }
        return match.startsWith("icmp") ? Field.ICMP : match.equals("tcp") && option.equals("--tcp-flags") ? Field.FLAGS
                : match.equals("state") || option.equals("--ctstate") ? Field.STATE
                : match.equals("iprange") ? option.equals("--src-range") ? Field.SRC : Field.DST
                : match.equals("mac") ? Field.MAC : match.equals("mark") ? Field.MARK : null;
    }

    /** The values of a field that an option matches; null for a value with an error. */
    private static List<Span> spans(Field field, Option option, Family family) {
        if (field.isPort()) { return spans(option.ports()); }
        if (field == Field.STATE) { return states(option.states()); }
        Span span = null;
        if (field == Field.ICMP) {
            int[] range = option.icmp(family);
            span = range == null ? null : Span.range(2, range[0], range[1]);
        } else if (field == Field.FLAGS) {
            TcpFlags flags = option.flags();
            span = flags == null ? null : Span.masked(FieldBytes.bytes(flags.set, 1), FieldBytes.bytes(flags.mask, 1));
        } else if (field == Field.MAC) {
            span = Span.one(option.mac());
        } else if (field == Field.MARK) {
            long[] mark = option.masked();
            span = mark == null ? null : Span.masked(FieldBytes.bytes(mark[0], 4), FieldBytes.bytes(mark[1], 4));
        } else {
            span = Span.range(option.addresses(family));
        }
        return span == null ? null : Collections.singletonList(span);
    }

    /** Null for null. */
    static List<Span> spans(Ports ports) {
        if (ports == null) { return null; }
        List<Span> spans = new ArrayList<>(ports.ranges.size());
        for (int[] range : ports.ranges) {
            spans.add(Span.range(2, range[0], range[1]));
        }
        return spans;
    }

    private static List<Span> states(Set<ConnectionState> states) {
        if (states == null) { return null; }
        List<Span> spans = new ArrayList<>(states.size());
        for (ConnectionState state : states) {
            spans.add(Span.range(1, state.ordinal(), state.ordinal()));
        }
        return spans;
    }
}
