package boxwall.compile;

import boxwall.explain.Targets;
import boxwall.facts.BoxFacts;
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

/** A ruleset adapted to one box. */
public final class Compiled {
    public final Ruleset ruleset;
    /** Whether state matches were kept. */
    public final boolean stateful;
    /** To load, in order, with those already loaded. */
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

    /** The same with one table more, which has no rules: loading it removes those that the table has now. */
    public Compiled emptying(Family family, Table table, BoxFacts facts) {
        Set<String> more = new LinkedHashSet<>(modules);
        more.addAll(Compiler.modulesOf(family, table, facts));
        return new Compiled(ruleset.with(family, table, Collections.<Chain>emptyList()), stateful, more, notes);
    }

    /** Whether it can stop any packet. */
    public boolean protects() { return Targets.stopsAnything(ruleset); }
}
