package boxwall.syntax;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tables of one family as the commands so far have made them; they begin empty, since a table that is mentioned is
 * owned whole.
 */
final class Draft {
    /** A table that is being filled. */
    static final class DraftTable {
        final Map<String, DraftChain> chains = new LinkedHashMap<>();
        /** The rules by the name of their target, deleted ones among them: who jumps to a chain. */
        private final Map<String, Deque<DraftChain.Entry>> jumps = new HashMap<>();
        final Word at;
        /** Whether anything but its mention is in it. */
        boolean touched;

        DraftTable(Table table, Word at) {
            this.at = at;
            for (Hook hook : table.hooks) {
                chains.put(hook.name(), new DraftChain(hook.name(), true, at));
            }
        }

        private DraftChain.Entry entry(Rule rule, Command c) {
            DraftChain.Entry entry = new DraftChain.Entry(rule, c.verbAt, c.targetAt);
            if (rule.target != null) { jumps(rule.target.name).add(entry); }
            return entry;
        }

        private Deque<DraftChain.Entry> jumps(String name) {
            Deque<DraftChain.Entry> found = jumps.get(name);
            if (found == null) {
                found = new ArrayDeque<>(2);
                jumps.put(name, found);
            }
            return found;
        }
    }

    /** All rules of a file together; a box has 16 to 512 MB. */
    static final int RULES_LIMIT = 50000;

    final Map<Table, DraftTable> tables = new TreeMap<>();
    private final Errors errors;
    private int count;

    Draft(Errors errors) { this.errors = errors; }

    DraftTable table(Table table, Word at) {
        DraftTable found = tables.get(table);
        if (found == null) {
            found = new DraftTable(table, at);
            tables.put(table, found);
        }
        return found;
    }

    /** Does what the command says, or notes why it can't be done. */
    void apply(Command c) {
        DraftTable table = table(c.table, c.verbAt);
        table.touched = true;
        switch (c.verb) {
            case 'N' :
                create(table, c);
                break;
            case 'X' :
                remove(table, c);
                break;
            case 'F' :
                flush(table, c);
                break;
            case 'E' :
                rename(table, c);
                break;
            default :
                DraftChain chain = chain(table, c);
                if (chain != null) { change(table, chain, c); }
        }
    }

    private DraftChain chain(DraftTable table, Command c) {
        if (c.chain == null) { return null; }
        DraftChain chain = table.chains.get(c.chain.text);
        if (chain == null && errors.isFull()) {
            errors.more();
        } else if (chain == null) {
            errors.add(c.chain, "no chain " + Errors.show(c.chain.text) + " in the table " + c.table.word(),
                    isHook(c.chain.text) ? "the table " + c.table.word() + " has no such hook; see -t" : Nearest
                            .hint(c.chain.text, table.chains.keySet(), "make it with -N " + c.chain.text + " before"));
        }
        return chain;
    }

    private static boolean isHook(String name) {
        for (Hook hook : Hook.values()) {
            if (hook.name().equals(name)) { return true; }
        }
        return false;
    }

    private void create(DraftTable table, Command c) {
        String name = c.chain.text;
        if (table.chains.containsKey(name)) {
            errors.add(c.chain, "the chain " + Errors.show(name) + " is there already", "remove the second -N");
        } else if (Extensions.get().isTarget(name)) {
            errors.add(c.chain, "a chain called as the target " + name, "choose another name");
        } else {
            table.chains.put(name, new DraftChain(name, false, c.chain));
        }
    }

    private void remove(DraftTable table, Command c) {
        if (c.chain == null) {
            removeAll(table, c);
            return;
        }
        DraftChain chain = chain(table, c);
        if (chain == null) { return; }
        DraftChain.Entry user = DraftChain.firstLeft(table.jumps(chain.name));
        if (chain.builtin) {
            errors.add(c.chain, chain.name + " is built in and can't be deleted",
                    "use -F " + chain.name + " to empty it");
        } else if (chain.size() > 0) {
            errors.add(c.chain, "the chain " + chain.name + " isn't empty", "write -F " + chain.name + " before");
        } else if (user != null) {
            errors.add(c.chain, "the chain " + chain.name + " is still used in line " + user.at.line,
                    "delete that rule before");
        } else {
            table.chains.remove(chain.name);
        }
    }

    /**
     * All user chains, which must be empty and unused: iptables deletes the others before it fails, iptables-restore
     * takes nothing then.
     */
    private void removeAll(DraftTable table, Command c) {
        for (String name : new ArrayList<String>(table.chains.keySet())) {
            DraftChain chain = table.chains.get(name);
            if (chain.builtin) { continue; }
            if (chain.size() > 0 || DraftChain.firstLeft(table.jumps(name)) != null) {
                errors.add(c.verbAt,
                        "-X while the chain " + name + (chain.size() == 0 ? " is still used" : " isn't empty"),
                        "write -F before");
                return;
            }
            table.chains.remove(name);
        }
    }

