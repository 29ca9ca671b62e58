package boxwall.compile;

import java.util.Locale;

/** What the administrator wants of connection tracking (BOXWALL_STATEFUL, --stateful). */
public enum Stateful {
    /** Keep state matches where the box can have them. */
    AUTO,
    /** Keep them; what the box refuses is then a refusal. */
    YES,
    /** Compile them away. */
    NO;

    /** The value of {@code auto}, {@code yes} or {@code no}; null for anything else. */
    public static Stateful of(String word) {
        for (Stateful value : values()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(word)) { return value; }
        }
        return null;
    }
}
