package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A second, independent implementation of a packet's path through a ruleset: one packet at a time, with three-valued
 * matches and without sets. Tests compare {@link Verdicts} and {@link HookWalk} with it, as with the kernel, but
 * faster.
 */
final class OracleWalk {
    private final Ruleset ruleset;
    private final BoxNetwork boxNetwork;
    private final Map<Rule, Criteria> criteria = new IdentityHashMap<>();
    private final ChainWalk.Effort effort;

    /** A walk through a ruleset. */
    OracleWalk(Ruleset ruleset, BoxNetwork boxNetwork) {
        this.ruleset = ruleset;
        this.boxNetwork = boxNetwork;
        this.effort = new ChainWalk.Effort(ruleset);
    }

    /**
     * As {@link #packet(Packet)}, with the routing decision given.
     *
     * @param hook INPUT, FORWARD or OUTPUT; null when the packet's own fields decide
     */
    Answer packet(Packet packet, Hook hook) {
        if (hook == Hook.PREROUTING || hook == Hook.POSTROUTING) {
            throw new IllegalArgumentException(hook + " is no start of a walk: expected INPUT, FORWARD or OUTPUT");
        }
        WalkState state = new WalkState(packet);
        Hook way = hook != null ? hook : start(packet);
        if (way == Hook.OUTPUT) {
            leave(state, packet, hook != null);
        } else {
            enter(state, packet, way);
        }
        return state.answer();
    }

    /**
     * OUTPUT for a packet that the box sends, FORWARD for a packet with both interfaces that may be forwarded,
     * otherwise null: routing decides.
     */
    private Hook start(Packet packet) {
        boolean in = packet.in() != null && packet.in().length() > 0;
        boolean out = packet.out() != null && packet.out().length() > 0;
        byte[] src = packet.src();
        boolean stays = BoxNetwork.startsOnItsLink(src) || BoxNetwork.endsOnItsLink(packet.dst());
        if (in) { return out && !stays ? Hook.FORWARD : null; }
        boolean foreign = src != null && boxNetwork.knows(packet.family) && !boxNetwork.isOwn(src) && !stays;
        if (out) { return foreign ? Hook.FORWARD : Hook.OUTPUT; }
        return src != null && boxNetwork.isOwn(src) ? Hook.OUTPUT : null;
    }

    private void enter(WalkState state, Packet packet, Hook way) {
        Set<Packet> here = new LinkedHashSet<>();
        for (Packet p : hook(state, Hook.PREROUTING, ChainWalk.only(packet.out("")))) {
            here.add(p.out(packet.out()));
        }
        Set<Packet> input = new LinkedHashSet<>();
        Set<Packet> forward = new LinkedHashSet<>();
        for (Packet p : here) {
            route(state, p, way, input, forward);
        }
        input(state, input);
        if (!forward.isEmpty()) { state.delivered(postrouting(state, hook(state, Hook.FORWARD, forward), null)); }
    }

    private void route(WalkState state, Packet packet, Hook way, Set<Packet> input, Set<Packet> forward) {
        boolean known =
                packet.dst() != null && (boxNetwork.knows(packet.family) || BoxNetwork.endsOnItsLink(packet.dst()));
        boolean translated = !Arrays.equals(packet.dst(), state.packet.dst());
        Hook decided = translated ? null : way;
        if (decided == null && BoxNetwork.startsOnItsLink(packet.src())) {
            boolean elsewhere = known && !boxNetwork.isLocal(packet.dst());
            state.note("never forwarded: " + Addresses.print(packet.src()) + " is an address of its own link"
                    + (elsewhere ? "; the kernel drops the packet" : ""));
            if (elsewhere) {
                state.dropped();
            } else {
                input.add(packet.out(""));
            }
            return;
        }
        if (decided == null && !known) {
            state.note("unknown whether the packet is for the box or forwarded: both were tried");
        }
        if (decided == Hook.INPUT || decided == null && (!known || boxNetwork.isLocal(packet.dst()))) {
            input.add(packet.out(""));
        }
        if (decided == Hook.FORWARD || decided == null && (!known || !boxNetwork.isLocal(packet.dst()))) {
            String out = packet.out() != null && packet.out().length() > 0 && !translated ? packet.out()
                    : packet.dst() == null ? null : boxNetwork.interfaceTo(packet.dst());
            forward.add(packet.out(out));
        }
    }

