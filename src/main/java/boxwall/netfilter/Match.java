package boxwall.netfilter;

import java.util.Arrays;
import java.util.List;

/** One {@code -m NAME} of a rule. */
public final class Match extends Clause {
    /** Makes a match; {@code name} as after -m. */
    public Match(String name, List<Option> options) {
        super("-m", name, options);
    }

    /** Makes a match. */
    public static Match of(String name, Option... options) {
        return new Match(name, Arrays.asList(options));
    }
}
