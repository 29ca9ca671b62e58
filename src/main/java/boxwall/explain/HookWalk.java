package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Walks packets through the tables of all hooks that they cross: INPUT and FORWARD begin at PREROUTING, FORWARD and
 * OUTPUT end at POSTROUTING. Of a set the outgoing interface is a field like any other, so a statement says itself
 * whether it means every one or only what routing would take. One packet is a set too: its fields are all written in
 * the {@link Rewrites} that it starts with, nothing is left to the set, and no diagram grows.
 *
 * <p>
 * The order of the tables at a hook is that of their priorities in the kernel (netfilter_ipv4.h): raw, mangle, nat,
 * filter, security; at INPUT nat comes last.
 */
final class HookWalk {
    private static final byte[] NO_DEVICE = Numbers.interfaceName("");
    private static final byte[] LO = Numbers.interfaceName("lo");
    private static final Criterion WHOLE = Criteria.fragment(false);
    private static final Criterion FIRST = new Criterion(Field.STATE, null, false,
            Collections.singletonList(Span.range(1, State.NEW.ordinal(), State.NEW.ordinal())));

    /** The tables that have a chain at a hook, in the order in which the kernel asks them. */
    private static final Map<Hook, List<Table>> TABLES = tables();

    private final Ruleset ruleset;
    private final Sets sets;
    private final Site site;
    private final ChainWalk.Listener listener;
    private final int[] possible = new int[Verdict.values().length];
    private Map<Rule, Rule> left = Collections.emptyMap();
    private Rewrites start;
    private boolean translated;

    /** A walk that tells its listener of every rule; the listener may be null. */
    HookWalk(Ruleset ruleset, Sets sets, Site site, ChainWalk.Listener listener) {
        this.ruleset = ruleset;
        this.sets = sets;
        this.site = site;
        this.listener = listener == null ? new ChainWalk.Listener() : listener;
    }

    /** Walks as if these very rules (the map's keys, by identity) weren't there; they are still told of. */
    HookWalk without(Map<Rule, Rule> rules) {
        left = rules;
        return this;
    }

    /** The packets for which a verdict is possible, of all that were walked. */
    int possible(Verdict verdict) {
        return possible[verdict.ordinal()];
    }

    private void possible(Verdict verdict, int packets) {
        possible[verdict.ordinal()] = sets.bdd.or(possible(verdict), packets);
    }

    /** The packets that get something else than the verdict, or may. */
    int otherThan(Verdict verdict) {
        int other = Bdd.NONE;
        for (Verdict each : Verdict.values()) {
            other = each == verdict ? other : sets.bdd.or(other, possible(each));
        }
        return other;
    }

    /** Walks packets to INPUT, FORWARD or OUTPUT; translated ones go where their new address leads. */
    HookWalk walk(Hook way, int packets) {
        return walk(way, packets, Rewrites.NOTHING);
    }

    /** The same of packets of which some fields are unknown. */
    HookWalk walk(Hook way, int packets, Rewrites first) {
        start = first;
        if (way == Hook.OUTPUT) {
            leave(packets, true);
        } else {
            enter(way, packets);
        }
        return this;
    }

    /**
     * Walks one packet.
     *
     * @param way null when its addresses decide between INPUT and FORWARD
     * @param toItself whether what leaves through lo comes in there again
     */
    HookWalk walk(Packet packet, Hook way, boolean toItself) {
        start = Rewrites.of(packet);
        if (way == Hook.OUTPUT) {
            leave(Bdd.ALL, !toItself);
        } else {
            enter(way, Bdd.ALL);
        }
        return this;
    }

