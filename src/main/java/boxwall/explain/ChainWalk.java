package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks packets through one built-in chain of one table, as ipt_do_table does. Packets with the same rewrites walk
 * together; packets that may match take both branches. The work is linear in the rules, even with many unknown matches:
 * all packets at a rule are matched at once.
 */
final class ChainWalk {
    /** The kernel refuses loops; a walk deeper than this is a loop. */
    private static final int DEPTH_MAX = 256;
    /** Limit of rule visits, or this many times all rules: chains that call each other twice multiply. */
    private static final int VISITS_MAX = 200000;
    private static final int TIMES_MAX = 4;
    /** Limit of different rewrites at one rule; each rule that may write a mark or a state doubles them. */
    private static final int REWRITES_MAX = 256;

    private final Ruleset ruleset;
    private final Table table;
    private final PacketSets sets;
    private final WalkOutcome outcome;
    private final Map<Rewrites, Integer> accepted = new LinkedHashMap<>();
    private final int most;
    private int visits;

    /** A walk through a table that reports to an outcome. */
    ChainWalk(Ruleset ruleset, Table table, PacketSets sets, WalkOutcome outcome) {
        this.ruleset = ruleset;
        this.table = table;
        this.sets = sets;
        this.outcome = outcome;
        this.most = Math.max(VISITS_MAX, TIMES_MAX * ruleset.ruleCount(sets.family));
    }

    /** Walks a built-in chain; returns the packets that it accepts. */
    Map<Rewrites, Integer> from(Chain chain, Map<Rewrites, Integer> packets) {
        TrailEntry entry = new TrailEntry(table, chain, 0, true);
        Verdict verdict = Verdict.valueOf(chain.policy.name());
        for (Map.Entry<Rewrites, Integer> group : walk(chain, packets, 0).entrySet()) {
            end(entry, verdict, group.getKey(), group.getValue());
        }
        return accepted;
    }

    private void end(TrailEntry entry, Verdict verdict, Rewrites rewrites, int packets) {
        outcome.decided(entry, verdict, packets);
        if (verdict == Verdict.ACCEPT) {
            sets.add(accepted, rewrites, packets);
        } else {
            outcome.add(verdict, packets);
        }
    }

    /** Walks a chain; returns the packets that leave it by RETURN or at its end. */
    private Map<Rewrites, Integer> walk(Chain chain, Map<Rewrites, Integer> packets, int depth) {
        outcome.entered(chain);
        Map<Rewrites, Integer> current = packets;
        Map<Rewrites, Integer> back = new LinkedHashMap<>();
        int number = 0;
        for (Rule rule : chain.rules) {
            Cancelled.check();
            number++;
            if (current.isEmpty()) { break; }
            visits += current.size();
            if (depth >= DEPTH_MAX || visits > most) {
                throw new TooComplex("chains call each other more than " + most + " rules long, at " + chain.name,
                        rule);
            }
            if (current.size() > REWRITES_MAX) {
                throw new TooComplex(
                        "packets may have more than " + REWRITES_MAX + " different marks, at " + chain.name, rule);
            }
            current = pass(chain, number, rule, current, back, depth);
        }
        sets.addAll(back, current);
        return back;
    }

    /** Passes packets through one rule; returns the packets that go on to the next rule. */
    private Map<Rewrites, Integer> pass(Chain chain, int number, Rule rule, Map<Rewrites, Integer> packets,
            Map<Rewrites, Integer> back, int depth) {
        Criteria criteria = sets.ruleValues.criteria(rule);
        SetMatch[] matches = new SetMatch[packets.size()];
        boolean some = false;
        boolean certain = true;
        int i = 0;
        for (Map.Entry<Rewrites, Integer> group : packets.entrySet()) {
            sets.bdd.step();
            SetMatch match = SetMatch.of(criteria, sets, group.getValue(), group.getKey());
            some |= match.possible != Bdd.NONE;
            certain &= match.certain == match.possible;
            matches[i++] = match;
        }
        if (!some) { return packets; }
        TrailEntry entry = new TrailEntry(table, chain, number, certain);
        Map<Rewrites, Integer> matched = new LinkedHashMap<>();
        Map<Rewrites, Integer> on = new LinkedHashMap<>();
        i = 0;
        for (Map.Entry<Rewrites, Integer> group : packets.entrySet()) {
            SetMatch match = matches[i++];
            sets.add(matched, group.getKey(), match.possible);
            sets.add(on, group.getKey(), sets.bdd.minus(group.getValue(), match.certain));
            if (match.possible != Bdd.NONE) { outcome.matched(entry, match.possible); }
        }
        if (outcome.skips(rule)) { return packets; }
        act(entry, matched, on, back, depth);
        return on;
    }

