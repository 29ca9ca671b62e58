package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What a rule does with the packet: {@code -j NAME} (a verdict, an extension or a chain) or {@code -g CHAIN}. */
public final class Target {
    public static final Target ACCEPT = of("ACCEPT");
    public static final Target DROP = of("DROP");
    public static final Target RETURN = of("RETURN");

    public final String name;
    private final boolean goTo;
    public final List<Option> options;

    /** Makes a target; {@code goTo} for -g. */
    public Target(String name, boolean goTo, List<Option> options) {
        this.name = name;
        this.goTo = goTo;
        this.options = Collections.unmodifiableList(new ArrayList<Option>(options));
    }

    /** Makes a -j target. */
    public static Target of(String name, Option... options) {
        return new Target(name, false, Arrays.asList(options));
    }

    /** -g: the walk doesn't come back here. */
    public boolean isGoto() { return goTo; }

    /** The option of that name, or null. */
    public Option option(String option) { return Match.find(options, option); }

    /** ACCEPT, DROP, RETURN or QUEUE: what the kernel's core does without an extension. */
    public boolean isStandard() {
        return !goTo && (name.equals("ACCEPT") || name.equals("DROP") || name.equals("RETURN") || name.equals("QUEUE"));
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Target)) { return false; }
        Target t = (Target) other;
        return t.name.equals(name) && t.goTo == goTo && t.options.equals(options);
    }

    @Override
    public int hashCode() { return name.hashCode() * 31 + options.hashCode(); }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(goTo ? "-g " : "-j ").append(name);
        for (Option option : options) {
            out.append(' ').append(option);
        }
        return out.toString();
    }
}
