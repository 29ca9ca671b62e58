package boxwall.explain;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The result of a packet's walk: the verdict, the rule that decides, and the trail. */
public final class Answer {
    /** The packet that was walked. */
    public final Packet packet;
    /** UNKNOWN when more than one outcome is possible. */
    public final Verdict verdict;
    /** Every possible verdict, at least one; UNKNOWN: a program outside the kernel decides, or an unknown target. */
    public final Set<Verdict> possible;
    /** The rule or policy that decides; null when the verdict is UNKNOWN, no table applied, or the kernel drops. */
    public final TrailEntry decidedBy;
    /** The rules that matched, in order, and the policies. */
    public final List<TrailEntry> trail;
    /** The lines with matches that can't be predicted, when the verdict depends on them; empty unless it is UNKNOWN. */
    public final List<Origin> dependsOn;
    /** Assumptions on the way (routing, translation), in words. */
    public final List<String> notes;

    Answer(Packet packet, Set<Verdict> possible, TrailEntry decidedBy, List<TrailEntry> trail,
            Collection<Origin> dependsOn, Collection<String> notes) {
        this.packet = packet;
        this.possible = Collections.unmodifiableSet(possible);
        this.verdict = possible.size() == 1 ? possible.iterator().next() : Verdict.UNKNOWN;
        this.decidedBy = decidedBy;
        this.trail = Collections.unmodifiableList(new ArrayList<TrailEntry>(trail));
        this.dependsOn = Collections.unmodifiableList(new ArrayList<Origin>(dependsOn));
        this.notes = Collections.unmodifiableList(new ArrayList<String>(notes));
    }

    /** The rule that decides; null for a policy, or when nothing decides. */
    public Rule rule() {
        return decidedBy == null ? null : decidedBy.rule;
    }

    /** {@code DROP by filter INPUT 3 (rules:12): …}, or {@code ACCEPT or DROP, depends on rules:12}. */
    @Override
    public String toString() {
        if (verdict != Verdict.UNKNOWN) {
            return verdict + (decidedBy != null ? " by " + decidedBy : verdict.stops() ? " by the kernel itself"
                    : ", no table applied");
        }
        return Words.join(possible, " or ")
                + (dependsOn.isEmpty() ? "" : ", depends on " + Words.join(dependsOn, ", "));
    }

    /** The answer, then the trail and the notes, each in a line. */
    public String inFull() {
        StringBuilder out = new StringBuilder().append(packet).append('\n').append(this).append('\n');
        for (TrailEntry entry : trail) {
            out.append("  ").append(entry).append('\n');
        }
        for (String note : notes) {
            out.append("  note: ").append(note).append('\n');
        }
        return out.toString();
    }
}
