package boxwall.syntax;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.CommandParser.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables of a family after the commands so far; each begins empty, because the ruleset replaces it. */
final class TableBuilder {
    /** Rules of a file and its includes; a box has 16 to 512 MB of memory. */
    static final int RULES_LIMIT = 50000;
    static final String NAT_DROP = "iptables refuses it: that table sees first packets only; use filter";

    /** A rule with its places for errors. */
    static final class Entry {
        final Word at;
        final Word targetAt;
        /** Replaced when the chain that it jumps to is renamed. */
        Rule rule;
        private DraftChain chain;
        private boolean deleted;

        Entry(Rule rule, Command c) {
            this.rule = rule;
            this.at = c.verbAt;
            this.targetAt = c.targetAt;
        }
    }

    /**
     * A chain that is being filled. Deleting a rule by its specification neither searches nor moves the others: a file
     * may create and delete ten thousand rules.
     */
    static final class DraftChain {
        String name;
        final boolean builtin;
        /** Null if none is given. */
        Policy policy;
        /** With deleted rules, until {@link #rules} removes them. */
        private List<Entry> entries = new ArrayList<>();
        private int deleted;
        /** Equal rules in their order; null before the first deletion by specification and when outdated. */
        private Map<Rule, Deque<Entry>> equal;

        DraftChain(String name, boolean builtin) {
            this.name = name;
            this.builtin = builtin;
        }

        private int size() { return entries.size() - deleted; }

        /** The rules in their order, valid until the next change. */
        List<Entry> rules() {
            if (deleted > 0) {
                List<Entry> kept = new ArrayList<>(size());
                for (Entry entry : entries) {
                    if (!entry.deleted) { kept.add(entry); }
                }
                entries = kept;
                deleted = 0;
            }
            return entries;
        }

        /** Inserts a rule at an index; 0 is the first. */
        private void insert(int index, Entry entry) {
            entry.chain = this;
            boolean end = index == size();
            if (end) {
                entries.add(entry);
            } else {
                rules().add(index, entry);
            }
            if (equal != null && end) {
                queue(entry.rule, equal).addLast(entry);
            } else if (equal != null && index == 0) {
                queue(entry.rule, equal).addFirst(entry);
            } else {
                equal = null;
            }
        }

        private void remove(int index) {
            rules().remove(index).deleted = true;
            equal = null;
        }

        /** Deletes the first rule that equals this one, unless {@code asks}; false when there is none. */
        private boolean remove(Rule rule, boolean asks) {
            if (equal == null) {
                equal = new HashMap<>();
                for (Entry entry : rules()) {
                    queue(entry.rule, equal).addLast(entry);
                }
            }
            Entry first = queue(rule, equal).peekFirst();
            if (first != null && !asks) {
                queue(rule, equal).removeFirst().deleted = true;
                deleted++;
            }
            return first != null;
        }

        private void clear() {
            for (Entry entry : entries) {
                entry.deleted = true;
            }
            entries.clear();
            deleted = 0;
            equal = null;
        }
    }

    /** A table that is being filled. */
    static final class DraftTable {
        final Table table;
        final Map<String, DraftChain> chains = new LinkedHashMap<>();
        /** The rules by the name of their target, with deleted ones. */
        private final Map<String, Deque<Entry>> jumps = new HashMap<>();
        final Word at;
        /** Whether a command has changed it. */
        boolean touched;

        DraftTable(Table table, Word at) {
            this.table = table;
            this.at = at;
            for (Hook hook : table.hooks) {
                chains.put(hook.name(), new DraftChain(hook.name(), true));
            }
        }

        /** The first rule that jumps to a chain, or null. */
        private Entry firstJump(String chain) {
            Deque<Entry> entries = queue(chain, jumps);
            while (!entries.isEmpty() && entries.peek().deleted) {
                entries.remove();
            }
            return entries.peek();
        }
    }

    private static <K> Deque<Entry> queue(K key, Map<K, Deque<Entry>> queues) {
        Deque<Entry> queue = queues.get(key);
        if (queue == null) {
            queue = new ArrayDeque<>(2);
            queues.put(key, queue);
        }
        return queue;
    }

