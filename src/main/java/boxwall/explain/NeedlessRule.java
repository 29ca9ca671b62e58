package boxwall.explain;

import boxwall.netfilter.Family;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A rule that could be left out: it is never reached, or what it decides would be decided the same without it. */
public final class NeedlessRule {
    private static final int NAMED_MAX = 4;

    public final Family family;
    /** The rule with its place. */
    public final TrailEntry step;
    /** True when packets get to it, but are decided the same without it; false when no packet gets to it. */
    public final boolean redundant;
    private final String why;
    /** The rules that decide its packets; empty when it asks for what no packet has, or nothing leads to it. */
    public final List<TrailEntry> covers;

    NeedlessRule(Family family, TrailEntry step, boolean redundant, String why, List<TrailEntry> covers) {
        this.family = family;
        this.step = step;
        this.redundant = redundant;
        this.why = why;
        this.covers = Collections.unmodifiableList(new ArrayList<TrailEntry>(covers));
    }

    /** Whether the rule would decide or send elsewhere, rather than only log, mark or count. */
    public boolean decides() {
        return !Targets.goesOn(step.rule.target);
    }

    /** What is proved, in a sentence, the covering rules named by the user's lines. */
    public String why() {
        StringBuilder out = new StringBuilder(why);
        for (int i = 0; i < covers.size() && i < NAMED_MAX; i++) {
            TrailEntry each = covers.get(i);
            out.append(i == 0 ? ": " : ", ").append(each.rule == null ? "the policy of " + each.chain
                    : each.origin() + " (" + (each.rule.target == null ? "counts" : each.rule.target.name) + ")");
        }
        return out.append(covers.size() > NAMED_MAX ? " and " + (covers.size() - NAMED_MAX) + " more" : "").toString();
    }
}
