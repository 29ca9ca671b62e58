package boxwall.netfilter;

import java.util.Arrays;
import java.util.List;

/** The target of a rule: {@code -j NAME} (a verdict, an extension or a chain) or {@code -g CHAIN}. */
public final class Target extends Clause {
    private static final List<String> STANDARD = Arrays.asList("ACCEPT", "DROP", "RETURN", "QUEUE");

    public static final Target ACCEPT = of("ACCEPT");
    public static final Target DROP = of("DROP");
    public static final Target RETURN = of("RETURN");

    /** {@code goTo} for -g. */
    public Target(String name, boolean goTo, List<Option> options) {
        super(goTo ? "-g" : "-j", name, options);
    }

    public static Target of(String name, Option... options) { return new Target(name, false, Arrays.asList(options)); }

    /** Whether it is -g: the walk doesn't return to this chain. */
    public boolean isGoto() {
        return letter.equals("-g");
    }

    /** The same jump or goto to another chain. */
    public Target to(String chain) {
        return new Target(chain, isGoto(), options);
    }

    /** Whether the kernel's core carries it out, without an extension. */
    public boolean isStandard() {
        return !isGoto() && STANDARD.contains(name);
    }
}
