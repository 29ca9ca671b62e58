package boxwall.syntax;

import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
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
        private Rule rule;
        private DraftChain chain;
        private boolean gone;

        Entry(Rule rule, Word at, Word targetAt) {
            this.rule = rule;
            this.at = at;
            this.targetAt = targetAt;
        }

        Rule rule() { return rule; }

        /** Whether it was deleted. */
        boolean isGone() { return gone; }

        /** Puts another rule in this one's place. */
        void become(Rule other) {
            rule = other;
            chain.alike = null;
        }
    }

    String name;
    final boolean builtin;
    final Word at;
    Policy policy;
    Word policyAt;
    /** Deleted ones among them, so many; {@link #rules} sweeps them out. */
    private final List<Entry> entries = new ArrayList<>();
    private int gone;
    /**
     * Equal rules in their order; null until a rule is deleted by its words, and when that order is not known any more.
     */
    private Map<Rule, Deque<Entry>> alike;

    DraftChain(String name, boolean builtin, Word at) {
        this.name = name;
        this.builtin = builtin;
        this.at = at;
    }

    int size() { return entries.size() - gone; }

    /** The rules in their order; for reading, until the next change. */
    List<Entry> rules() {
        if (gone > 0) {
            List<Entry> left = new ArrayList<>(size());
            for (Entry entry : entries) {
                if (!entry.gone) { left.add(entry); }
            }
            entries.clear();
            entries.addAll(left);
            gone = 0;
        }
        return entries;
    }

    void append(Entry entry) {
        entry.chain = this;
        entries.add(entry);
        if (alike != null) { those(entry.rule).addLast(entry); }
    }

    /** Puts a rule before the one that is at the index, 0 the first. */
    void insert(int index, Entry entry) {
        entry.chain = this;
        rules().add(index, entry);
        if (alike != null && index == 0) {
            those(entry.rule).addFirst(entry);
        } else {
            alike = null;
        }
    }

    /** Puts a rule in the place of another. */
    void replace(int index, Entry entry) {
        entry.chain = this;
        rules().set(index, entry).gone = true;
        alike = null;
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

    /** The first of some rules that was not deleted, null if there is none; those before it are taken out. */
    static Entry firstLeft(Collection<Entry> some) {
        for (Iterator<Entry> each = some.iterator(); each.hasNext();) {
            Entry entry = each.next();
            if (!entry.gone) { return entry; }
            each.remove();
        }
        return null;
    }
}
