package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Walks packets through the tables of all hooks that they cross: INPUT and FORWARD begin at PREROUTING, FORWARD and
 * OUTPUT end at POSTROUTING. Of a set the outgoing interface is a field like any other, so a statement says itself
 * whether it means every one or only what routing would take. One packet is a set too: its fields are all written in
 * the {@link Rewrites} that it starts with, nothing is left to the set, and no diagram grows.
 */
final class HookWalk {
    private static final byte[] NO_DEVICE = Numbers.interfaceName("");
    private static final byte[] LO = Numbers.interfaceName("lo");
    private static final Criterion WHOLE = Criterion.fragment(false);
    private static final Criterion FIRST =
            new Criterion(Field.STATE, false, Span.range(1, State.NEW.ordinal(), State.NEW.ordinal()));

    private final Ruleset ruleset;
    private final Sets sets;
    private final Site site;
    private final Outcome outcome;
    private Rewrites start;
    private boolean translated;

    /** A walk that tells what it finds. */
    HookWalk(Ruleset ruleset, Sets sets, Outcome outcome) {
        this.ruleset = ruleset;
        this.sets = sets;
        this.site = sets.site;
        this.outcome = outcome;
    }

    /** Walks packets to INPUT, FORWARD or OUTPUT; translated ones go where their new address leads. */
    static Outcome walk(Ruleset ruleset, Sets sets, Hook hook, int packets) {
        return new HookWalk(ruleset, sets, new Outcome(sets.bdd)).walk(hook, packets, Rewrites.NOTHING, true);
    }

    /**
     * The same of packets of which some fields are written.
     *
     * @param hook null when the address of a single packet decides between INPUT and FORWARD
     * @param away whether what leaves through lo is gone; else it comes in there again
     */
    Outcome walk(Hook hook, int packets, Rewrites first, boolean away) {
        start = first;
        if (packets == Bdd.NONE) { return outcome; }
        if (hook == Hook.OUTPUT) {
            leave(packets, away);
        } else {
            enter(hook, packets);
        }
        return outcome;
    }

