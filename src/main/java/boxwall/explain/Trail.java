package boxwall.explain;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Records the walk of a single packet. */
final class Trail extends WalkOutcome {
    private final List<TrailEntry> trail = new ArrayList<>();
    /** The lines that the verdict may depend on. */
    final Set<Origin> unknown = new LinkedHashSet<>();
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
        return new Answer(packet, possible, entry, trail, decided ? Collections.<Origin>emptyList() : unknown, notes);
    }
}
