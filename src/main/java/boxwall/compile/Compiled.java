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
import java.util.Collections;
import java.util.List;

/** A ruleset as one box will get it. */
public final class Compiled {
    private final Ruleset ruleset;
    private final boolean stateful;
    private final List<String> modules;
    private final List<Note> notes;

    Compiled(Ruleset ruleset, boolean stateful, List<String> modules, List<Note> notes) {
        this.ruleset = ruleset;
        this.stateful = stateful;
        this.modules = Collections.unmodifiableList(new ArrayList<String>(modules));
        this.notes = Collections.unmodifiableList(new ArrayList<Note>(notes));
    }

    public Ruleset ruleset() { return ruleset; }

    /** Whether state matches were kept. */
    public boolean stateful() { return stateful; }

    /** {@code stateful} or {@code stateless}, as the stamp and the JSON spell it. */
    public String mode() {
        return stateful ? "stateful" : "stateless";
    }

    /** The same, with one table more that has no rule: what was loaded there before is gone after it. */
    public Compiled emptying(Family family, Table table, BoxFacts facts, BoxFacts booted) {
        List<String> more = new ArrayList<>(modules);
        for (BoxFacts each : new BoxFacts[] {booted, facts}) {
            for (String module : each.capability(family, Kind.TABLE, table.word()).modules) {
                if (!more.contains(module)) { more.add(module); }
            }
        }
        return new Compiled(ruleset.with(family, table, Collections.<Chain>emptyList()), stateful, more, notes);
    }

    /** Whether it can stop any packet; an empty ruleset can't. */
    public boolean protects() {
        return Protection.stopsAnything(ruleset);
    }

    /** Modules to load, in load order; those that are loaded already included, those that are built in not. */
    public List<String> modules() {
        return modules;
    }

    /** What was left out or weakened, by the user's line. */
    public List<Note> notes() { return notes; }
}