    final Map<Table, DraftTable> tables = new TreeMap<>();
    private final Family family;
    private final Errors errors;
    private int count;
    /** Whether a chain must exist before a rule jumps to it. */
    boolean inOrder;
    /** Whether -D only looks for its rules. */
    boolean asks;

    TableBuilder(Family family, Errors errors) {
        this.family = family;
        this.errors = errors;
    }

    DraftTable table(Table table, Word at) {
        if (!tables.containsKey(table)) { tables.put(table, new DraftTable(table, at)); }
        return tables.get(table);
    }

    /** Carries out a command, or reports why that is impossible. */
    void apply(Command c) {
        DraftTable table = table(c.table, c.verbAt);
        table.touched = true;
        DraftChain chain = c.chain == null || c.verb == 'N' ? null : chain(table, c);
        if (c.chain == null) {
            applyToAll(table, c);
        } else if (c.verb == 'N') {
            create(table, c);
        } else if (chain == null) {
            return; // reported by chain()
        } else if (c.verb == 'X') {
            remove(table, chain, c);
        } else if (c.verb == 'F') {
            flush(chain);
        } else if (c.verb == 'E') {
            rename(table, chain, c);
        } else if (c.verb == 'P') {
            policy(chain, c);
        } else if (c.verb != 'Z') { change(table, chain, c); }
    }

    /**
     * -F and -X of a whole table. -X needs empty and unused user chains: iptables deletes the others before it fails,
     * iptables-restore refuses the file.
     */
    private void applyToAll(DraftTable table, Command c) {
        for (DraftChain chain : new ArrayList<>(table.chains.values())) {
            boolean delete = c.verb == 'X' && !chain.builtin;
            if (c.verb == 'F') {
                flush(chain);
            } else if (delete && (chain.size() > 0 || table.firstJump(chain.name) != null)) {
                errors.add(c.verbAt,
                        "-X while the chain " + chain.name + (chain.size() == 0 ? " is still used" : " isn't empty"),
                        "write -F before");
                return;
            } else if (delete) { table.chains.remove(chain.name); }
        }
    }

    private DraftChain chain(DraftTable table, Command c) {
        DraftChain chain = table.chains.get(c.chain.text);
        if (chain == null && errors.isFull()) {
            errors.more();
        } else if (chain == null) {
            // mangle has all five hooks
            errors.add(c.chain, "no chain " + Characters.show(c.chain.text) + " in the table " + c.table.word(),
                    Table.MANGLE.isBuiltin(c.chain.text) ? "the table " + c.table.word() + " has no such hook; see -t"
                            : Suggestion.hint(c.chain.text, table.chains.keySet(),
                                    "make it with -N " + c.chain.text + " before"));
        }
        return chain;
    }

    private void create(DraftTable table, Command c) {
        String name = c.chain.text;
        if (table.chains.containsKey(name)) {
            errors.add(c.chain, "the chain " + Characters.show(name) + " is there already", "remove the second -N");
        } else if (Extensions.get().isTarget(name)) {
            errors.add(c.chain, "a chain called as the target " + name, "choose another name");
        } else {
            table.chains.put(name, new DraftChain(name, false));
        }
    }

    private void remove(DraftTable table, DraftChain chain, Command c) {
        Entry jump = table.firstJump(chain.name);
        if (chain.builtin) {
            errors.add(c.chain, chain.name + " is built in and can't be deleted",
                    "use -F " + chain.name + " to empty it");
        } else if (chain.size() > 0) {
            errors.add(c.chain, "the chain " + chain.name + " isn't empty", "write -F " + chain.name + " before");
        } else if (jump != null) {
            errors.add(c.chain, "the chain " + chain.name + " is still used in line " + jump.at.origin.line,
                    "delete that rule before");
        } else {
            table.chains.remove(chain.name);
        }
    }

    private void flush(DraftChain chain) {
        count -= chain.size();
        chain.clear();
    }

