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

/** The tables of one family as the commands so far have made them; each begins empty, since it is owned whole. */
final class Draft {
    /** All rules of a file together; a box has 16 to 512 MB. */
    static final int RULES_LIMIT = 50000;
    static final String NAT_DROP = "iptables refuses it: that table sees first packets only; use filter";

    /** A rule with the places that later errors name. */
    static final class Entry {
        final Word at;
        final Word targetAt;
        /** Replaced when the chain that it jumps to gets another name. */
        Rule rule;
        private DraftChain chain;
        boolean gone;

        Entry(Rule rule, Command c) {
            this.rule = rule;
            this.at = c.verbAt;
            this.targetAt = c.targetAt;
        }
    }

    /**
     * A chain that is being filled. What is deleted by its words is found without a look at each rule, and only marked:
     * a file may make and delete ten thousand rules.
     */
    static final class DraftChain {
        String name;
        final boolean builtin;
        /** Null while none is given. */
        Policy policy;
        /** Deleted ones among them, so many; {@link #rules} sweeps them out. */
        private List<Entry> entries = new ArrayList<>();
        private int gone;
        /** Equal rules in their order; null while no rule is deleted by its words, or when it isn't known. */
        private Map<Rule, Deque<Entry>> alike;

        DraftChain(String name, boolean builtin) {
            this.name = name;
            this.builtin = builtin;
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
                under(entry.rule, alike).addLast(entry);
            } else if (alike != null && index == 0) {
                under(entry.rule, alike).addFirst(entry);
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
                    under(entry.rule, alike).addLast(entry);
                }
            }
            Entry first = under(rule, alike).pollFirst();
            if (first == null) { return false; }
            first.gone = true;
            gone++;
            return true;
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

    /** A table that is being filled. */
    static final class DraftTable {
        final Table table;
        final Map<String, DraftChain> chains = new LinkedHashMap<>();
        /** The rules by the name of their target, deleted ones among them: who jumps to a chain. */
        private final Map<String, Deque<Entry>> jumps = new HashMap<>();
        final Word at;
        /** Whether anything but its mention is in it. */
        boolean touched;

        DraftTable(Table table, Word at) {
            this.table = table;
            this.at = at;
            for (Hook hook : table.hooks) {
                chains.put(hook.name(), new DraftChain(hook.name(), true));
            }
        }

        /** The first rule that jumps to a chain, or null; deleted ones before it are taken out. */
        private Entry user(String chain) {
            Deque<Entry> users = under(chain, jumps);
            while (!users.isEmpty() && users.peek().gone) {
                users.remove();
            }
            return users.peek();
        }
    }

    private static <K> Deque<Entry> under(K key, Map<K, Deque<Entry>> entries) {
        Deque<Entry> found = entries.get(key);
        if (found == null) {
            found = new ArrayDeque<>(2);
            entries.put(key, found);
        }
        return found;
    }

    final Map<Table, DraftTable> tables = new TreeMap<>();
    private final Family family;
    private final Errors errors;
    private int count;

    Draft(Family family, Errors errors) {
        this.family = family;
        this.errors = errors;
    }

    DraftTable table(Table table, Word at) {
        if (!tables.containsKey(table)) { tables.put(table, new DraftTable(table, at)); }
        return tables.get(table);
    }

    /** Does what the command says, or notes why it can't be done. */
    void apply(Command c) {
        DraftTable table = table(c.table, c.verbAt);
        table.touched = true;
        if (c.verb == 'N') {
            create(table, c);
            return;
        }
        if (c.chain == null) {
            for (DraftChain chain : new ArrayList<>(table.chains.values())) {
                if (!all(table, chain, c)) { return; }
            }
            return;
        }
        DraftChain chain = chain(table, c);
        if (chain == null) { return; }
        if (c.verb == 'X') {
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
     * -F and -X of a whole table; user chains must be empty and unused then: iptables deletes the others before it
     * fails, iptables-restore takes nothing. False when it ends here.
     */
    private boolean all(DraftTable table, DraftChain chain, Command c) {
        if (c.verb == 'F') { flush(chain); }
        if (c.verb != 'X' || chain.builtin) { return true; }
        if (chain.size() > 0 || table.user(chain.name) != null) {
            errors.add(c.verbAt,
                    "-X while the chain " + chain.name + (chain.size() == 0 ? " is still used" : " isn't empty"),
                    "write -F before");
            return false;
        }
        table.chains.remove(chain.name);
        return true;
    }

    private DraftChain chain(DraftTable table, Command c) {
        DraftChain chain = table.chains.get(c.chain.text);
        if (chain == null && errors.isFull()) {
            errors.more();
        } else if (chain == null) {
            // mangle has all five
            errors.add(c.chain, "no chain " + Letters.show(c.chain.text) + " in the table " + c.table.word(),
                    Table.MANGLE.isBuiltin(c.chain.text) ? "the table " + c.table.word() + " has no such hook; see -t"
                            : Nearest.hint(c.chain.text, table.chains.keySet(),
                                    "make it with -N " + c.chain.text + " before"));
        }
        return chain;
    }

    private void create(DraftTable table, Command c) {
        String name = c.chain.text;
        if (table.chains.containsKey(name)) {
            errors.add(c.chain, "the chain " + Letters.show(name) + " is there already", "remove the second -N");
        } else if (Extensions.get().isTarget(name)) {
            errors.add(c.chain, "a chain called as the target " + name, "choose another name");
        } else {
            table.chains.put(name, new DraftChain(name, false));
        }
    }

    private void remove(DraftTable table, DraftChain chain, Command c) {
        Entry user = table.user(chain.name);
        if (chain.builtin) {
            errors.add(c.chain, chain.name + " is built in and can't be deleted",
                    "use -F " + chain.name + " to empty it");
        } else if (chain.size() > 0) {
            errors.add(c.chain, "the chain " + chain.name + " isn't empty", "write -F " + chain.name + " before");
        } else if (user != null) {
            errors.add(c.chain, "the chain " + chain.name + " is still used in line " + user.at.origin.line,
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
            errors.add(c.extra, "the name " + Letters.show(name) + " is taken", "choose another name");
        } else {
            for (Entry entry : under(chain.name, table.jumps)) {
                if (!entry.gone) {
                    entry.rule = entry.rule.copy().target(entry.rule.target.to(name)).build();
                    entry.chain.alike = null;
                    under(name, table.jumps).add(entry);
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

    /** -A, -I, -R and -D. Several rules of one -I end up reversed, as iptables does it. */
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
            if (c.verb == 'R') { chain.remove(index); }
            for (Rule rule : c.rules) {
                Entry entry = new Entry(rule, c);
                if (rule.target != null) { under(rule.target.name, table.jumps).add(entry); }
                chain.insert(c.verb == 'A' ? chain.size() : index, entry);
            }
        }
    }

    private void delete(DraftChain chain, Command c) {
        for (Rule rule : c.rules) {
            if (!chain.remove(rule)) {
                errors.add(c.verbAt, "no such rule in " + chain.name + " to delete",
                        "remove the line; tables begin empty here");
                return;
            }
            count--;
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
