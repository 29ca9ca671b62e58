package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a rule asks: criteria that must all hold, and the matches that nobody can foresee ({@code limit},
 * {@code string}, an extension not known here), which are unknown. Semantics: ip_packet_match of the kernel's
 * ip_tables.c and ip6_tables.c.
 */
final class Criteria {
    /** All rules that were parsed in this JVM, for a test that counts them. */
    static int parsed;

    /** What must hold, all of it; empty for a rule that asks nothing. */
    final List<Criterion> all;
    /** The names of matches that can't be foreseen. */
    final List<String> opaque;
    /** The fields that are asked, a bit for each by its ordinal. */
    final int fields;

    private Criteria(List<Criterion> all, List<String> opaque) {
        this.all = all;
        this.opaque = opaque;
        int bits = 0;
        for (Criterion each : all) {
            bits |= 1 << each.field.ordinal() | (each.other == null ? 0 : 1 << each.other.ordinal());
        }
        fields = bits;
    }

    /** Parses what a rule asks. */
    static Criteria of(Rule rule, Family family) {
        parsed++;
        List<Criterion> all = new ArrayList<>();
        List<String> opaque = new ArrayList<>();
        address(all, Field.SRC, rule.source);
        address(all, Field.DST, rule.destination);
        device(all, Field.IN, rule.in);
        device(all, Field.OUT, rule.out);
        protocol(all, opaque, rule.protocol);
        if (rule.fragment != null) {
            boolean wanted = rule.fragment.value.booleanValue() != rule.fragment.negated;
            all.add(fragment(wanted));
        }
        for (Match match : rule.matches()) {
            if (!Extensions.read(match, family, all)) { opaque.add(match.name); }
        }
        return new Criteria(all, opaque);
    }

    private static void address(List<Criterion> all, Field field, Negatable<Network> network) {
        if (network != null) {
            Span span = Span.masked(network.value.address(), network.value.mask());
            all.add(new Criterion(field, null, network.negated, Collections.singletonList(span)));
        }
    }

    private static void device(List<Criterion> all, Field field, Negatable<String> name) {
        if (name != null) {
            byte[] mask = Numbers.interfaceMask(name.value);
            byte[] value = Numbers.interfaceName(name.value);
            for (int i = 0; i < value.length; i++) {
                value[i] &= mask[i];
            }
            all.add(new Criterion(field, null, name.negated, Collections.singletonList(Span.masked(value, mask))));
        }
    }

    private static void protocol(List<Criterion> all, List<String> opaque, Negatable<String> protocol) {
        if (protocol == null || protocol.value.equals("all")) { return; }
        int number = Numbers.protocol(protocol.value);
        if (number < 0) {
            opaque.add("-p " + protocol.value);
        } else if (number > 0) {
            all.add(new Criterion(Field.PROTOCOL, null, protocol.negated,
                    Collections.singletonList(Span.range(1, number, number))));
        }
    }

    /** Asks for a later fragment, or for a packet that is none. */
    static Criterion fragment(boolean later) {
        return new Criterion(Field.FRAGMENT, null, !later, Collections.singletonList(Span.range(1, 1, 1)));
    }
}
