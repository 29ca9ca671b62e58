package boxwall.compile;

import boxwall.explain.Protection;
import boxwall.netfilter.Ruleset;
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

    public Ruleset ruleset() {
        return ruleset;
    }

    /** Whether state matches were kept. */
    public boolean stateful() {
        return stateful;
    }

    /** {@code stateful} or {@code stateless}, as the stamp and the JSON spell it. */
    public String mode() {
        return stateful ? "stateful" : "stateless";
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
    public List<Note> notes() {
        return notes;
    }
}
