package boxwall.compile;

import java.util.Locale;

/** A setting for connection tracking or IPv6 (BOXWALL_STATEFUL, --stateful; BOXWALL_IPV6). */
public enum AutoYesNo {
    /** If the box has it. */
    AUTO,
    /** Always; the check refuses what the box lacks. */
    YES,
    /** Never: state matches are replaced, rules for IPv6 left out. */
    NO;

    /** The value of {@code auto}, {@code yes} or {@code no}; null for other words. */
    public static AutoYesNo of(String word) {
        for (AutoYesNo value : values()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(word)) { return value; }
        }
        return null;
    }
}
