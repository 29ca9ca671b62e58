package boxwall.syntax;

import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A chain that is being filled. What is deleted by its words is found without a look at each rule, and only marked: a
 * file may make and delete ten thousand rules.
 */
final class DraftChain {
    /** A rule with the places that later errors name. */
    static final class Entry {
        final Word at;
        final Word targetAt;
        /** Replaced when the chain that it jumps to gets another name. */
        Rule rule;
        private DraftChain chain;
        boolean gone;

        Entry(Rule rule, CommandParser.Command c) {
            this.rule = rule;
            this.at = c.verbAt;
            this.targetAt = c.targetAt;
        }

        /** Puts another rule in this one's place. */
        void become(Rule other) {
            rule = other;
            chain.alike = null;
        }
    }

    String name;
    final boolean builtin;
    /** Null for a user's chain. */
    Policy policy;
    /** Where a policy is given, or null. */
    Word policyAt;
    /** Deleted ones among them, so many; {@link #rules} sweeps them out. */
    private List<Entry> entries = new ArrayList<>();
    private int gone;
    /**
     * Equal rules in their order; null until a rule is deleted by its words, and when the order isn't known any more.
     */
    private Map<Rule, Deque<Entry>> alike;

    DraftChain(String name, boolean builtin) {
        this.name = name;
        this.builtin = builtin;
        this.policy = builtin ? Policy.ACCEPT : null;
    }

    int size() { return entries.size() - gone; }

    /** The rules in their order; for reading, until the next change. */
    List<Entry> rules() {
        if (gone > 0) {
            List<Entry> left = new ArrayList<>(size());
            for (Entry entry : entries) {
                if (!entry.gone) { left.add(entry); }
            }
            entries = left;
            gone = 0;
        }
        return entries;
    }

    /** Puts a rule before the one that is at the index, 0 the first. */
    void insert(int index, Entry entry) {
        entry.chain = this;
        boolean end = index == size();
        if (end) {
            entries.add(entry);
        } else {
            rules().add(index, entry);
        }
        if (alike != null && end) {
            those(entry.rule).addLast(entry);
        } else if (alike != null && index == 0) {
            those(entry.rule).addFirst(entry);
        } else {
            alike = null;
        }
    }

    void remove(int index) {
        rules().remove(index).gone = true;
        alike = null;
    }

    /** Deletes the first rule that equals this one; false when there is none. */
    boolean remove(Rule rule) {
        if (alike == null) {
            alike = new HashMap<>();
            for (Entry entry : rules()) {
                those(entry.rule).addLast(entry);
            }
        }
        Entry first = those(rule).pollFirst();
        if (first == null) { return false; }
        first.gone = true;
        gone++;
        return true;
    }

    private Deque<Entry> those(Rule rule) {
        Deque<Entry> found = alike.get(rule);
        if (found == null) {
            found = new ArrayDeque<>(2);
            alike.put(rule, found);
        }
        return found;
    }

    void clear() {
        for (Entry entry : entries) {
            entry.gone = true;
        }
        entries.clear();
        gone = 0;
        alike = null;
    }
}