    private void rename(DraftTable table, DraftChain chain, Command c) {
        String name = c.extra.text;
        if (chain.builtin) {
            errors.add(c.chain, chain.name + " is built in and can't be renamed", "rename a chain of your own");
        } else if (table.chains.containsKey(name) || Extensions.get().isTarget(name)) {
            errors.add(c.extra, "the name " + Characters.show(name) + " is taken", "choose another name");
        } else {
            for (Entry entry : queue(chain.name, table.jumps)) {
                if (!entry.deleted) {
                    entry.rule = entry.rule.copy().target(entry.rule.target.to(name)).build();
                    entry.chain.equal = null;
                    queue(name, table.jumps).add(entry);
                }
            }
            table.jumps.remove(chain.name);
            table.chains.remove(chain.name);
            chain.name = name;
            table.chains.put(name, chain);
        }
    }

    private void policy(DraftChain chain, Command c) {
        if (!chain.builtin) {
            errors.add(c.chain, "a policy for the chain " + chain.name + ", which isn't built in",
                    "end the chain with a rule");
        } else if (!c.extra.is("ACCEPT") && !c.extra.is("DROP")) {
            errors.add(c.extra, "a policy must be ACCEPT or DROP", "for another answer add a last rule");
        } else if (c.table == Table.NAT && c.extra.is("DROP")) {
            errors.add(c.extra, "DROP in the table nat", NAT_DROP);
        } else {
            chain.policy = Policy.valueOf(c.extra.text);
        }
    }

    /** -A, -I, -R and -D. As in iptables, -I reverses the order of several rules. */
    private void change(DraftTable table, DraftChain chain, Command c) {
        count += c.verb == 'D' ? 0 : c.rules.size();
        if (count > RULES_LIMIT) {
            errors.add(c.verbAt, "more than " + RULES_LIMIT + " rules", "use networks, ranges and chains");
            return;
        }
        int index = Math.max(0, c.number - 1);
        int last = c.verb == 'I' ? chain.size() : chain.size() - 1;
        if (c.verb == 'D' && c.number == 0) {
            delete(chain, c);
        } else if (c.verb != 'A' && index > last) {
            errors.add(c.numberAt, "no rule " + c.number + " in " + chain.name + ", it has " + chain.size(),
                    "correct the number, or use -A");
        } else if (c.verb == 'R' && c.rules.size() != 1) {
            errors.add(c.verbAt, "-R with a list of addresses", "one rule can't be replaced by several");
        } else if (c.verb == 'D') {
            chain.remove(index);
            count--;
        } else {
            for (Rule rule : c.rules) {
                Entry entry = new Entry(rule, c);
                int before = errors.count();
                if (inOrder) { new ChainCheck(table, family, UnknownExtensions.none(), errors).jump(entry); }
                if (errors.count() > before) { return; }
                if (rule.target != null) { queue(rule.target.name, table.jumps).add(entry); }
                if (c.verb == 'R') { chain.remove(index); }
                chain.insert(c.verb == 'A' ? chain.size() : index, entry);
            }
        }
    }

    private void delete(DraftChain chain, Command c) {
        for (Rule rule : c.rules) {
            if (!chain.remove(rule, asks)) {
                errors.add(c.verbAt, "no such rule in " + chain.name + " to delete",
                        "remove the line; tables begin empty here");
                return;
            }
            count -= asks ? 0 : 1;
        }
    }

    /** Adds the tables to a ruleset. */
    Ruleset into(Ruleset ruleset) {
        Ruleset all = ruleset;
        for (DraftTable table : tables.values()) {
            List<Chain> chains = new ArrayList<>();
            for (DraftChain chain : table.chains.values()) {
                List<Rule> rules = new ArrayList<>();
                for (Entry entry : chain.rules()) {
                    rules.add(entry.rule);
                }
                boolean accepts = chain.builtin && chain.policy == null;
                chains.add(new Chain(chain.name, accepts ? Policy.ACCEPT : chain.policy, rules));
            }
            all = all.with(family, table.table, chains);
        }
        return all;
    }
}
