package boxwall.compile;

import java.util.Locale;

/** What the administrator wants of connection tracking, or of IPv6 (BOXWALL_STATEFUL, --stateful; BOXWALL_IPV6). */
public enum AutoYesNo {
    /** Where the box has it. */
    AUTO,
    /** In any case; what the box refuses is then a refusal. */
    YES,
    /** State matches are compiled away, IPv6's rules left out. */
    NO;

    /** The value of {@code auto}, {@code yes} or {@code no}; null for anything else. */
    public static AutoYesNo of(String word) {
        for (AutoYesNo value : values()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(word)) { return value; }
        }
        return null;
    }
}