    private void enter(Hook way, int packets) {
        Map<Rewrites, Integer> input = new LinkedHashMap<>();
        Map<Rewrites, Integer> forward = new LinkedHashMap<>();
        Map<Rewrites, Integer> here = hook(Hook.PREROUTING, one(start.with(Field.OUT, NO_DEVICE), packets));
        for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
            route(way, each.getKey(), each.getValue(), input, forward);
        }
        delivered(hook(Hook.INPUT, whole(input)));
        Map<Rewrites, Integer> leaving = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : hook(Hook.FORWARD, forward).entrySet()) {
            // an incoming device on newer kernels (5.7 on) and none on older ones: not known
            sets.add(leaving, each.getKey().with(Field.IN, null), each.getValue());
        }
        delivered(hook(Hook.POSTROUTING, leaving));
    }

    private void route(Hook way, Rewrites rewrites, int all, Map<Rewrites, Integer> input,
            Map<Rewrites, Integer> forward) {
        Rewrites local = rewrites.with(Field.OUT, NO_DEVICE);
        int unchanged = unchanged(rewrites, all);
        int decided = way == null ? Bdd.NONE : unchanged;
        if (way == Hook.INPUT) {
            sets.add(input, local, decided);
        } else if (decided != Bdd.NONE) { sets.add(forward, leaving(rewrites, false), decided); }
        int packets = sets.bdd.minus(all, decided);
        if (packets == Bdd.NONE) { return; }
        byte[] dst = rewrites.constant(Field.DST);
        boolean known = dst != null && (site.knows(sets.family) || LinkScope.endsHere(dst));
        boolean elsewhere = known && !site.isLocal(dst);
        // the kernel forwards nothing from an address of one link, and drops what isn't for the box
        int staying = sets.bdd.and(packets, LinkScope.starting(sets, rewrites));
        if (staying != Bdd.NONE && rewrites.constant(Field.SRC) != null) {
            listener.note("never forwarded: " + Addresses.print(rewrites.constant(Field.SRC))
                    + " is an address of its own link" + (elsewhere ? "; the kernel drops the packet" : ""));
        } else if (!known) { listener.note("unknown whether the packet is for the box or forwarded: both were tried"); }
        if (!elsewhere) { sets.add(input, local, packets); }
        if (!known || elsewhere) {
            if (known) { possible(Verdict.DROP, staying); }
            sets.add(forward, leaving(rewrites, unchanged == Bdd.NONE || way != null),
                    sets.bdd.minus(packets, staying));
        }
    }

    /**
     * With the interface that it came with when nothing was translated and one was given, else with that of a route.
     */
    private Rewrites leaving(Rewrites rewrites, boolean elsewhere) {
        byte[] given = start.constant(Field.OUT);
        boolean stays = !start.touches(Field.OUT) || given != null && given[0] != 0;
        return !elsewhere && stays ? rewrites.asIn(start, Field.OUT)
                : out(rewrites, rewrites.constant(Field.DST), false);
    }

    private Rewrites out(Rewrites rewrites, byte[] dst, boolean own) {
        String out = dst == null ? null : own && site.isOwn(dst) ? "lo" : site.interfaceTo(dst);
        return rewrites.with(Field.OUT, out == null ? null : Numbers.interfaceName(out));
    }

    private void leave(int packets, boolean away) {
        Rewrites sent = start.with(Field.IN, NO_DEVICE);
        if (start.touches(Field.OUT) && (start.constant(Field.OUT) == null || start.constant(Field.OUT)[0] == 0)) {
            sent = out(sent, start.constant(Field.DST), true);
        }
        Map<Rewrites, Integer> again = new LinkedHashMap<>();
        Map<Rewrites, Integer> gone = hook(Hook.POSTROUTING, routedAgain(hook(Hook.OUTPUT, one(sent, packets))));
        for (Map.Entry<Rewrites, Integer> each : gone.entrySet()) {
            if (away || !Arrays.equals(LO, each.getKey().constant(Field.OUT))) {
                possible(Verdict.ACCEPT, each.getValue());
            } else {
                sets.add(again, each.getKey().with(Field.IN, LO).with(Field.OUT, NO_DEVICE), each.getValue());
            }
        }
        if (!again.isEmpty()) {
            listener.note("to the box itself: leaves and enters through lo");
            translated = true;
            delivered(hook(Hook.INPUT, whole(hook(Hook.PREROUTING, again))));
        }
    }

    /**
     * What nat's OUTPUT has translated leaves where its new address leads; the tables at OUTPUT still saw the old
     * interface.
     */
    private Map<Rewrites, Integer> routedAgain(Map<Rewrites, Integer> sent) {
        Map<Rewrites, Integer> away = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : sent.entrySet()) {
            Rewrites rewrites = each.getKey();
            int same = unchanged(rewrites, each.getValue());
            sets.add(away, rewrites, same);
            sets.add(away, out(rewrites, rewrites.constant(Field.DST), true), sets.bdd.minus(each.getValue(), same));
        }
        return away;
    }

    /** Those of the packets that have the address they came with, be it that a translation gave them the very same. */
    private int unchanged(Rewrites rewrites, int packets) {
        byte[] dst = rewrites.constant(Field.DST);
        if (start.touches(Field.DST)) { return Arrays.equals(dst, start.constant(Field.DST)) ? packets : Bdd.NONE; }
        return !rewrites.touches(Field.DST) ? packets : dst == null ? Bdd.NONE
                : sets.bdd.and(packets, sets.is(Field.DST, dst));
    }

    private static Map<Rewrites, Integer> one(Rewrites rewrites, int packets) {
        return packets == Bdd.NONE ? Collections.<Rewrites, Integer>emptyMap()
                : Collections.singletonMap(rewrites, Integer.valueOf(packets));
    }

    /**
     * IPv4 puts fragments together before INPUT (ip_local_deliver): the whole packet is asked there, never a later
     * fragment.
     */
    private Map<Rewrites, Integer> whole(Map<Rewrites, Integer> input) {
        if (sets.family == Family.IPV6) { return input; }
        Map<Rewrites, Integer> whole = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : input.entrySet()) {
            Rewrites rewrites = each.getKey();
            SetMatch asked = SetMatch.of(WHOLE, sets, rewrites);
            int later = sets.bdd.minus(each.getValue(), asked.sure);
            if (later != Bdd.NONE) {
                listener.note("fragments are reassembled before INPUT, which then decides on the whole packet");
                possible(Verdict.ACCEPT, later);
            }
            sets.add(whole, rewrites.touches(Field.FRAGMENT) ? rewrites.with(Field.FRAGMENT, new byte[1]) : rewrites,
                    sets.bdd.and(each.getValue(), asked.perhaps));
        }
        return whole;
    }

    private void delivered(Map<Rewrites, Integer> packets) {
        for (Integer set : packets.values()) {
            possible(Verdict.ACCEPT, set);
        }
    }

    /** The packets that pass all tables of a hook. */
    private Map<Rewrites, Integer> hook(Hook hook, Map<Rewrites, Integer> packets) {
        Map<Rewrites, Integer> here = packets;
        for (Table table : TABLES.get(hook)) {
            Chain chain = ruleset.chain(sets.family, table, hook.name());
            if (chain != null && !here.isEmpty()) {
                here = table == Table.NAT ? nat(chain, here) : ask(table, chain, here);
            }
        }
        return here;
    }

    /** nat's chains are asked for the first packet of a connection only. */
    private Map<Rewrites, Integer> nat(Chain chain, Map<Rewrites, Integer> packets) {
        Map<Rewrites, Integer> asked = new LinkedHashMap<>();
        Map<Rewrites, Integer> past = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : packets.entrySet()) {
            int set = each.getValue();
            int first = translated ? Bdd.NONE : sets.bdd.and(set, SetMatch.of(FIRST, sets, each.getKey()).sure);
            sets.add(asked, each.getKey(), first);
            sets.add(past, each.getKey(), sets.bdd.minus(set, first));
        }
        if (!past.isEmpty() && !chain.rules().isEmpty() && !translated) {
            listener.note("nat's rules decide on a connection's first packet; assumed: not translated");
        }
        for (Map.Entry<Rewrites, Integer> each : asked.isEmpty() ? asked.entrySet()
                : ask(Table.NAT, chain, asked).entrySet()) {
            sets.add(past, each.getKey(), each.getValue());
        }
        return past;
    }

    private Map<Rewrites, Integer> ask(Table table, Chain chain, Map<Rewrites, Integer> packets) {
        ChainWalk.Listener note = new ChainWalk.Listener() {
            @Override
            void entered(Table in, Chain entered) { listener.entered(in, entered); }

            @Override
            void matched(TrailEntry step, int matched) { listener.matched(step, matched); }

            @Override
            void decided(TrailEntry step, Verdict verdict, int set) {
                if (verdict != Verdict.ACCEPT) { possible(verdict, set); }
                listener.decided(step, verdict, set);
            }
        };
        return new ChainWalk(ruleset, table, sets, site, note, left).from(chain, packets);
    }

    private static Map<Hook, List<Table>> tables() {
        Map<Hook, List<Table>> all = new TreeMap<>();
        for (Hook hook : Hook.values()) {
            List<Table> tables = new ArrayList<>();
            for (Table table : Table.values()) {
                if (table.hooks.contains(hook) && !(table == Table.NAT && hook == Hook.INPUT)) { tables.add(table); }
            }
            if (hook == Hook.INPUT) { tables.add(Table.NAT); }
            all.put(hook, tables);
        }
        return all;
    }

    /** The packets to addresses that end on this box, as they came. */
    static int local(Sets sets, Site site) {
        int set = Bdd.NONE;
        for (Network network : site.local(sets.family)) {
            set = sets.bdd.or(set, sets.lies(Field.DST, network));
        }
        return set;
    }

    /** The packets from the box's own addresses, as they came. */
    static int own(Sets sets, Site site) {
        int set = Bdd.NONE;
        for (byte[] address : site.addresses(sets.family, null)) {
            set = sets.bdd.or(set, sets.is(Field.SRC, address));
        }
        return set;
    }

    /** The packets that leave through the interface that routing would take; all of them when no route is known. */
    static int routed(Sets sets, Site site) {
        Bdd bdd = sets.bdd;
        int done = Bdd.NONE;
        int routed = Bdd.NONE;
        for (int prefix = sets.family.addressBits; prefix >= 0; prefix--) {
            int now = Bdd.NONE;
            for (Map.Entry<Network, String> route : site.routes().entrySet()) {
                if (route.getKey().family == sets.family && route.getKey().prefix == prefix) {
                    byte[] out = Numbers.interfaceName(route.getValue());
                    int to = bdd.minus(sets.lies(Field.DST, route.getKey()), bdd.or(done, now));
                    now = bdd.or(now, sets.lies(Field.DST, route.getKey()));
                    routed = bdd.or(routed, bdd.and(to, sets.is(Field.OUT, out)));
                }
            }
            done = bdd.or(done, now);
        }
        return done == Bdd.NONE ? Bdd.ALL : routed;
    }
}
