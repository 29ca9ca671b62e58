package boxwall.modules;

import java.util.Locale;

/** A kind of kernel feature that a rule needs: its table, a match (-m), a target (-j). */
public enum FeatureKind {
    TABLE("names"), MATCH("matches"), TARGET("targets");

    /** The end of the name of the list in /proc/net: {@code ip_tables_names}, {@code ip_tables_matches} … */
    final String procSuffix;
    /** Lower case: {@code table}, {@code match}, {@code target}. */
    public final String word = name().toLowerCase(Locale.ROOT);

    FeatureKind(String procSuffix) { this.procSuffix = procSuffix; }
}
