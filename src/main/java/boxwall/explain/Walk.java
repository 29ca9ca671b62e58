package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The way of one packet through a ruleset. The order of the tables at a hook is that of their priorities in the kernel
 * (netfilter_ipv4.h): raw, mangle, nat, filter, security; at INPUT nat comes last.
 *
 * <p>
 * A walk object keeps what it parsed of the rules: use one for many packets of the same ruleset, by one thread at a
 * time.
 */
public final class Walk {
    private final Ruleset ruleset;
    private final Site site;
    private final Map<Rule, Criteria> criteria = new IdentityHashMap<>();
    private final ChainWalk.Effort effort;

    /** A walk through a ruleset; nothing is walked yet. */
    public Walk(Ruleset ruleset, Site site) {
        this.ruleset = ruleset;
        this.site = site;
        this.effort = new ChainWalk.Effort(ruleset);
    }

    /**
     * Walks one chain of one table only. A user's chain that the packet falls off has the verdict UNKNOWN.
     *
     * @throws IllegalArgumentException when the ruleset has no such chain
     */
    public static Answer chain(Ruleset ruleset, Family family, Table table, String chain, Packet packet) {
        Chain start = ruleset.chain(family, table, chain);
        if (start == null) {
            throw new IllegalArgumentException(
                    "no chain '" + chain + "' in table " + table.word() + " of " + family.command());
        }
        if (packet.family() != family) {
            throw new IllegalArgumentException("a packet of " + packet.family().word() + " in " + family.word());
        }
        Walk walk = new Walk(ruleset, Site.unknown());
        WalkState passage = new WalkState(packet);
        passage.delivered(passage.ask(walk.table(family, table, passage), start, ChainWalk.only(packet)));
        return passage.answer();
    }

    /**
     * Walks every table at every hook that the packet crosses; where it goes is decided by its interfaces and
     * addresses.
     */
    public static Answer packet(Ruleset ruleset, Packet packet, Site site) {
        return new Walk(ruleset, site).packet(packet, null);
    }

    /** As {@link #packet(Ruleset, Packet, Site)}. */
    public Answer packet(Packet packet) {
        return packet(packet, null);
    }

    /**
     * As {@link #packet(Packet)}, with the routing decision given.
     *
     * @param hook INPUT, FORWARD or OUTPUT; null when the packet's own fields decide
     */
    public Answer packet(Packet packet, Hook hook) {
        if (hook == Hook.PREROUTING || hook == Hook.POSTROUTING) {
            throw new IllegalArgumentException(hook + " is crossed on the way: expected INPUT, FORWARD or OUTPUT");
        }
        WalkState passage = new WalkState(packet);
        Hook way = hook != null ? hook : start(packet);
        if (way == Hook.OUTPUT) {
            leave(passage, packet, hook != null);
        } else {
            enter(passage, packet, way);
        }
        return passage.answer();
    }

    /**
     * OUTPUT for what the box itself sends, FORWARD when the packet says both interfaces and may cross, else null:
     * routing decides.
     */
    private Hook start(Packet packet) {
        boolean in = packet.in() != null && packet.in().length() > 0;
        boolean out = packet.out() != null && packet.out().length() > 0;
        byte[] src = packet.src();
        boolean stays = LinkScope.startsHere(src) || LinkScope.endsHere(packet.dst());
        if (in) { return out && !stays ? Hook.FORWARD : null; }
        boolean foreign = src != null && site.knows(packet.family()) && !site.isOwn(src) && !stays;
        if (out) { return foreign ? Hook.FORWARD : Hook.OUTPUT; }
        return src != null && site.isOwn(src) ? Hook.OUTPUT : null;
    }

    private void enter(WalkState passage, Packet packet, Hook way) {
        Set<Packet> here = new LinkedHashSet<>();
        for (Packet p : hook(passage, Hook.PREROUTING, ChainWalk.only(packet.copy().out("").build()))) {
            here.add(p.copy().out(packet.out()).build());
        }
        Set<Packet> input = new LinkedHashSet<>();
        Set<Packet> forward = new LinkedHashSet<>();
        for (Packet p : here) {
            route(passage, p, way, input, forward);
        }
        input(passage, input);
        if (!forward.isEmpty()) { passage.delivered(postrouting(passage, hook(passage, Hook.FORWARD, forward), null)); }
    }

    private void route(WalkState passage, Packet packet, Hook way, Set<Packet> input, Set<Packet> forward) {
        boolean known = packet.dst() != null && (site.knows(packet.family()) || LinkScope.endsHere(packet.dst()));
        boolean translated = !Arrays.equals(packet.dst(), passage.packet.dst());
        Hook decided = translated ? null : way;
        if (decided == null && LinkScope.startsHere(packet.src())) {
            boolean elsewhere = known && !site.isLocal(packet.dst());
            passage.note("never forwarded: " + Addresses.print(packet.src()) + " is an address of its own link"
                    + (elsewhere ? "; the kernel drops the packet" : ""));
            if (elsewhere) {
                passage.dropped();
            } else {
                input.add(packet.copy().out("").build());
            }
            return;
        }
        if (decided == null && !known) {
            passage.note("unknown whether the packet is for the box or forwarded: both were tried");
        }
        if (decided == Hook.INPUT || decided == null && (!known || site.isLocal(packet.dst()))) {
            input.add(packet.copy().out("").build());
        }
        if (decided == Hook.FORWARD || decided == null && (!known || !site.isLocal(packet.dst()))) {
            String out = packet.out() != null && packet.out().length() > 0 && !translated ? packet.out()
                    : packet.dst() == null ? null : site.interfaceTo(packet.dst());
            forward.add(packet.copy().out(out).build());
        }
    }

