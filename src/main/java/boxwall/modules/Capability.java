package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import boxwall.box.Secrets;

/** Whether this box has something of netfilter, by which evidence, and what to load for it. Immutable. */
public final class Capability {
    /** From best to worst: a rule is as well off as the worst thing it needs. */
    public enum State {
        BUILTIN, LOADED, LOADABLE, UNKNOWN, MISSING, REFUSED;

        /** Lower case, as in JSON. */
        public String word() { return name().toLowerCase(Locale.ROOT); }

        /** UNKNOWN does not stop a rule. */
        public boolean stops() { return this == MISSING || this == REFUSED; }

        public State worst(State other) { return compareTo(other) >= 0 ? this : other; }
    }

    public final State state;
    /** As it was read: what may be shown is {@link #evidence}, which a small box takes milliseconds to make. */
    final String evidence;
    /** Modules to modprobe, in load order; empty when nothing is to be loaded, or nothing can be. */
    public final List<String> modules;

    Capability(State state, String evidence, List<String> modules) {
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

    /** What needs another thing too: the modules of both, the worse state with its evidence. */
    Capability with(Capability other) {
        Set<String> load = new LinkedHashSet<>(modules);
        load.addAll(other.modules);
        Capability worse = other.state.compareTo(state) > 0 ? other : this;
        return new Capability(worse.state, worse.evidence, new ArrayList<String>(load));
    }

    /** The line it follows from, with its source in front ({@code /proc/modules: xt_tcpudp 2067 …}); never null. */
    public String evidence() {
        return Secrets.masked(evidence);
    }

    @Override
    public String toString() { return state.word() + " (" + evidence + ")"; }
}
