package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;

import java.util.ArrayList;
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

    /** The target's name, or null. */
    public String target() { return after("-j"); }

    /** The value of an option, or null. */
    public String after(String option) {
        // most rules lack the option: a cheap test first
        List<String> words = rule.contains(" " + option + " ") ? words(rule) : new ArrayList<String>();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals(option)) { return words.get(i + 1); }
            // a quoted text is a value, never an option
            i += words.get(i).equals("--comment") || words.get(i).equals("--log-prefix") ? 1 : 0;
        }
        return null;
    }

    /**
     * Words as iptables-save prints them: separated by blanks; double quotes enclose a word, and in them a backslash
     * quotes the next character.
     */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean open = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
                open = true;
            } else if (c == ' ' && !quoted) {
                if (open || word.length() > 0) { words.add(word.toString()); }
                word.setLength(0);
                open = false;
            } else {
                word.append(c);
            }
        }
        if (open || word.length() > 0) { words.add(word.toString()); }
        return words;
    }
}
