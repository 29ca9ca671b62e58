package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One {@code -m NAME} of a rule with its options, in the order in which iptables-save prints them. */
public final class Match {
    public final String name;
    public final List<Option> options;

    /** Makes a match; {@code name} as after -m. */
    public Match(String name, List<Option> options) {
        this.name = name;
        this.options = Collections.unmodifiableList(new ArrayList<Option>(options));
    }

    /** Makes a match. */
    public static Match of(String name, Option... options) {
        return new Match(name, Arrays.asList(options));
    }

    /** The option of that name, or null. */
    public Option option(String option) { return find(options, option); }

    /** The first of some options that has a name, or null. */
    public static Option find(List<Option> options, String name) {
        for (Option option : options) {
            if (option.name.equals(name)) { return option; }
        }
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Match && ((Match) other).name.equals(name) && ((Match) other).options.equals(options);
    }

    @Override
    public int hashCode() { return name.hashCode() * 31 + options.hashCode(); }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("-m ").append(name);
        for (Option option : options) {
            out.append(' ').append(option);
        }
        return out.toString();
    }
}