    private void leave(WalkState passage, Packet packet, boolean forced) {
        boolean given = packet.out() != null && packet.out().length() > 0;
        Packet sent = packet.copy().in("").out(given ? packet.out() : way(packet)).build();
        Set<Packet> away = new LinkedHashSet<>();
        for (Packet p : hook(passage, Hook.OUTPUT, ChainWalk.only(sent))) {
            // nat's OUTPUT has the packet routed again, but the tables after it still see the first interface
            away.add(Arrays.equals(p.dst(), packet.dst()) ? p : p.copy().out(way(p)).build());
        }
        Set<Packet> again = new LinkedHashSet<>();
        for (Packet p : postrouting(passage, away, "")) {
            if (forced || !"lo".equals(p.out())) {
                passage.delivered(ChainWalk.only(p));
            } else {
                again.add(p.copy().in("lo").out("").build());
            }
        }
        if (!again.isEmpty()) {
            passage.note("to the box itself: leaves and enters through lo");
            passage.translatedAlready();
            input(passage, hook(passage, Hook.PREROUTING, again));
        }
    }

    /** Where the box sends a packet: to itself through lo; null when not known. */
    private String way(Packet packet) {
        return packet.dst() == null ? null : site.isOwn(packet.dst()) ? "lo" : site.interfaceTo(packet.dst());
    }

    /**
     * IPv4 puts fragments together before INPUT (ip_local_deliver): the whole packet is asked there, never a later
     * fragment.
     */
    private void input(WalkState passage, Set<Packet> packets) {
        Set<Packet> whole = new LinkedHashSet<>();
        for (Packet p : packets) {
            boolean maybe = p.family() == Family.IPV4 && !Boolean.FALSE.equals(p.fragment());
            if (maybe) {
                passage.note("fragments are reassembled before INPUT, which then decides on the whole packet");
                passage.delivered(ChainWalk.only(p));
            }
            if (!maybe || p.fragment() == null) {
                whole.add(p.copy().fragment(p.family() == Family.IPV4 ? Boolean.FALSE : p.fragment()).build());
            }
        }
        if (!whole.isEmpty()) { passage.delivered(hook(passage, Hook.INPUT, whole)); }
    }

    /** What is forwarded has an incoming device here on newer kernels (5.7 on) and none on older ones: not known. */
    private Set<Packet> postrouting(WalkState passage, Set<Packet> packets, String in) {
        Set<Packet> here = new LinkedHashSet<>();
        for (Packet p : packets) {
            here.add(p.copy().in(in).build());
        }
        return hook(passage, Hook.POSTROUTING, here);
    }

    /** The packets that pass all tables of a hook. */
    private Set<Packet> hook(WalkState passage, Hook hook, Set<Packet> packets) {
        Set<Packet> here = packets;
        for (Table table : tables(hook)) {
            Family family = passage.packet.family();
            Chain chain = ruleset.chain(family, table, hook.name());
            if (chain != null && !here.isEmpty()) {
                here = table == Table.NAT ? nat(passage, chain, here)
                        : passage.ask(table(family, table, passage), chain, here);
            }
        }
        return here;
    }

    /** nat's chains are asked for the first packet of a connection only. */
    private Set<Packet> nat(WalkState passage, Chain chain, Set<Packet> packets) {
        Set<Packet> asked = new LinkedHashSet<>();
        Set<Packet> past = new LinkedHashSet<>();
        for (Packet p : packets) {
            (p.state() == State.NEW && !passage.isTranslated() ? asked : past).add(p);
        }
        if (!past.isEmpty() && !chain.rules().isEmpty() && !passage.isTranslated()) {
            passage.note("nat's rules decide on a connection's first packet; assumed: not translated");
        }
        if (!asked.isEmpty()) {
            past.addAll(passage.ask(table(passage.packet.family(), Table.NAT, passage), chain, asked));
        }
        return past;
    }

    private ChainWalk table(Family family, Table table, WalkState passage) {
        return new ChainWalk(ruleset, family, table, criteria, site, passage.trail, passage.unknown, effort);
    }

    /** The tables that have a chain at a hook, in the order in which the kernel asks them. */
    static List<Table> tables(Hook hook) {
        List<Table> tables = new ArrayList<>();
        for (Table table : Table.values()) {
            if (table.hooks.contains(hook) && !(table == Table.NAT && hook == Hook.INPUT)) { tables.add(table); }
        }
        if (hook == Hook.INPUT) { tables.add(Table.NAT); }
        return Collections.unmodifiableList(tables);
    }
}
