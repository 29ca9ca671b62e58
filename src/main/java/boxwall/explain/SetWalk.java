package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@link Walk} for a set of packets: INPUT and FORWARD begin at PREROUTING, FORWARD and OUTPUT end at POSTROUTING. The
 * outgoing interface is a field like any other, so a statement says itself whether it means every one or only what
 * routing would take.
 */
final class SetWalk {
    private final Ruleset ruleset;
    private final Sets sets;
    private final Site site;
    private final SetChainWalk.Listener listener;
    private final int[] possible = new int[Verdict.values().length];
    private Map<Rule, Rule> left = Collections.emptyMap();

    /** A walk that tells its listener of every rule; the listener may be null. */
    SetWalk(Ruleset ruleset, Sets sets, Site site, SetChainWalk.Listener listener) {
        this.ruleset = ruleset;
        this.sets = sets;
        this.site = site;
        this.listener = listener;
    }

    /** Walks as if these very rules (the map's keys, by identity) weren't there; they are still told of. */
    SetWalk without(Map<Rule, Rule> rules) {
        left = rules;
        return this;
    }

    /** The packets for which a verdict is possible, of all that were walked. */
    int possible(Verdict verdict) {
        return possible[verdict.ordinal()];
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
    void walk(Hook way, int packets) {
        walk(way, packets, Rewrites.NOTHING);
    }

    /** As {@link #walk(Hook, int)} for packets of which some fields are unknown. */
    void walk(Hook way, int packets, Rewrites start) {
        byte[] none = Numbers.interfaceName("");
        if (way == Hook.OUTPUT) {
            delivered(hook(Hook.POSTROUTING, routedAgain(hook(Hook.OUTPUT, one(start.with(Field.IN, none), packets)))));
            return;
        }
        Map<Rewrites, Integer> input = new LinkedHashMap<>();
        Map<Rewrites, Integer> forward = new LinkedHashMap<>();
        Map<Rewrites, Integer> here = hook(Hook.PREROUTING, one(start.with(Field.OUT, none), packets));
        for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
            route(way, each.getKey(), each.getValue().intValue(), input, forward);
        }
        delivered(hook(Hook.INPUT, whole(input)));
        Map<Rewrites, Integer> leaving = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : hook(Hook.FORWARD, forward).entrySet()) {
            sets.add(leaving, each.getKey().with(Field.IN, null), each.getValue().intValue());
        }
        delivered(hook(Hook.POSTROUTING, leaving));
    }

    /**
     * What nat's OUTPUT has translated leaves where its new address leads; the tables at OUTPUT still saw the old
     * interface.
     */
    private Map<Rewrites, Integer> routedAgain(Map<Rewrites, Integer> sent) {
        Map<Rewrites, Integer> away = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : sent.entrySet()) {
            byte[] dst = each.getKey().constant(Field.DST);
            String out = dst == null ? null : site.isOwn(dst) ? "lo" : site.interfaceTo(dst);
            int same = unchanged(each.getKey(), each.getValue().intValue());
            sets.add(away, each.getKey(), same);
            sets.add(away, each.getKey().with(Field.OUT, out == null ? null : Numbers.interfaceName(out)),
                    sets.bdd.minus(each.getValue().intValue(), same));
        }
        return away;
    }

    /** Those of the packets that have the address they came with, be it that a translation gave them the very same. */
    private int unchanged(Rewrites rewrites, int packets) {
        byte[] dst = rewrites.constant(Field.DST);
        return !rewrites.touches(Field.DST) ? packets : dst == null ? Bdd.NONE
                : sets.bdd.and(packets, sets.lies(Field.DST, Span.range(dst, dst)));
    }

    private static Map<Rewrites, Integer> one(Rewrites rewrites, int packets) {
        return packets == Bdd.NONE ? Collections.<Rewrites, Integer>emptyMap()
                : Collections.singletonMap(rewrites, Integer.valueOf(packets));
    }

    private void route(Hook way, Rewrites rewrites, int all, Map<Rewrites, Integer> input,
            Map<Rewrites, Integer> forward) {
        Rewrites local = rewrites.with(Field.OUT, Numbers.interfaceName(""));
        int same = unchanged(rewrites, all);
        sets.add(way == Hook.INPUT ? input : forward, way == Hook.INPUT ? local : rewrites.asItCame(Field.OUT), same);
        int packets = sets.bdd.minus(all, same);
        if (packets == Bdd.NONE) { return; }
        byte[] dst = rewrites.constant(Field.DST);
        boolean known = dst != null && (site.knows(sets.family) || LinkScope.endsHere(dst));
        if (!known || site.isLocal(dst)) { sets.add(input, local, packets); }
        if (!known || !site.isLocal(dst)) {
            // the kernel forwards nothing from an address of one link, and drops what isn't for the box
            int staying = sets.bdd.and(packets, LinkScope.starting(sets));
            if (known) { possible[Verdict.DROP.ordinal()] = sets.bdd.or(possible(Verdict.DROP), staying); }
            String out = dst == null ? null : site.interfaceTo(dst);
            sets.add(forward, rewrites.with(Field.OUT, out == null ? null : Numbers.interfaceName(out)),
                    sets.bdd.minus(packets, staying));
        }
    }

    /** IPv4 puts fragments together before INPUT: later ones are never asked there. */
    private Map<Rewrites, Integer> whole(Map<Rewrites, Integer> input) {
        if (sets.family == Family.IPV6) { return input; }
        Map<Rewrites, Integer> whole = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : input.entrySet()) {
            int set = each.getValue().intValue();
            sets.add(whole, each.getKey(), sets.bdd.and(set, NewConnections.whole(sets)));
            delivered(Collections.singletonMap(each.getKey(),
                    Integer.valueOf(sets.bdd.minus(set, NewConnections.whole(sets)))));
        }
        return whole;
    }

    private void delivered(Map<Rewrites, Integer> packets) {
        for (Integer set : packets.values()) {
            possible[Verdict.ACCEPT.ordinal()] = sets.bdd.or(possible(Verdict.ACCEPT), set.intValue());
        }
    }

    private Map<Rewrites, Integer> hook(Hook hook, Map<Rewrites, Integer> packets) {
        Map<Rewrites, Integer> here = packets;
        for (Table table : Walk.tables(hook)) {
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
        int first = sets.lies(Field.STATE, Span.range(1, State.NEW.ordinal(), State.NEW.ordinal()));
        for (Map.Entry<Rewrites, Integer> each : packets.entrySet()) {
            boolean changed = each.getKey().touches(Field.STATE);
            int set = each.getValue().intValue();
            sets.add(asked, each.getKey(), changed ? Bdd.NONE : sets.bdd.and(set, first));
            sets.add(past, each.getKey(), changed ? set : sets.bdd.minus(set, first));
        }
        if (!asked.isEmpty()) {
            for (Map.Entry<Rewrites, Integer> each : ask(Table.NAT, chain, asked).entrySet()) {
                sets.add(past, each.getKey(), each.getValue().intValue());
            }
        }
        return past;
    }

    private Map<Rewrites, Integer> ask(Table table, Chain chain, Map<Rewrites, Integer> packets) {
        SetChainWalk.Listener note = new SetChainWalk.Listener() {
            @Override
            public void decided(TrailEntry step, Verdict verdict, int set) {
                if (verdict != Verdict.ACCEPT) { possible[verdict.ordinal()] = sets.bdd.or(possible(verdict), set); }
                if (listener != null) { listener.decided(step, verdict, set); }
            }

            @Override
            public void reached(TrailEntry step, int here, int matched) {
                if (listener != null) { listener.reached(step, here, matched); }
            }
        };
        return new SetChainWalk(ruleset, table, sets, site, note, left).from(chain, packets);
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
            set = sets.bdd.or(set, sets.lies(Field.SRC, Span.range(address, address)));
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
                    routed = bdd.or(routed, bdd.and(to, sets.lies(Field.OUT, Span.range(out, out))));
                }
            }
            done = bdd.or(done, now);
        }
        return done == Bdd.NONE ? Bdd.ALL : routed;
    }
}
