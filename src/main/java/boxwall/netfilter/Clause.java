package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A match or the target of a rule: its kind, its name, and its options as iptables-save prints them. */
public abstract class Clause {
    /** {@code -m}, {@code -j} or {@code -g}. */
    public final String letter;
    public final String name;
    public final List<Option> options;

    Clause(String letter, String name, List<Option> options) {
        this.letter = letter;
        this.name = name;
        this.options = Collections.unmodifiableList(new ArrayList<>(options));
    }

    /** The option of that name, or null. */
    public final Option option(String option) {
        return Option.find(options, option);
    }

    @Override
    public final boolean equals(Object other) {
        if (!(other instanceof Clause)) { return false; }
        Clause c = (Clause) other;
        return c.name.equals(name) && c.letter.equals(letter) && c.options.equals(options);
    }

    @Override
    public final int hashCode() { return name.hashCode() * 31 + options.hashCode(); }

    @Override
    public final String toString() {
        return letter + " " + name + (options.isEmpty() ? "" : " " + Words.join(options, " "));
    }
}
