package boxwall.explain;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks packets through one built-in chain of one table as ipt_do_table does. Packets with the same rewrites walk
 * together; those that may match and may not go both ways. The work stays linear in the rules however many of them are
 * unknown: all packets at a place ask its rule once.
 */
final class ChainWalk {
    /** The kernel refuses to load loops; a walk deeper than this is one. */
    private static final int DEPTH_MAX = 256;
    /** Questions in one chain, or this many times all rules: chains that call each other twice multiply. */
    private static final int VISITS_MAX = 200000;
    private static final int TIMES_MAX = 4;
    /** Marks and states that packets at one place may have been given; each rule that may write one doubles them. */
    private static final int REWRITES_MAX = 256;

    private final Ruleset ruleset;
    private final Table table;
    private final Sets sets;
    private final Outcome outcome;
    private final Map<Rewrites, Integer> through = new LinkedHashMap<>();
    private final int most;
    private int visits;

    /** A walk through a table, which tells what it finds. */
    ChainWalk(Ruleset ruleset, Table table, Sets sets, Outcome outcome) {
        this.ruleset = ruleset;
        this.table = table;
        this.sets = sets;
        this.outcome = outcome;
        this.most = Math.max(VISITS_MAX, TIMES_MAX * ruleset.ruleCount(sets.family));
    }

    /** Walks a built-in chain; returns what it accepts. */
    Map<Rewrites, Integer> from(Chain chain, Map<Rewrites, Integer> packets) {
        TrailEntry entry = TrailEntry.policy(table, chain.name, chain.policy);
        Verdict verdict = Verdict.valueOf(chain.policy.name());
        for (Map.Entry<Rewrites, Integer> each : walk(chain, packets, 0).entrySet()) {
            end(entry, verdict, each.getKey(), each.getValue());
        }
        return through;
    }

    private void end(TrailEntry entry, Verdict verdict, Rewrites rewrites, int packets) {
        outcome.decided(entry, verdict, packets);
        if (verdict == Verdict.ACCEPT) {
            sets.add(through, rewrites, packets);
        } else {
            outcome.add(verdict, packets);
        }
    }

    /** The packets that come back from a chain: by RETURN or past its end. */
    private Map<Rewrites, Integer> walk(Chain chain, Map<Rewrites, Integer> packets, int depth) {
        outcome.entered(chain);
        Map<Rewrites, Integer> here = packets;
        Map<Rewrites, Integer> back = new LinkedHashMap<>();
        int number = 0;
        for (Rule rule : chain.rules) {
            Abandoned.check();
            number++;
            if (here.isEmpty()) { break; }
            visits += here.size();
            if (depth >= DEPTH_MAX || visits > most) {
                throw new TooComplex("chains call each other more than " + most + " rules long, at " + chain.name,
                        rule);
            }
            if (here.size() > REWRITES_MAX) {
                throw new TooComplex(
                        "packets may have more than " + REWRITES_MAX + " different marks, at " + chain.name, rule);
            }
            here = ask(chain, number, rule, here, back, depth);
        }
        sets.addAll(back, here);
        return back;
    }

    /** Asks all packets at a rule, and does what its target does; returns what goes on to the next rule. */
    private Map<Rewrites, Integer> ask(Chain chain, int number, Rule rule, Map<Rewrites, Integer> here,
            Map<Rewrites, Integer> back, int depth) {
        Criteria asked = sets.universe.criteria(rule);
        SetMatch[] matches = new SetMatch[here.size()];
        boolean some = false;
        boolean certain = true;
        int i = 0;
        for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
            sets.bdd.step();
            SetMatch match = SetMatch.of(asked, sets, each.getValue(), each.getKey());
            some |= match.possible != Bdd.NONE;
            certain &= match.certain == match.possible;
            matches[i++] = match;
        }
        if (!some) { return here; }
        TrailEntry entry = TrailEntry.rule(table, chain.name, number, rule, certain);
        Map<Rewrites, Integer> matched = new LinkedHashMap<>();
        Map<Rewrites, Integer> on = new LinkedHashMap<>();
        i = 0;
        for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
            SetMatch match = matches[i++];
            sets.add(matched, each.getKey(), match.possible);
            sets.add(on, each.getKey(), sets.bdd.minus(each.getValue(), match.certain));
            if (match.possible != Bdd.NONE) { outcome.matched(entry, match.possible); }
        }
        if (outcome.skips(rule)) { return here; }
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
        for (Map.Entry<Rewrites, Integer> each : matched.entrySet()) {
            Rewrites rewrites = each.getKey();
            int packets = each.getValue();
            if (Targets.goesOn(target)) {
                sets.add(on, changed(target, rewrites), packets);
            } else if (target.name.equals("RETURN")) {
                sets.add(back, rewrites, packets);
            } else if (Targets.translates(target)) {
                outcome.decided(entry, Verdict.ACCEPT, packets);
                translate(target, rewrites, packets);
            } else if (Targets.verdict(target) != null) {
                end(entry, Targets.verdict(target), rewrites, packets);
            } else {
                // QUEUE, NFQUEUE, TARPIT, an extension not known here: it may decide anything, or let the packet go on
                end(entry, Verdict.UNKNOWN, rewrites, packets);
                sets.add(on, rewrites, packets);
            }
        }
    }

    private static Rewrites changed(Target target, Rewrites rewrites) {
        if (Targets.changesNothing(target) || Targets.keepsMark(target)) { return rewrites; }
        if (Targets.untracks(target)) {
            return rewrites.with(Field.STATE, new byte[] {(byte) State.UNTRACKED.ordinal()});
        }
        long[] mark = Targets.mark(target);
        return mark == null ? rewrites.withoutMark() : rewrites.mark((int) mark[0], (int) mark[1]);
    }

    /** What a nat target writes, as far as it is static; what the kernel chooses itself isn't known afterwards. */
    private void translate(Target target, Rewrites rewrites, int packets) {
        if (!target.name.equals("DNAT") && !target.name.equals("REDIRECT")) {
            // NETMAP and SAME change either side, by the hook; SNAT and MASQUERADE the source, and a port that is taken
            boolean both = target.name.equals("NETMAP") || target.name.equals("SAME");
            Rewrites after = rewrites.with(Field.SRC, null).with(Field.SPORT, null);
            sets.add(through, both ? after.with(Field.DST, null) : after, packets);
            return;
        }
        int port = Targets.port(target, sets.family);
        Rewrites after = port == -1 ? rewrites : rewrites.with(Field.DPORT, port < 0 ? null : Numbers.bytes(port, 2));
        if (!target.name.equals("DNAT")) {
            redirect(after, packets);
        } else {
            sets.add(through, Targets.keepsAddress(target, sets.family) ? after
                    : after.with(Field.DST, Targets.address(target, sets.family)), packets);
        }
    }

    /** To the first address of the interface that each packet came in through; from the box itself to loopback. */
    private void redirect(Rewrites after, int packets) {
        if (after.touches(Field.IN)) {
            sets.add(through, after.with(Field.DST, own(after.constant(Field.IN))), packets);
            return;
        }
        for (byte[] in : sets.universe.names) {
            sets.add(through, after.with(Field.DST, own(in)), sets.bdd.and(packets, sets.having(Field.IN, in)));
        }
    }

    private byte[] own(byte[] in) {
        if (in == null) { return null; }
        if (in[0] == 0) { return Addresses.parse(sets.family == Family.IPV4 ? "127.0.0.1" : "::1"); }
        List<byte[]> own = sets.site.addresses(sets.family, Numbers.text(in));
        return own.isEmpty() ? null : own.get(0);
    }
}
