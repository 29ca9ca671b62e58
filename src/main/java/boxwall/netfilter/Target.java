package boxwall.netfilter;

import java.util.Arrays;
import java.util.List;

/** The target of a rule: {@code -j NAME} (a verdict, an extension or a chain) or {@code -g CHAIN}. */
public final class Target extends Clause {
    public static final Target ACCEPT = of("ACCEPT");
    public static final Target DROP = of("DROP");
    public static final Target RETURN = of("RETURN");

    /** Makes a target; {@code goTo} for -g. */
    public Target(String name, boolean goTo, List<Option> options) {
        super(goTo ? "-g" : "-j", name, options);
    }

    /** Makes a -j target. */
    public static Target of(String name, Option... options) {
        return new Target(name, false, Arrays.asList(options));
    }

    /** -g: the walk doesn't come back here. */
    public boolean isGoto() { return letter.equals("-g"); }

    /** The same jump or goto to another chain. */
    public Target to(String chain) {
        return new Target(chain, isGoto(), options);
    }

    /** ACCEPT, DROP, RETURN or QUEUE: what the kernel's core does without an extension. */
    public boolean isStandard() {
        return !isGoto()
                && (name.equals("ACCEPT") || name.equals("DROP") || name.equals("RETURN") || name.equals("QUEUE"));
    }
}