    private void leave(WalkState state, Packet packet, boolean forced) {
        boolean given = packet.out() != null && packet.out().length() > 0;
        Packet sent = packet.in("").out(given ? packet.out() : way(packet));
        Set<Packet> away = new LinkedHashSet<>();
        for (Packet p : hook(state, Hook.OUTPUT, ChainWalk.only(sent))) {
            // OUTPUT of nat causes a second routing decision, but the tables after it still see the first interface
            away.add(Arrays.equals(p.dst(), packet.dst()) ? p : p.out(way(p)));
        }
        Set<Packet> again = new LinkedHashSet<>();
        for (Packet p : postrouting(state, away, "")) {
            if (forced || !"lo".equals(p.out())) {
                state.delivered(ChainWalk.only(p));
            } else {
                again.add(p.in("lo").out(""));
            }
        }
        if (!again.isEmpty()) {
            state.note("to the box itself: leaves and enters through lo");
            state.translatedAlready();
            input(state, hook(state, Hook.PREROUTING, again));
        }
    }

    /** The interface on which the box sends a packet, lo for its own addresses; null if unknown. */
    private String way(Packet packet) {
        return packet.dst() == null ? null : boxNetwork.isOwn(packet.dst()) ? "lo"
                : boxNetwork.interfaceTo(packet.dst());
    }

    /**
     * IPv4 reassembles fragments before INPUT (ip_local_deliver): INPUT sees the whole packet, never a later fragment.
     */
    private void input(WalkState state, Set<Packet> packets) {
        Set<Packet> whole = new LinkedHashSet<>();
        for (Packet p : packets) {
            boolean maybe = p.family == Family.IPV4 && !Boolean.FALSE.equals(p.fragment());
            if (maybe) {
                state.note("fragments are reassembled before INPUT, which then decides on the whole packet");
                state.delivered(ChainWalk.only(p));
            }
            if (!maybe || p.fragment() == null) {
                whole.add(p.fragment(p.family == Family.IPV4 ? Boolean.FALSE : p.fragment()));
            }
        }
        if (!whole.isEmpty()) { state.delivered(hook(state, Hook.INPUT, whole)); }
    }

    /** A forwarded packet has an incoming device here on kernels since 5.7 and none on older ones: unknown. */
    private Set<Packet> postrouting(WalkState state, Set<Packet> packets, String in) {
        Set<Packet> here = new LinkedHashSet<>();
        for (Packet p : packets) {
            here.add(p.in(in));
        }
        return hook(state, Hook.POSTROUTING, here);
    }

    /** The packets that pass all tables of a hook. */
    private Set<Packet> hook(WalkState state, Hook hook, Set<Packet> packets) {
        Set<Packet> here = packets;
        for (Table table : tables(hook)) {
            Family family = state.packet.family;
            Chain chain = ruleset.chain(family, table, hook.name());
            if (chain != null && !here.isEmpty()) {
                here = table == Table.NAT ? nat(state, chain, here)
                        : state.ask(table(family, table, state), chain, here);
            }
        }
        return here;
    }

    /** Only the first packet of a connection passes the chains of nat. */
    private Set<Packet> nat(WalkState state, Chain chain, Set<Packet> packets) {
        Set<Packet> asked = new LinkedHashSet<>();
        Set<Packet> past = new LinkedHashSet<>();
        for (Packet p : packets) {
            (p.state() == ConnectionState.NEW && !state.isTranslated() ? asked : past).add(p);
        }
        if (!past.isEmpty() && !chain.rules.isEmpty() && !state.isTranslated()) {
            state.note("nat's rules decide on a connection's first packet; assumed: not translated");
        }
        if (!asked.isEmpty()) { past.addAll(state.ask(table(state.packet.family, Table.NAT, state), chain, asked)); }
        return past;
    }

    private ChainWalk table(Family family, Table table, WalkState state) {
        return new ChainWalk(ruleset, family, table, criteria, boxNetwork, state.trail, state.unknown, effort);
    }

    /** The tables that have a chain at a hook, in the kernel's order. */
    static List<Table> tables(Hook hook) {
        List<Table> tables = new ArrayList<>();
        for (Table table : Table.values()) {
            if (table.hooks.contains(hook) && !(table == Table.NAT && hook == Hook.INPUT)) { tables.add(table); }
        }
        if (hook == Hook.INPUT) { tables.add(Table.NAT); }
        return Collections.unmodifiableList(tables);
    }

    /** The packet with a mark of which only the bits in {@code known} are known. */
    static Packet marked(Packet packet, int mark, int known) {
        Packet unknown = packet.mark(null);
        return new Packet(packet.family, unknown.fields.mark(known, mark & known));
    }