    private void enter(Hook hook, int packets) {
        Map<Rewrites, Integer> input = new LinkedHashMap<>();
        Map<Rewrites, Integer> forward = new LinkedHashMap<>();
        Map<Rewrites, Integer> here =
                hook(Hook.PREROUTING, Collections.singletonMap(start.with(Field.OUT, NO_DEVICE), packets));
        for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
            route(hook, each.getKey(), each.getValue(), input, forward);
        }
        delivered(hook(Hook.INPUT, whole(input)));
        Map<Rewrites, Integer> leaving = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : hook(Hook.FORWARD, forward).entrySet()) {
            // an incoming device on newer kernels (5.7 on) and none on older ones: not known
            sets.add(leaving, each.getKey().with(Field.IN, null), each.getValue());
        }
        delivered(hook(Hook.POSTROUTING, leaving));
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
        boolean known = dst != null && (site.knows(sets.family) || Site.endsOnItsLink(dst));
        boolean elsewhere = known && !site.isLocal(dst);
        // the kernel forwards nothing from an address of one link, and drops what isn't for the box
        byte[] src = rewrites.constant(Field.SRC);
        int staying = !rewrites.touches(Field.SRC) ? sets.bdd.and(packets, sets.ofItsLink())
                : Site.startsOnItsLink(src) ? packets : Bdd.NONE;
        if (staying != Bdd.NONE && src != null) {
            outcome.note("never forwarded: " + Addresses.print(src) + " is an address of its own link"
                    + (elsewhere ? "; the kernel drops the packet" : ""));
        } else if (!known) { outcome.note("unknown whether the packet is for the box or forwarded: both were tried"); }
        if (!elsewhere) { sets.add(input, local, packets); }
        if (!known || elsewhere) {
            if (known) { outcome.add(Verdict.DROP, staying); }
            sets.add(forward, leaving(rewrites, unchanged == Bdd.NONE || hook != null, false),
                    sets.bdd.minus(packets, staying));
        }
    }

    /**
     * With the interface that was given, unless there is none or the address was translated: then by a route, which for
     * what the box sends may lead to itself.
     */
    private Rewrites leaving(Rewrites rewrites, boolean elsewhere, boolean own) {
        byte[] given = start.constant(Field.OUT);
        if (!elsewhere && (!start.touches(Field.OUT) || given != null && given[0] != 0)) {
            return rewrites.asIn(start, Field.OUT);
        }
        byte[] dst = rewrites.constant(Field.DST);
        String out = dst == null ? null : own && site.isOwn(dst) ? "lo" : site.interfaceTo(dst);
        return rewrites.with(Field.OUT, out == null ? null : Numbers.interfaceName(out));
    }

    private void leave(int packets, boolean away) {
        Rewrites sent = leaving(start.with(Field.IN, NO_DEVICE), false, true);
        Map<Rewrites, Integer> again = new LinkedHashMap<>();
        Map<Rewrites, Integer> gone =
                hook(Hook.POSTROUTING, routedAgain(hook(Hook.OUTPUT, Collections.singletonMap(sent, packets))));
        for (Map.Entry<Rewrites, Integer> each : gone.entrySet()) {
            if (away || !Arrays.equals(LO, each.getKey().constant(Field.OUT))) {
                outcome.add(Verdict.ACCEPT, each.getValue());
            } else {
                sets.add(again, each.getKey().with(Field.IN, LO).with(Field.OUT, NO_DEVICE), each.getValue());
            }
        }
        if (!again.isEmpty()) {
            outcome.note("to the box itself: leaves and enters through lo");
            translated = true;
            delivered(hook(Hook.INPUT, whole(hook(Hook.PREROUTING, again))));
        }
    }

    /** What nat's OUTPUT has translated is routed again; the tables at OUTPUT still saw the old interface. */
    private Map<Rewrites, Integer> routedAgain(Map<Rewrites, Integer> sent) {
        Map<Rewrites, Integer> away = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : sent.entrySet()) {
            Rewrites rewrites = each.getKey();
            int same = unchanged(rewrites, each.getValue());
            sets.add(away, rewrites, same);
            sets.add(away, leaving(rewrites, true, true), sets.bdd.minus(each.getValue(), same));
        }
        return away;
    }

    /** Those of the packets that have the address they came with, be it that a translation gave them the very same. */
    private int unchanged(Rewrites rewrites, int packets) {
        byte[] dst = rewrites.constant(Field.DST);
        if (start.touches(Field.DST)) { return Arrays.equals(dst, start.constant(Field.DST)) ? packets : Bdd.NONE; }
        return !rewrites.touches(Field.DST) ? packets : dst == null ? Bdd.NONE
                : sets.bdd.and(packets, sets.having(Field.DST, dst));
    }

    /** IPv4 puts fragments together before INPUT (ip_local_deliver), which is asked for the whole packet. */
    private Map<Rewrites, Integer> whole(Map<Rewrites, Integer> input) {
        if (sets.family == Family.IPV6) { return input; }
        Map<Rewrites, Integer> whole = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : input.entrySet()) {
            Rewrites rewrites = each.getKey();
            SetMatch asked = SetMatch.of(WHOLE, sets, rewrites);
            int later = sets.bdd.minus(each.getValue(), asked.certain);
            if (later != Bdd.NONE) {
                outcome.note("fragments are reassembled before INPUT, which then decides on the whole packet");
                outcome.add(Verdict.ACCEPT, later);
            }
            sets.add(whole, rewrites.touches(Field.FRAGMENT) ? rewrites.with(Field.FRAGMENT, new byte[1]) : rewrites,
                    sets.bdd.and(each.getValue(), asked.possible));
        }
        return whole;
    }

    private void delivered(Map<Rewrites, Integer> packets) {
        for (Integer set : packets.values()) {
            outcome.add(Verdict.ACCEPT, set);
        }
    }

    /**
     * The packets that pass all tables of a hook. Their order is that of the priorities in the kernel
     * (netfilter_ipv4.h): raw, mangle, nat, filter, security; at INPUT nat comes last.
     */
    private Map<Rewrites, Integer> hook(Hook hook, Map<Rewrites, Integer> packets) {
        Map<Rewrites, Integer> here = packets;
        for (Table table : Table.values()) {
            here = table == Table.NAT && hook == Hook.INPUT ? here : ask(table, hook, here);
        }
        return hook == Hook.INPUT ? ask(Table.NAT, hook, here) : here;
    }

    /** The packets that a table lets pass; nat's chains are asked for the first packet of a connection only. */
    private Map<Rewrites, Integer> ask(Table table, Hook hook, Map<Rewrites, Integer> packets) {
        Chain chain = ruleset.chain(sets.family, table, hook.name());
        if (chain == null || !chain.isBuiltin() || packets.isEmpty()) { return packets; }
        if (table != Table.NAT) { return new ChainWalk(ruleset, table, sets, outcome).from(chain, packets); }
        Map<Rewrites, Integer> asked = new LinkedHashMap<>();
        Map<Rewrites, Integer> past = new LinkedHashMap<>();
        for (Map.Entry<Rewrites, Integer> each : packets.entrySet()) {
            int set = each.getValue();
            int first = translated ? Bdd.NONE : sets.bdd.and(set, SetMatch.of(FIRST, sets, each.getKey()).certain);
            sets.add(asked, each.getKey(), first);
            sets.add(past, each.getKey(), sets.bdd.minus(set, first));
        }
        if (!past.isEmpty() && !chain.rules.isEmpty() && !translated) {
            outcome.note("nat's rules decide on a connection's first packet; assumed: not translated");
        }
        if (!asked.isEmpty()) { sets.addAll(past, new ChainWalk(ruleset, table, sets, outcome).from(chain, asked)); }
        return past;
    }
}
