package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;

import java.util.List;

/** A live rule, or a chain's policy, with its counters. Immutable. */
public final class Counted {
    public final Family family;
    public final String table;
    public final String chain;
    /** The rule's number in its chain, from 1; 0 for the policy. */
    public final int number;
    /** {@code -A INPUT …} as iptables-save prints it, or the policy. */
    public final String rule;
    public final long packets;
    public final long bytes;
    /** The user's line; null if boxwall didn't load the rule, or if the line is unknown. */
    public final Origin origin;

    Counted(Family family, String table, String chain, int number, String rule, long[] counters, Origin origin) {
        this.family = family;
        this.table = table;
        this.chain = chain;
        this.number = number;
        this.rule = rule;
        this.packets = counters[0];
        this.bytes = counters[1];
        this.origin = origin;
    }

    /** The text of {@code --comment}, or null. */
    public String comment() { return after("--comment"); }

    /** The name after -j or -g, or null; the policy itself. */
    public String target() {
        return number == 0 ? rule : target(rule);
    }

    /** The value of an option, or null. */
    public String after(String option) { return after(rule, option); }

    /** The name after -j or -g in {@code -A …}, or null. */
    static String target(String rule) {
        String target = after(rule, "-j");
        return target != null ? target : after(rule, "-g");
    }

    private static String after(String rule, String option) {
        // most rules lack the option: a cheap test first
        List<String> words = rule.contains(" " + option + " ") ? Words.quoted(rule) : null;
        for (int i = 0; words != null && i + 1 < words.size(); i++) {
            if (words.get(i).equals(option)) { return words.get(i + 1); }
            // a quoted text is a value, never an option
            i += words.get(i).equals("--comment") || words.get(i).equals("--log-prefix") ? 1 : 0;
        }
        return null;
    }
}