    private void flush(DraftTable table, Command c) {
        if (c.chain == null) {
            for (DraftChain chain : table.chains.values()) {
                count -= chain.size();
                chain.clear();
            }
            return;
        }
        DraftChain chain = chain(table, c);
        if (chain != null) {
            count -= chain.size();
            chain.clear();
        }
    }

    private void rename(DraftTable table, Command c) {
        DraftChain chain = chain(table, c);
        if (chain == null || c.extra == null) { return; }
        String name = c.extra.text;
        if (chain.builtin) {
            errors.add(c.chain, chain.name + " is built in and can't be renamed", "rename a chain of your own");
        } else if (table.chains.containsKey(name) || Extensions.get().isTarget(name)) {
            errors.add(c.extra, "the name " + Errors.show(name) + " is taken", "choose another name");
        } else {
            retarget(table, chain.name, name);
            table.chains.remove(chain.name);
            chain.name = name;
            table.chains.put(name, chain);
        }
    }

    private static void retarget(DraftTable table, String from, String to) {
        for (DraftChain.Entry entry : table.jumps(from)) {
            if (!entry.isGone()) {
                Target target = entry.rule().target;
                entry.become(entry.rule().copy().target(new Target(to, target.isGoto(), target.options)).build());
                table.jumps(to).add(entry);
            }
        }
        table.jumps.remove(from);
    }

    private void change(DraftTable table, DraftChain chain, Command c) {
        if (c.verb == 'P') {
            policy(chain, c);
            return;
        }
        if (c.verb == 'Z') { return; }
        count += c.verb == 'D' ? 0 : c.rules.size();
        if (count > RULES_LIMIT) {
            errors.add(c.verbAt, "more than " + RULES_LIMIT + " rules", "use networks, ranges and chains");
            return;
        }
        if (c.verb == 'A') {
            for (Rule rule : c.rules) {
                chain.append(table.entry(rule, c));
            }
        } else if (c.verb == 'D' && c.number == 0) {
            delete(chain, c);
        } else {
            numbered(table, chain, c);
        }
    }

    private void policy(DraftChain chain, Command c) {
        boolean known = c.extra != null && (c.extra.is("ACCEPT") || c.extra.is("DROP"));
        if (!chain.builtin) {
            errors.add(c.chain, "a policy for the chain " + chain.name + ", which isn't built in",
                    "end the chain with a rule");
        } else if (!known) {
            errors.add(c.extra == null ? c.chain : c.extra, "a policy must be ACCEPT or DROP",
                    "for another answer add a last rule");
        } else if (c.table == Table.NAT && c.extra.is("DROP")) {
            errors.add(c.extra, "DROP in the table nat",
                    "iptables refuses it: that table sees first packets only; use filter");
        } else {
            chain.policy = Policy.valueOf(c.extra.text);
            chain.policyAt = c.extra;
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

    /**
     * -I, -R and -D with a number. Several rules of one -I each go to the same place, so they end up reversed, as
     * iptables does it.
     */
    private void numbered(DraftTable table, DraftChain chain, Command c) {
        int index = Math.max(0, c.number - 1);
        int last = c.verb == 'I' ? chain.size() : chain.size() - 1;
        if (index > last) {
            errors.add(c.numberAt == null ? c.verbAt : c.numberAt,
                    "no rule " + c.number + " in " + chain.name + ", it has " + chain.size(),
                    "correct the number, or use -A");
        } else if (c.verb == 'R' && c.rules.size() != 1) {
            errors.add(c.verbAt, "-R with a list of addresses", "one rule can't be replaced by several");
        } else if (c.verb == 'R') {
            chain.replace(index, table.entry(c.rules.get(0), c));
        } else if (c.verb == 'D') {
            chain.remove(index);
            count--;
        } else {
            for (Rule rule : c.rules) {
                chain.insert(index, table.entry(rule, c));
            }
        }
    }

    /** Adds the tables to a ruleset. */
    Ruleset into(Ruleset ruleset, Family family) {
        Ruleset all = ruleset;
        for (Map.Entry<Table, DraftTable> e : tables.entrySet()) {
            List<Chain> chains = new ArrayList<>();
            for (DraftChain chain : e.getValue().chains.values()) {
                List<Rule> rules = new ArrayList<>();
                for (DraftChain.Entry entry : chain.rules()) {
                    rules.add(entry.rule());
                }
                Policy policy = !chain.builtin ? null : chain.policy == null ? Policy.ACCEPT : chain.policy;
                chains.add(new Chain(chain.name, policy, rules));
            }
            all = all.with(family, e.getKey(), chains);
        }
        return all;
    }
}
