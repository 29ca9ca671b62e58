package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What one walk has found so far. */
final class WalkState {
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

    /** Walks a table's chain and keeps what it stops; returns what it lets through. */
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

    /** The kernel drops it by itself. */
    void dropped() { possible.add(Verdict.DROP); }

    Answer answer() {
        boolean one = possible.size() == 1 && !possible.contains(Verdict.UNKNOWN);
        TrailEntry step = !one ? null : possible.contains(Verdict.ACCEPT) ? accepted : stopped;
        List<Origin> depends = new ArrayList<>();
        if (!one) { depends.addAll(unknown); }
        return new Answer(packet, possible, step, trail, depends, new ArrayList<String>(notes));
    }
}
