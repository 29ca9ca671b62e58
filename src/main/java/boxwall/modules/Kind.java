package boxwall.modules;

import java.util.Locale;

/** What a rule can need from the kernel: its table, a match (-m), a target (-j). */
public enum Kind {
    TABLE("names"), MATCH("matches"), TARGET("targets");

    /**
     * The end of the /proc/net file that lists what is registered: {@code ip_tables_names}, {@code ip_tables_matches} …
     */
    final String procSuffix;
    /** Lower case: {@code table}, {@code match}, {@code target}. */
    public final String word = name().toLowerCase(Locale.ROOT);

    Kind(String procSuffix) { this.procSuffix = procSuffix; }
}