    private static Truth matches(Criteria asked, Packet packet) {
        Truth truth = asked.opaque ? Truth.UNKNOWN : Truth.YES;
        for (Criterion criterion : asked.all) {
            Truth one = lies(criterion, criterion.field, packet);
            one = criterion.other == null ? one : one.or(lies(criterion, criterion.other, packet));
            truth = truth.and(criterion.negated ? one.not() : one);
        }
        return truth;
    }

    private static Truth lies(Criterion criterion, Field where, Packet packet) {
        byte[] value = packet.value(where);
        if (where == Field.MARK) {
            return contains(criterion.spans.get(0), FieldBytes.bytes(packet.fields.markFlip, 4),
                    FieldBytes.bytes(packet.fields.markSet, 4));
        }
        if (value == null) { return Truth.UNKNOWN; }
        for (Span span : criterion.spans) {
            if (span.contains(value)) { return Truth.YES; }
        }
        return Truth.NO;
    }

    /** Compares only the bits in {@code known}; for masked spans only. */
    private static Truth contains(Span span, byte[] value, byte[] known) {
        boolean all = true;
        for (int i = 0; i < value.length; i++) {
            if (((value[i] ^ span.first[i]) & span.second[i] & known[i]) != 0
                    || (span.first[i] & ~span.second[i]) != 0) {
                return Truth.NO;
            }
            all &= (span.second[i] & ~known[i]) == 0;
        }
        return all ? Truth.YES : Truth.UNKNOWN;
    }

    private enum Truth {
        YES, NO, UNKNOWN;

        Truth not() { return this == YES ? NO : this == NO ? YES : UNKNOWN; }

        /** NO if one is NO, else UNKNOWN if one is UNKNOWN. */
        Truth and(Truth other) {
            return this == NO || other == NO ? NO : this == YES ? other : UNKNOWN;
        }

        /** YES if one is YES, else UNKNOWN if one is UNKNOWN. */
        Truth or(Truth other) {
            return not().and(other.not()).not();
        }
    }

    private static final class ChainWalk {
        /**
         * The kernel limits the depth to the number of chains; a deeper walk is a loop, which the kernel refuses to
         * load.
         */
        private static final int DEPTH_MAX = 256;
        /**
         * The maximum of rules visited in one walk, or this multiple of the number of rules; nested chains that each
         * jump twice would take exponential time.
         */
        private static final int VISITS_MAX = 100000;
        private static final int TIMES_MAX = 4;
        /** The maximum of variants of one packet; each unknown rule that sets a mark doubles them. */
        private static final int PACKETS_MAX = 256;

        private final Ruleset ruleset;
        private final Family family;
        private final Table table;
        private final Map<Rule, Criteria> criteria;
        private final BoxNetwork boxNetwork;
        private final List<TrailEntry> trail;
        private final Set<Origin> unknown;
        private final List<Outcome> outcomes = new ArrayList<>();
        private final Effort effort;
        private int visits;

        ChainWalk(Ruleset ruleset, Family family, Table table, Map<Rule, Criteria> criteria, BoxNetwork boxNetwork,
                List<TrailEntry> trail, Set<Origin> unknown, Effort effort) {
            this.effort = effort;
            this.ruleset = ruleset;
            this.family = family;
            this.table = table;
            this.criteria = criteria;
            this.boxNetwork = boxNetwork;
            this.trail = trail;
            this.unknown = unknown;
        }

        /** The limit for all walks of one ruleset together; a check walks some hundred packets. */
        static final class Effort {
            private final int max;
            private long remaining;

            Effort(Ruleset ruleset) {
                int rules = ruleset.ruleCount(Family.IPV4) + ruleset.ruleCount(Family.IPV6);
                max = Math.max(VISITS_MAX, TIMES_MAX * rules);
                remaining = 64L * max;
            }

            void count(int visits) { remaining -= visits; }

            boolean isSpent() { return remaining < 0; }
        }

        /** One possible result of a chain. */
        static final class Outcome {
            final Verdict verdict;
            /** The rule or policy that decided. */
            final TrailEntry step;
            /** The packet with the changes of targets. */
            final Packet packet;

            Outcome(Verdict verdict, TrailEntry step, Packet packet) {
                this.verdict = verdict;
                this.step = step;
                this.packet = packet;
            }
        }

