package boxwall.explain;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks packets through one built-in chain of one table as ipt_do_table does. More than one packet walks at a time when
 * an unknown match has split the way, each once per rule: the work stays linear in the rules however many of them are
 * unknown.
 */
final class ChainWalk {
    /**
     * The kernel's own limit is the number of chains; a walk deeper than this is a loop, which the kernel refuses to
     * load.
     */
    private static final int DEPTH_MAX = 256;
    /**
     * Rules visited in one walk, or this many times all that there are; chains that call each other twice over and over
     * would take for ever.
     */
    private static final int VISITS_MAX = 100000;
    private static final int TIMES_MAX = 4;
    /** Packets that one can have become at a time; each unknown rule that writes a mark doubles them. */
    private static final int PACKETS_MAX = 256;

    private final Ruleset ruleset;
    private final Family family;
    private final Table table;
    private final Map<Rule, Criteria> criteria;
    private final Site site;
    private final List<TrailEntry> trail;
    private final Set<Origin> unknown;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Effort effort;
    private int visits;

    ChainWalk(Ruleset ruleset, Family family, Table table, Map<Rule, Criteria> criteria, Site site,
            List<TrailEntry> trail, Set<Origin> unknown, Effort effort) {
        this.effort = effort;
        this.ruleset = ruleset;
        this.family = family;
        this.table = table;
        this.criteria = criteria;
        this.site = site;
        this.trail = trail;
        this.unknown = unknown;
    }

    /** What all walks of one ruleset may take together; a check walks some hundred packets. */
    static final class Effort {
        private final int most;
        private long left;

        Effort(Ruleset ruleset) {
            int rules = ruleset.ruleCount(Family.IPV4) + ruleset.ruleCount(Family.IPV6);
            most = Math.max(VISITS_MAX, TIMES_MAX * rules);
            left = 64L * most;
        }

        void count(int visits) { left -= visits; }

        boolean isSpent() { return left < 0; }
    }

    /** One way in which the chain can end. */
    static final class Outcome {
        final Verdict verdict;
        /** The rule or policy that decided. */
        final TrailEntry step;
        /** The packet as it leaves, with what targets changed. */
        final Packet packet;

        Outcome(Verdict verdict, TrailEntry step, Packet packet) {
            this.verdict = verdict;
            this.step = step;
            this.packet = packet;
        }
    }

    /** Walks from the top of a chain; a user's chain that is fallen off has the outcome UNKNOWN with no step. */
    List<Outcome> from(Chain chain, Set<Packet> packets) {
        Set<Packet> fell = walk(chain, packets, 0);
        if (!fell.isEmpty() && chain.policy() != null) {
            trail.add(TrailEntry.policy(table, chain.name(), chain.policy()));
        }
        for (Packet packet : fell) {
            if (chain.policy() == null) {
                outcomes.add(new Outcome(Verdict.UNKNOWN, null, packet));
            } else {
                outcomes.add(new Outcome(chain.policy() == Policy.ACCEPT ? Verdict.ACCEPT : Verdict.DROP,
                        TrailEntry.policy(table, chain.name(), chain.policy()), packet));
            }
        }
        return outcomes;
    }

    /** The packets that come back from a chain: by RETURN or past its end. */
    private Set<Packet> walk(Chain chain, Set<Packet> packets, int depth) {
        Set<Packet> here = packets;
        Set<Packet> back = new LinkedHashSet<>();
        int number = 0;
        for (Rule rule : chain.rules()) {
            Abandoned.check();
            number++;
            if (here.isEmpty()) { break; }
            visits += here.size();
            effort.count(here.size());
            if (here.size() > PACKETS_MAX || visits > effort.most || effort.isSpent()) {
                unknown.add(rule.origin);
                end(Verdict.UNKNOWN, TrailEntry.rule(table, chain.name(), number, rule, false), here);
                here = new LinkedHashSet<>();
                break;
            }
            Set<Packet> matched = new LinkedHashSet<>();
            Set<Packet> on = new LinkedHashSet<>();
            boolean certain = split(rule, here, matched, on);
            if (!matched.isEmpty()) {
                TrailEntry step = TrailEntry.rule(table, chain.name(), number, rule, certain);
                trail.add(step);
                act(rule, step, matched, on, back, depth);
            }
            here = on;
        }
        back.addAll(here);
        return back;
    }

    /**
     * Sorts the packets into those that match and those that go on; both for an unknown match. True when no packet is
     * in both.
     */
    private boolean split(Rule rule, Set<Packet> here, Set<Packet> matched, Set<Packet> on) {
        Criteria asked = criteria.get(rule);
        if (asked == null) {
            asked = Criteria.of(rule, family);
            criteria.put(rule, asked);
        }
        boolean certain = true;
        for (Packet packet : here) {
            Truth truth = asked.matches(packet);
            if (truth != Truth.NO) { matched.add(packet); }
            if (truth != Truth.YES) { on.add(packet); }
            if (truth == Truth.UNKNOWN) {
                certain = false;
                if (!Targets.goesOn(rule.target) || !Targets.changesNothing(rule.target)) { unknown.add(rule.origin); }
            }
        }
        return certain;
    }

    private void act(Rule rule, TrailEntry step, Set<Packet> matched, Set<Packet> on, Set<Packet> back, int depth) {
        Target target = rule.target;
        Chain called = target == null ? null : ruleset.chain(family, table, target.name);
        if (called != null && (target.isGoto() || !called.isBuiltin())) {
            if (depth >= DEPTH_MAX) {
                unknown.add(rule.origin);
                end(Verdict.UNKNOWN, step, matched);
            } else {
                (target.isGoto() ? back : on).addAll(walk(called, matched, depth + 1));
            }
        } else if (target != null && target.name.equals("RETURN")) {
            back.addAll(matched);
        } else if (Targets.goesOn(target)) {
            on.addAll(changed(target, matched));
        } else if (target.name.equals("ACCEPT")) {
            end(Verdict.ACCEPT, step, matched);
        } else if (Targets.translates(target)) {
            end(Verdict.ACCEPT, step, Translation.of(target, site, matched));
        } else if (target.name.equals("DROP")) {
            end(Verdict.DROP, step, matched);
        } else if (target.name.equals("REJECT")) {
            end(Verdict.REJECT, step, matched);
        } else {
            // QUEUE, NFQUEUE, TARPIT, an extension not known here: it may decide anything, or let the packet go on
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
                after.add(packet.copy().state(State.UNTRACKED).build());
                continue;
            }
            long[] mark = Targets.mark(target);
            if (mark == null) {
                after.add(packet.copy().mark(null).build());
                continue;
            }
            byte[] old = packet.value(Field.MARK);
            long value = (old == null ? 0 : Numbers.number(old)) & ~mark[0] ^ mark[1];
            after.add(packet.copy().mark((int) value, packet.markKnown | (int) mark[0]).build());
        }
        return after;
    }

    /** One packet as a set. */
    static Set<Packet> only(Packet packet) { return Collections.singleton(packet); }
}
