package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.modules.Kind;
import boxwall.explain.Protection;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A ruleset as one box will get it. */
public final class Compiled {
    public final Ruleset ruleset;
    /** Whether state matches were kept. */
    public final boolean stateful;
    /** To load, in order; those already loaded too. */
    public final List<String> modules;
    /** What was left out or weakened, by the user's line. */
    public final List<Note> notes;

    Compiled(Ruleset ruleset, boolean stateful, Collection<String> modules, List<Note> notes) {
        this.ruleset = ruleset;
        this.stateful = stateful;
        this.modules = Collections.unmodifiableList(new ArrayList<>(modules));
        this.notes = Collections.unmodifiableList(new ArrayList<>(notes));
    }

    /** As the stamp and JSON spell it. */
    public String mode() { return stateful ? "stateful" : "stateless"; }

    /** The same, with one table more that has no rule: what was loaded there before is gone after it. */
    public Compiled emptying(Family family, Table table, BoxFacts facts, BoxFacts booted) {
        Set<String> more = new LinkedHashSet<>(modules);
        for (BoxFacts each : new BoxFacts[] {booted, facts}) {
            more.addAll(each.capability(family, Kind.TABLE, table.word()).modules);
        }
        return new Compiled(ruleset.with(family, table, Collections.<Chain>emptyList()), stateful, more, notes);
    }

    /** Whether it can stop any packet. */
    public boolean protects() { return Protection.stopsAnything(ruleset); }
}