    private void act(TrailEntry entry, Map<Rewrites, Integer> matched, Map<Rewrites, Integer> on,
            Map<Rewrites, Integer> back, int depth) {
        Target target = entry.rule.target;
        Chain called = target == null ? null : ruleset.chain(sets.family, table, target.name);
        if (called != null && (target.isGoto() || !called.isBuiltin())) {
            sets.addAll(target.isGoto() ? back : on, walk(called, matched, depth + 1));
            return;
        }
        for (Map.Entry<Rewrites, Integer> group : matched.entrySet()) {
            Rewrites rewrites = group.getKey();
            int packets = group.getValue();
            if (Targets.goesOn(target)) {
                sets.add(on, changed(target, rewrites), packets);
            } else if (target.name.equals("RETURN")) {
                sets.add(back, rewrites, packets);
            } else if (Targets.translates(target)) {
                outcome.decided(entry, Verdict.ACCEPT, packets);
                translate(target, rewrites, packets);
            } else if (Verdict.of(target) != null) {
                end(entry, Verdict.of(target), rewrites, packets);
            } else {
                // QUEUE, NFQUEUE, TARPIT, an unknown extension: any verdict is possible, or the next rule
                end(entry, Verdict.UNKNOWN, rewrites, packets);
                sets.add(on, rewrites, packets);
            }
        }
    }

    private static Rewrites changed(Target target, Rewrites rewrites) {
        if (Targets.changesNothing(target) || Targets.keepsMark(target)) { return rewrites; }
        if (Targets.untracks(target)) {
            return rewrites.with(Field.STATE, new byte[] {(byte) ConnectionState.UNTRACKED.ordinal()});
        }
        long[] mark = Targets.mark(target);
        return mark == null ? rewrites.with(Field.MARK, null) : rewrites.mark((int) mark[0], (int) mark[1]);
    }

    /** Writes what a nat target writes; values that the kernel chooses are unknown afterwards. */
    private void translate(Target target, Rewrites rewrites, int packets) {
        if (!target.name.equals("DNAT") && !target.name.equals("REDIRECT")) {
            // NETMAP and SAME change either side, depending on the hook; SNAT and MASQUERADE the source address, and
            // the source port if it is in use
            boolean both = target.name.equals("NETMAP") || target.name.equals("SAME");
            Rewrites after = rewrites.with(Field.SRC, null).with(Field.SPORT, null);
            sets.add(accepted, both ? after.with(Field.DST, null) : after, packets);
            return;
        }
        int port = Targets.port(target, sets.family);
        Rewrites after =
                port == -1 ? rewrites : rewrites.with(Field.DPORT, port < 0 ? null : FieldBytes.bytes(port, 2));
        if (!target.name.equals("DNAT")) {
            redirect(after, packets);
        } else {
            sets.add(accepted, Targets.keepsAddress(target, sets.family) ? after
                    : after.with(Field.DST, Targets.address(target, sets.family)), packets);
        }
    }

    /** Writes the first address of each packet's incoming interface; loopback for packets from the box itself. */
    private void redirect(Rewrites after, int packets) {
        if (after.touches(Field.IN)) {
            sets.add(accepted, after.with(Field.DST, firstAddress(after.constant(Field.IN))), packets);
            return;
        }
        for (byte[] in : sets.ruleValues.names) {
            sets.add(accepted, after.with(Field.DST, firstAddress(in)),
                    sets.bdd.and(packets, sets.having(Field.IN, in)));
        }
    }

    private byte[] firstAddress(byte[] in) {
        if (in == null) { return null; }
        if (in[0] == 0) { return Addresses.parse(sets.family == Family.IPV4 ? "127.0.0.1" : "::1"); }
        List<byte[]> addresses = sets.boxNetwork.addresses(sets.family, FieldBytes.text(in));
        return addresses.isEmpty() ? null : addresses.get(0);
    }
}
