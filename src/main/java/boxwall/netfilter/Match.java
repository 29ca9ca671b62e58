package boxwall.netfilter;

import java.util.Arrays;
import java.util.List;

/** A {@code -m NAME} of a rule with its options. */
public final class Match extends Clause {
    public Match(String name, List<Option> options) { super("-m", name, options); }

    public static Match of(String name, Option... options) { return new Match(name, Arrays.asList(options)); }
}
