package boxwall.modules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Whether connection tracking may be used on this box, and why. Immutable. */
public final class Conntrack {
    /** REFUSED means: loading it fails, or may crash the box. */
    public enum State {
        IN_USE, USABLE, REFUSED, MISSING, UNKNOWN;

        /** {@code in-use}. */
        public String word() { return name().toLowerCase(Locale.ROOT).replace('_', '-'); }

        /** Whether rules with states can be compiled as they are. UNKNOWN is no: a wrong guess reboots the box. */
        public boolean allowsState() {
            return this == IN_USE || this == USABLE;
        }
    }

    /** What stands behind a refusal. */
    public enum Ground { NONE, SYMBOLS, LAYOUT, KDSLDMOD, MODULE }

    public final State state;
    /** Who has the connections of this box: {@code netfilter}, {@code avm}, {@code none} or {@code unknown}. */
    public final String owner;
    /** One sentence; never empty. */
    public final String reason;
    /** Verbatim lines with their source in front; empty when there was nothing to read. */
    public final List<String> evidence;
    public final Ground ground;

    Conntrack(State state, String owner, String reason, List<String> evidence, Ground ground) {
        this.state = state;
        this.owner = owner;
        this.reason = reason;
        this.evidence = Collections.unmodifiableList(new ArrayList<String>(evidence));
        this.ground = ground;
    }
}
