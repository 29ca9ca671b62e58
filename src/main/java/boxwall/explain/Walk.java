package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Walks single packets through a ruleset and records their trails. Keeps the parsed criteria of the rules: use one
 * object for many packets of the same ruleset, by one thread at a time.
 */
public final class Walk {
    /** Nodes of a diagram that stays empty. */
    private static final int NODES = 16;

    final Ruleset ruleset;
    private final Site site;
    private final Map<Family, Map<Rule, Criteria>> criteria;
    private final Map<Family, Sets> sets = new TreeMap<>();

    /** Walks packets of a box through a ruleset. */
    public Walk(Ruleset ruleset, Site site) {
        this(ruleset, site, null);
    }

    /** The same with the parsed criteria of another walk, to which others are added; or null. */
    Walk(Ruleset ruleset, Site site, Walk like) {
        this.criteria = like == null ? new TreeMap<Family, Map<Rule, Criteria>>() : like.criteria;
        this.ruleset = ruleset;
        this.site = site;
    }

    /** The values that rules and criteria distinguish; each rule is parsed once. */
    Universe universe(Family family, List<Ruleset> rulesets, List<Criterion> further) {
        if (!criteria.containsKey(family)) { criteria.put(family, new IdentityHashMap<Rule, Criteria>()); }
        return new Universe(rulesets, site, family, further, criteria.get(family));
    }

    /** Whether the packet alone decides if a rule matches it: no limit, no counter, no unknown extension. */
    public static boolean foresees(Rule rule, Family family) {
        return !new Criteria(rule, family).opaque;
    }

    /**
     * Walks every table at every hook that the packet crosses.
     *
     * @param hook INPUT, FORWARD or OUTPUT; null when its interfaces and addresses decide
     */
    public Answer packet(Packet packet, Hook hook) {
        Family family = packet.family();
        if (!sets.containsKey(family)) {
            sets.put(family, new Sets(
                    universe(family, Collections.<Ruleset>emptyList(), Collections.<Criterion>emptyList()), NODES));
        }
        Trail trail = new Trail(sets.get(family).bdd);
        try {
            new HookWalk(ruleset, sets.get(family), trail).walk(hook != null ? hook : start(packet), Bdd.ALL,
                    packet.fields, hook != null);
        } catch (TooComplex e) {
            trail.add(Verdict.UNKNOWN, Bdd.ALL);
            if (e.at != null) { trail.unknown.add(e.at.origin); }
        }
        return trail.answer(packet);
    }

    /** OUTPUT for packets from the box, FORWARD for both interfaces if it may be forwarded; null: routing decides. */
    private Hook start(Packet packet) {
        boolean in = packet.in() != null && packet.in().length() > 0;
        boolean out = packet.out() != null && packet.out().length() > 0;
        byte[] src = packet.src();
        boolean linkLocal = Site.startsOnItsLink(src) || Site.endsOnItsLink(packet.dst());
        if (in) { return out && !linkLocal ? Hook.FORWARD : null; }
        boolean foreign = src != null && site.knows(packet.family()) && !site.isOwn(src) && !linkLocal;
        if (out) { return foreign ? Hook.FORWARD : Hook.OUTPUT; }
        return src != null && site.isOwn(src) ? Hook.OUTPUT : null;
    }

    /** Records the walk of one packet. */
    private static final class Trail extends Outcome {
        private final List<TrailEntry> trail = new ArrayList<>();
        private final Set<Origin> unknown = new LinkedHashSet<>();
        private final Set<String> notes = new LinkedHashSet<>();
        private TrailEntry stopped;
        private TrailEntry accepted;

        Trail(Bdd bdd) { super(bdd); }

        @Override
        void matched(TrailEntry entry, int packets) {
            Rule rule = entry.rule;
            add(entry);
            if (!entry.certain && (!Targets.goesOn(rule.target) || !Targets.changesNothing(rule.target))) {
                unknown.add(rule.origin);
            }
        }

        private void add(TrailEntry entry) {
            if (trail.isEmpty() || trail.get(trail.size() - 1) != entry) { trail.add(entry); }
        }

        @Override
        void decided(TrailEntry entry, Verdict verdict, int packets) {
            if (entry.rule == null) { add(entry); }
            if (verdict == Verdict.ACCEPT) {
                boolean filters = entry.table == Table.FILTER;
                accepted = accepted == null || filters || accepted.table != Table.FILTER ? entry : accepted;
                return;
            }
            stopped = entry;
            if (verdict == Verdict.UNKNOWN) { unknown.add(entry.rule.origin); }
        }

        @Override
        void note(String note) { notes.add(note); }

        Answer answer(Packet packet) {
            Set<Verdict> possible = new TreeSet<>();
            for (Verdict verdict : Verdict.values()) {
                if (possible(verdict) != Bdd.NONE) { possible.add(verdict); }
            }
            boolean decided = possible.size() == 1 && !possible.contains(Verdict.UNKNOWN);
            TrailEntry entry = !decided ? null : possible.contains(Verdict.ACCEPT) ? accepted : stopped;
            return new Answer(packet, possible, entry, trail, decided ? Collections.<Origin>emptyList() : unknown,
                    notes);
        }
    }
}