        /** Walks a chain from its first rule. The end of a user chain gives the outcome UNKNOWN without a step. */
        List<Outcome> from(Chain chain, Set<Packet> packets) {
            Set<Packet> atEnd = walk(chain, packets, 0);
            if (!atEnd.isEmpty() && chain.policy != null) { trail.add(new TrailEntry(table, chain, 0, true)); }
            for (Packet packet : atEnd) {
                if (chain.policy == null) {
                    outcomes.add(new Outcome(Verdict.UNKNOWN, null, packet));
                } else {
                    outcomes.add(new Outcome(chain.policy == Policy.ACCEPT ? Verdict.ACCEPT : Verdict.DROP,
                            new TrailEntry(table, chain, 0, true), packet));
                }
            }
            return outcomes;
        }

        /** The packets that return from a chain, by RETURN or at its end. */
        private Set<Packet> walk(Chain chain, Set<Packet> packets, int depth) {
            Set<Packet> here = packets;
            Set<Packet> returned = new LinkedHashSet<>();
            int number = 0;
            for (Rule rule : chain.rules) {
                Cancelled.check();
                number++;
                if (here.isEmpty()) { break; }
                visits += here.size();
                effort.count(here.size());
                if (here.size() > PACKETS_MAX || visits > effort.max || effort.isSpent()) {
                    unknown.add(rule.origin);
                    end(Verdict.UNKNOWN, new TrailEntry(table, chain, number, false), here);
                    here = new LinkedHashSet<>();
                    break;
                }
                Set<Packet> matched = new LinkedHashSet<>();
                Set<Packet> on = new LinkedHashSet<>();
                boolean certain = split(rule, here, matched, on);
                if (!matched.isEmpty()) {
                    TrailEntry step = new TrailEntry(table, chain, number, certain);
                    trail.add(step);
                    act(rule, step, matched, on, returned, depth);
                }
                here = on;
            }
            returned.addAll(here);
            return returned;
        }

        /**
         * Splits the packets into those that match and those that continue; an unknown match puts a packet into both.
         * Returns true if no packet is in both.
         */
        private boolean split(Rule rule, Set<Packet> here, Set<Packet> matched, Set<Packet> on) {
            Criteria asked = criteria.get(rule);
            if (asked == null) {
                asked = new Criteria(rule, family);
                criteria.put(rule, asked);
            }
            boolean certain = true;
            for (Packet packet : here) {
                Truth truth = OracleWalk.matches(asked, packet);
                if (truth != Truth.NO) { matched.add(packet); }
                if (truth != Truth.YES) { on.add(packet); }
                if (truth == Truth.UNKNOWN) {
                    certain = false;
                    if (!Targets.goesOn(rule.target) || !Targets.changesNothing(rule.target)) {
                        unknown.add(rule.origin);
                    }
                }
            }
            return certain;
        }

        private void act(Rule rule, TrailEntry step, Set<Packet> matched, Set<Packet> on, Set<Packet> returned,
                int depth) {
            Target target = rule.target;
            Chain called = target == null ? null : ruleset.chain(family, table, target.name);
            if (called != null && (target.isGoto() || !called.isBuiltin())) {
                if (depth >= DEPTH_MAX) {
                    unknown.add(rule.origin);
                    end(Verdict.UNKNOWN, step, matched);
                } else {
                    (target.isGoto() ? returned : on).addAll(walk(called, matched, depth + 1));
                }
            } else if (target != null && target.name.equals("RETURN")) {
                returned.addAll(matched);
            } else if (Targets.goesOn(target)) {
                on.addAll(changed(target, matched));
            } else if (target.name.equals("ACCEPT")) {
                end(Verdict.ACCEPT, step, matched);
            } else if (Targets.translates(target)) {
                end(Verdict.ACCEPT, step, Translation.of(target, boxNetwork, matched));
            } else if (target.name.equals("DROP")) {
                end(Verdict.DROP, step, matched);
            } else if (target.name.equals("REJECT")) {
                end(Verdict.REJECT, step, matched);
            } else {
                // QUEUE, NFQUEUE, TARPIT, an unknown extension: any verdict is possible, or the packet continues
                unknown.add(rule.origin);
                end(Verdict.UNKNOWN, step, matched);
                on.addAll(matched);
            }
        }

        private void end(Verdict verdict, TrailEntry step, Set<Packet> packets) {
            for (Packet packet : packets) {
                outcomes.add(new Outcome(verdict, step, packet));
            }
        }

