package boxwall.modules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import boxwall.box.Secrets;

/** Whether this box has a feature of netfilter, the evidence, and the modules to load for it. Immutable. */
public final class Capability {
    /** From best to worst: the worst state of all that a rule needs decides. */
    public enum State {
        BUILTIN, LOADED, LOADABLE, UNKNOWN, MISSING, REFUSED;

        /** Lower case, as in JSON. */
        public String word() { return name().toLowerCase(Locale.ROOT); }

        /** Whether a rule that needs it can't be loaded; UNKNOWN doesn't stop a rule. */
        public boolean stops() {
            return this == MISSING || this == REFUSED;
        }

        public State worst(State other) { return compareTo(other) >= 0 ? this : other; }
    }

    public final State state;
    /** The line as read; only {@link #evidence()}, which takes milliseconds on a small box, may be shown. */
    final String evidence;
    /** Modules to modprobe, in load order; empty if nothing has to or can be loaded. */
    public final List<String> modules;

    Capability(State state, String evidence, Collection<String> modules) {
        this.state = state;
        this.evidence = evidence;
        this.modules = Collections.unmodifiableList(new ArrayList<String>(modules));
    }

    public static Capability of(State state, String evidence) {
        return new Capability(state, evidence, Collections.<String>emptyList());
    }

    /** Whether no reading shows it. */
    public boolean isAbsent() {
        return state == State.UNKNOWN || state == State.MISSING;
    }

    /** Both together: the modules of both, and the worse state with its evidence. */
    Capability with(Capability other) {
        Set<String> load = new LinkedHashSet<>(modules);
        load.addAll(other.modules);
        Capability worse = other.state.compareTo(state) > 0 ? other : this;
        return new Capability(worse.state, worse.evidence, load);
    }

    /** The line that shows the state, after its source ({@code /proc/modules: xt_tcpudp 2067 …}); never null. */
    public String evidence() {
        return Secrets.masked(evidence);
    }

    @Override
    public String toString() { return state.word() + " (" + evidence + ")"; }
}
