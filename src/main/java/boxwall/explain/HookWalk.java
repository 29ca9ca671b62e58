package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks packets through the tables of all hooks that they cross: INPUT and FORWARD begin at PREROUTING, FORWARD and
 * OUTPUT end at POSTROUTING. The outgoing interface of a set is a field like any other: the caller selects all
 * interfaces or only those of the routes. A single packet is a set too: all its fields are written in the
 * {@link Rewrites} at its start, so no diagram grows.
 */
final class HookWalk {
    /** The hooks that decide. */
    static final List<Hook> HOOKS = Collections.unmodifiableList(Arrays.asList(Hook.INPUT, Hook.FORWARD, Hook.OUTPUT));
    private static final byte[] NO_DEVICE = FieldBytes.interfaceName("");
    private static final byte[] LO = FieldBytes.interfaceName("lo");
    private static final Criterion WHOLE = Criterion.fragment(false);
    private static final Criterion FIRST = new Criterion(Field.STATE, false,
            Span.range(1, ConnectionState.NEW.ordinal(), ConnectionState.NEW.ordinal()));

    private final Ruleset ruleset;
    private final PacketSets sets;
    private final BoxNetwork boxNetwork;
    private final WalkOutcome outcome;
    private Rewrites start;
    /** Whether the packets come in again through lo; then nat is not entered again. */
    private boolean isSecondPass;

    /** A walk that reports to an outcome. */
    HookWalk(Ruleset ruleset, PacketSets sets, WalkOutcome outcome) {
        this.ruleset = ruleset;
        this.sets = sets;
        this.boxNetwork = sets.boxNetwork;
        this.outcome = outcome;
    }

    /** Walks packets to INPUT, FORWARD or OUTPUT; translated packets take the route of their new address. */
    static WalkOutcome walk(Ruleset ruleset, PacketSets sets, Hook hook, int packets) {
        return new HookWalk(ruleset, sets, new WalkOutcome(sets.bdd)).walk(hook, packets, Rewrites.NOTHING, true);
    }

    /**
     * The same for packets with written fields.
     *
     * @param hook null when the address of a single packet decides between INPUT and FORWARD
     * @param endsAtLo whether the walk of packets that leave through lo ends there; else they come in again
     */
    WalkOutcome walk(Hook hook, int packets, Rewrites first, boolean endsAtLo) {
        start = first;
        if (packets == Bdd.NONE) { return outcome; }
        if (hook == Hook.OUTPUT) {
            leave(packets, endsAtLo);
        } else {
            enter(hook, packets);
        }
        return outcome;
    }