        private static Set<Packet> changed(Target target, Set<Packet> packets) {
            if (Targets.changesNothing(target) || Targets.keepsMark(target)) { return packets; }
            Set<Packet> after = new LinkedHashSet<>();
            for (Packet packet : packets) {
                if (Targets.untracks(target)) {
                    after.add(packet.state(ConnectionState.UNTRACKED));
                    continue;
                }
                long[] mark = Targets.mark(target);
                if (mark == null) {
                    after.add(packet.mark(null));
                    continue;
                }
                long value = packet.fields.markFlip & ~mark[0] ^ mark[1];
                after.add(marked(packet, (int) value, packet.fields.markSet | (int) mark[0]));
            }
            return after;
        }

        /** One packet as a set. */
        static Set<Packet> only(Packet packet) { return Collections.singleton(packet); }
    }

    private static final class WalkState {
        final Packet packet;
        final List<TrailEntry> trail = new ArrayList<>();
        final Set<Origin> unknown = new LinkedHashSet<>();
        private final Set<String> notes = new LinkedHashSet<>();
        private final Set<Verdict> possible = new TreeSet<>();
        private TrailEntry stopped;
        private TrailEntry accepted;
        private boolean translated;

        WalkState(Packet packet) { this.packet = packet; }

        void note(String note) { notes.add(note); }

        void translatedAlready() { translated = true; }

        boolean isTranslated() { return translated; }

        /** Walks a chain of a table, records the stopped packets and returns the accepted ones. */
        Set<Packet> ask(ChainWalk walk, Chain chain, Set<Packet> packets) {
            Set<Packet> through = new LinkedHashSet<>();
            for (ChainWalk.Outcome outcome : walk.from(chain, packets)) {
                if (outcome.verdict == Verdict.ACCEPT) {
                    through.add(outcome.packet);
                    boolean filters = outcome.step.table == Table.FILTER;
                    accepted = accepted == null || filters || accepted.table != Table.FILTER ? outcome.step : accepted;
                } else {
                    possible.add(outcome.verdict);
                    stopped = outcome.step;
                }
            }
            return through;
        }

        void delivered(Set<Packet> packets) { if (!packets.isEmpty()) { possible.add(Verdict.ACCEPT); } }

        /** The kernel drops the packet itself. */
        void dropped() { possible.add(Verdict.DROP); }

        Answer answer() {
            boolean certain = possible.size() == 1 && !possible.contains(Verdict.UNKNOWN);
            TrailEntry step = !certain ? null : possible.contains(Verdict.ACCEPT) ? accepted : stopped;
            List<Origin> depends = new ArrayList<>();
            if (!certain) { depends.addAll(unknown); }
            return new Answer(packet, possible, step, trail, depends, new ArrayList<String>(notes));
        }
    }

    private static final class Translation {
        static Set<Packet> of(Target target, BoxNetwork boxNetwork, Set<Packet> packets) {
            Set<Packet> after = new LinkedHashSet<>();
            boolean destination = target.name.equals("DNAT") || target.name.equals("REDIRECT");
            for (Packet packet : packets) {
                after.add(destination ? destination(target, boxNetwork, packet) : source(target, packet));
            }
            return after;
        }

        private static Packet destination(Target target, BoxNetwork boxNetwork, Packet packet) {
            Family family = packet.family;
            byte[] dst = !target.name.equals("DNAT") ? redirect(boxNetwork, packet)
                    : Targets.keepsAddress(target, family) ? packet.dst() : Targets.address(target, family);
            Packet after = packet.dst(dst);
            int port = Targets.port(target, family);
            return (port == -1 ? after : after.dport(port < 0 ? null : Integer.valueOf(port)));
        }

        /**
         * The address of REDIRECT: loopback for a packet that the box sends, otherwise the first address of the
         * incoming interface; null if unknown.
         */
        private static byte[] redirect(BoxNetwork boxNetwork, Packet packet) {
            if (packet.in() == null) { return null; }
            if (packet.in().length() == 0) {
                return Addresses.parse(packet.family == Family.IPV4 ? "127.0.0.1" : "::1");
            }
            List<byte[]> own = boxNetwork.addresses(packet.family, packet.in());
            return own.isEmpty() ? null : own.get(0);
        }

        private static Packet source(Target target, Packet packet) {
            // NETMAP and SAME change source or destination, depending on the hook; SNAT and MASQUERADE change the
            // source, and the port if it is in use
            boolean both = target.name.equals("NETMAP") || target.name.equals("SAME");
            Packet after = packet.src(null).sport(null);
            return (both ? after.dst(null) : after);
        }
    }
}
