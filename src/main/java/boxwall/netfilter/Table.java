package boxwall.netfilter;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The tables of ip_tables and ip6_tables with their built-in chains, in the order in which iptables-save prints the
 * chains. Source: the {@code valid_hooks} of the kernel's iptable_*.c. nat's INPUT came with 2.6.36.
 */
public enum Table {
    RAW(Hook.PREROUTING, Hook.OUTPUT), MANGLE(Hook.PREROUTING, Hook.INPUT, Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING),
    NAT(Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT, Hook.POSTROUTING), FILTER(Hook.INPUT, Hook.FORWARD, Hook.OUTPUT),
    SECURITY(Hook.INPUT, Hook.FORWARD, Hook.OUTPUT);

    /** The hooks, which name the built-in chains; never empty. */
    public final List<Hook> hooks;

    Table(Hook... hooks) { this.hooks = Collections.unmodifiableList(Arrays.asList(hooks)); }

    /** Lower case: {@code filter}. */
    public String word() { return name().toLowerCase(java.util.Locale.ROOT); }

    /** Whether the table has a built-in chain with that name; case matters. */
    public boolean isBuiltin(String chain) {
        for (Hook hook : hooks) {
            if (hook.name().equals(chain)) { return true; }
        }
        return false;
    }

    /** The table with that lower-case name, or null. */
    public static Table of(String word) {
        for (Table table : values()) {
            if (table.word().equals(word)) { return table; }
        }
        return null;
    }
}