    private void enter(Hook hook, int packets) {
        Map<Rewrites, Integer> input = new LinkedHashMap<>();
        Map<Rewrites, Integer> forward = new LinkedHashMap<>();
        Map<Rewrites, Integer> arrived =
                hook(Hook.PREROUTING, Collections.singletonMap(start.with(Field.OUT, NO_DEVICE), packets));
        for (Map.Entry<Rewrites, Integer> group : arrived.entrySet()) {
            route(hook, group.getKey(), group.getValue(), input, forward);
        }
        accept(hook(Hook.INPUT, reassembled(input)));
        Map<Rewrites, Integer> leaving = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> group : hook(Hook.FORWARD, forward).entrySet()) {
            // an incoming device on kernels from 5.7 on, none on older ones: unknown
            sets.add(leaving, group.getKey().with(Field.IN, null), group.getValue());
        }
        accept(hook(Hook.POSTROUTING, leaving));
    }

    private void route(Hook hook, Rewrites rewrites, int all, Map<Rewrites, Integer> input,
            Map<Rewrites, Integer> forward) {
        Rewrites local = rewrites.with(Field.OUT, NO_DEVICE);
        int unchanged = unchanged(rewrites, all);
        int decided = hook == null ? Bdd.NONE : unchanged;
        if (hook == Hook.INPUT) {
            sets.add(input, local, decided);
        } else if (decided != Bdd.NONE) { sets.add(forward, leaving(rewrites, false, false), decided); }
        int packets = sets.bdd.minus(all, decided);
        if (packets == Bdd.NONE) { return; }
        byte[] dst = rewrites.constant(Field.DST);
        boolean known = dst != null && (boxNetwork.knows(sets.family) || BoxNetwork.endsOnItsLink(dst));
        boolean elsewhere = known && !boxNetwork.isLocal(dst);
        // the kernel forwards no packet from a link-local address, and drops those that aren't for the box
        byte[] src = rewrites.constant(Field.SRC);
        int linkLocal = !rewrites.touches(Field.SRC) ? sets.bdd.and(packets, sets.fromLinkLocal())
                : BoxNetwork.startsOnItsLink(src) ? packets : Bdd.NONE;
        if (linkLocal != Bdd.NONE && src != null) {
            outcome.note("never forwarded: " + Addresses.print(src) + " is an address of its own link"
                    + (elsewhere ? "; the kernel drops the packet" : ""));
        } else if (!known) { outcome.note("unknown whether the packet is for the box or forwarded: both were tried"); }
        if (!elsewhere) { sets.add(input, local, packets); }
        if (!known || elsewhere) {
            if (known) { outcome.add(Verdict.DROP, linkLocal); }
            sets.add(forward, leaving(rewrites, unchanged == Bdd.NONE || hook != null, false),
                    sets.bdd.minus(packets, linkLocal));
        }
    }

    /**
     * Sets the outgoing interface: the given one, unless there is none or the packets are rerouted; then that of the
     * route, which is lo for packets from the box to itself.
     */
    private Rewrites leaving(Rewrites rewrites, boolean rerouted, boolean fromBox) {
        byte[] given = start.constant(Field.OUT);
        if (!rerouted && (!start.touches(Field.OUT) || given != null && given[0] != 0)) {
            return rewrites.asIn(start, Field.OUT);
        }
        byte[] dst = rewrites.constant(Field.DST);
        String out = dst == null ? null : fromBox && boxNetwork.isOwn(dst) ? "lo" : boxNetwork.interfaceTo(dst);
        return rewrites.with(Field.OUT, out == null ? null : FieldBytes.interfaceName(out));
    }

    private void leave(int packets, boolean endsAtLo) {
        Rewrites sent = leaving(start.with(Field.IN, NO_DEVICE), false, true);
        Map<Rewrites, Integer> again = new LinkedHashMap<>();
        Map<Rewrites, Integer> left =
                hook(Hook.POSTROUTING, routedAgain(hook(Hook.OUTPUT, Collections.singletonMap(sent, packets))));
        for (Map.Entry<Rewrites, Integer> group : left.entrySet()) {
            if (endsAtLo || !Arrays.equals(LO, group.getKey().constant(Field.OUT))) {
                outcome.add(Verdict.ACCEPT, group.getValue());
            } else {
                sets.add(again, group.getKey().with(Field.IN, LO).with(Field.OUT, NO_DEVICE), group.getValue());
            }
        }
        if (!again.isEmpty()) {
            outcome.note("to the box itself: leaves and enters through lo");
            isSecondPass = true;
            accept(hook(Hook.INPUT, reassembled(hook(Hook.PREROUTING, again))));
        }
    }

    /** Routes the packets again that nat's OUTPUT translated; the tables at OUTPUT still saw the first interface. */
    private Map<Rewrites, Integer> routedAgain(Map<Rewrites, Integer> sent) {
        Map<Rewrites, Integer> routed = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> group : sent.entrySet()) {
            Rewrites rewrites = group.getKey();
            int same = unchanged(rewrites, group.getValue());
            sets.add(routed, rewrites, same);
            sets.add(routed, leaving(rewrites, true, true), sets.bdd.minus(group.getValue(), same));
        }
        return routed;
    }

    /** The packets with their first destination address, also if a translation wrote the same address again. */
    private int unchanged(Rewrites rewrites, int packets) {
        byte[] dst = rewrites.constant(Field.DST);
        if (start.touches(Field.DST)) { return Arrays.equals(dst, start.constant(Field.DST)) ? packets : Bdd.NONE; }
        return !rewrites.touches(Field.DST) ? packets : dst == null ? Bdd.NONE
                : sets.bdd.and(packets, sets.having(Field.DST, dst));
    }

    /** IPv4 reassembles fragments before INPUT (ip_local_deliver), which decides on the whole packet. */
    private Map<Rewrites, Integer> reassembled(Map<Rewrites, Integer> input) {
        if (sets.family == Family.IPV6) { return input; }
        Map<Rewrites, Integer> whole = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> group : input.entrySet()) {
            Rewrites rewrites = group.getKey();
            SetMatch match = SetMatch.of(WHOLE, sets, rewrites);
            int later = sets.bdd.minus(group.getValue(), match.certain);
            if (later != Bdd.NONE) {
                outcome.note("fragments are reassembled before INPUT, which then decides on the whole packet");
                outcome.add(Verdict.ACCEPT, later);
            }
            sets.add(whole, rewrites.touches(Field.FRAGMENT) ? rewrites.with(Field.FRAGMENT, new byte[1]) : rewrites,
                    sets.bdd.and(group.getValue(), match.possible));
        }
        return whole;
    }

    private void accept(Map<Rewrites, Integer> packets) {
        for (Integer set : packets.values()) {
            outcome.add(Verdict.ACCEPT, set);
        }
    }

    /**
     * The packets that pass all tables of a hook, in the order of the kernel's priorities (netfilter_ipv4.h): raw,
     * mangle, nat, filter, security; at INPUT nat is last.
     */
    private Map<Rewrites, Integer> hook(Hook hook, Map<Rewrites, Integer> packets) {
        Map<Rewrites, Integer> passing = packets;
        for (Table table : Table.values()) {
            passing = table == Table.NAT && hook == Hook.INPUT ? passing : table(table, hook, passing);
        }
        return hook == Hook.INPUT ? table(Table.NAT, hook, passing) : passing;
    }

    /** The packets that pass a table; only the first packet of a connection enters nat's chains. */
    private Map<Rewrites, Integer> table(Table table, Hook hook, Map<Rewrites, Integer> packets) {
        Chain chain = ruleset.chain(sets.family, table, hook.name());
        if (chain == null || !chain.isBuiltin() || packets.isEmpty()) { return packets; }
        if (table != Table.NAT) { return new ChainWalk(ruleset, table, sets, outcome).from(chain, packets); }
        Map<Rewrites, Integer> entering = new LinkedHashMap<>();
        Map<Rewrites, Integer> past = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> group : packets.entrySet()) {
            int set = group.getValue();
            int first = isSecondPass ? Bdd.NONE : sets.bdd.and(set, SetMatch.of(FIRST, sets, group.getKey()).certain);
            sets.add(entering, group.getKey(), first);
            sets.add(past, group.getKey(), sets.bdd.minus(set, first));
        }
        if (!past.isEmpty() && !chain.rules.isEmpty() && !isSecondPass) {
            outcome.note("nat's rules decide on a connection's first packet; assumed: not translated");
        }
        if (!entering.isEmpty()) {
            sets.addAll(past, new ChainWalk(ruleset, table, sets, outcome).from(chain, entering));
        }
        return past;
    }
}
