package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;
import java.util.Collections;
import java.util.Map;

/**
 * A line that is no iptables command: {@code modprobe NAME}, {@code include NAME}, {@code own TABLE},
 * {@code keep TABLE CHAIN}, {@code expect VERDICT key=value ...}; also a host name in place of an address.
 */
public final class Directive {
    /** The module, preset, chain, verdict or host; null for own. */
    public final String name;
    /** The table of own and keep, else null. */
    public final Table table;
    /** The keys of an expect line, in their order and unchecked. */
    public final Map<String, String> keys;
    public final Origin origin;
    /** Whether it includes a shipped preset or is part of one. */
    public final boolean preset;

    Directive(String name, Table table, Word at) {
        this(name, table, at, Collections.<String, String>emptyMap(), false);
    }

    Directive(String name, Table table, Word at, Map<String, String> keys, boolean preset) {
        this.name = name;
        this.table = table;
        this.keys = Collections.unmodifiableMap(keys);
        this.origin = at.origin;
        this.preset = preset;
    }
}
