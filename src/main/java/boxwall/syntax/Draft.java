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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tables of one family as the commands so far have made them; they begin empty, since a table that is mentioned is
 * owned whole.
 */
final class Draft {
    /** All rules of a file together; a box has 16 to 512 MB. */
    static final int RULES_LIMIT = 50000;

    /** A table that is being filled. */
    static final class DraftTable {
        final Table table;
        final Map<String, DraftChain> chains = new LinkedHashMap<>();
        /** The rules by the name of their target, deleted ones among them: who jumps to a chain. */
        private final Map<String, Deque<DraftChain.Entry>> jumps = new HashMap<>();
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

        private DraftChain.Entry entry(Rule rule, CommandParser.Command c) {
            DraftChain.Entry entry = new DraftChain.Entry(rule, c);
            if (rule.target != null) { jumps(rule.target.name).add(entry); }
            return entry;
        }

        private Deque<DraftChain.Entry> jumps(String name) {
            if (!jumps.containsKey(name)) { jumps.put(name, new ArrayDeque<DraftChain.Entry>(2)); }
            return jumps.get(name);
        }

        /** The first rule that jumps to a chain, or null; deleted ones before it are taken out. */
        private DraftChain.Entry user(String chain) {
            for (Iterator<DraftChain.Entry> each = jumps(chain).iterator(); each.hasNext(); each.remove()) {
                DraftChain.Entry entry = each.next();
                if (!entry.gone) { return entry; }
            }
            return null;
        }
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
    void apply(CommandParser.Command c) {
        DraftTable table = table(c.table, c.verbAt);
        table.touched = true;
        if (c.verb == 'N') {
            create(table, c);
            return;
        }
        if (c.chain == null) {
            for (String name : new ArrayList<>(table.chains.keySet())) {
                if (!all(table, table.chains.get(name), c)) { return; }
            }
            return;
        }
        DraftChain chain = chain(table, c);
        if (chain == null) { return; }
        switch (c.verb) {
            case 'X' :
                remove(table, chain, c);
                break;
            case 'F' :
                flush(chain);
                break;
            case 'E' :
                if (c.extra != null) { rename(table, chain, c); }
                break;
            case 'P' :
                policy(chain, c);
                break;
            case 'Z' :
                break;
            default :
                change(table, chain, c);
        }
    }

    /**
     * -F and -X of a whole table; user chains must be empty and unused then: iptables deletes the others before it
     * fails, iptables-restore takes nothing. False when it ends here.
     */
    private boolean all(DraftTable table, DraftChain chain, CommandParser.Command c) {
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

    private DraftChain chain(DraftTable table, CommandParser.Command c) {
        DraftChain chain = table.chains.get(c.chain.text);
        if (chain == null && errors.isFull()) {
            errors.more();
        } else if (chain == null) {
            boolean hook = false;
            for (Hook each : Hook.values()) {
                hook |= each.name().equals(c.chain.text);
            }
            errors.add(c.chain, "no chain " + Letters.show(c.chain.text) + " in the table " + c.table.word(), hook
                    ? "the table " + c.table.word() + " has no such hook; see -t"
                    : Nearest.hint(c.chain.text, table.chains.keySet(), "make it with -N " + c.chain.text + " before"));
        }
        return chain;
    }

    private void create(DraftTable table, CommandParser.Command c) {
        String name = c.chain.text;
        if (table.chains.containsKey(name)) {
            errors.add(c.chain, "the chain " + Letters.show(name) + " is there already", "remove the second -N");
        } else if (Extensions.get().isTarget(name)) {
            errors.add(c.chain, "a chain called as the target " + name, "choose another name");
        } else {
            table.chains.put(name, new DraftChain(name, false));
        }
    }

    private void remove(DraftTable table, DraftChain chain, CommandParser.Command c) {
        DraftChain.Entry user = table.user(chain.name);
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

    private void flush(DraftChain chain) {
        count -= chain.size();
        chain.clear();
    }

    private void rename(DraftTable table, DraftChain chain, CommandParser.Command c) {
        String name = c.extra.text;
        if (chain.builtin) {
            errors.add(c.chain, chain.name + " is built in and can't be renamed", "rename a chain of your own");
        } else if (table.chains.containsKey(name) || Extensions.get().isTarget(name)) {
            errors.add(c.extra, "the name " + Letters.show(name) + " is taken", "choose another name");
        } else {
            for (DraftChain.Entry entry : table.jumps(chain.name)) {
                if (!entry.gone) {
                    Target target = entry.rule.target;
                    entry.become(entry.rule.copy().target(new Target(name, target.isGoto(), target.options)).build());
                    table.jumps(name).add(entry);
                }
            }
            table.jumps.remove(chain.name);
            table.chains.remove(chain.name);
            chain.name = name;
            table.chains.put(name, chain);
        }
    }

    private void policy(DraftChain chain, CommandParser.Command c) {
        boolean known = c.extra != null && (c.extra.is("ACCEPT") || c.extra.is("DROP"));
        if (!chain.builtin) {
            errors.add(c.chain, "a policy for the chain " + chain.name + ", which isn't built in",
                    "end the chain with a rule");
        } else if (!known) {
            errors.add(c.extra == null ? c.chain : c.extra, "a policy must be ACCEPT or DROP",
                    "for another answer add a last rule");
        } else if (c.table == Table.NAT && c.extra.is("DROP")) {
            errors.add(c.extra, "DROP in the table nat", ChainCheck.NAT_DROP);
        } else {
            chain.policy = Policy.valueOf(c.extra.text);
            chain.policyAt = c.extra;
        }
    }

    /**
     * -A, -I, -R and -D. Several rules of one -I each go to the same place, so they end up reversed, as iptables does
     * it.
     */
    private void change(DraftTable table, DraftChain chain, CommandParser.Command c) {
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
            errors.add(c.numberAt == null ? c.verbAt : c.numberAt,
                    "no rule " + c.number + " in " + chain.name + ", it has " + chain.size(),
                    "correct the number, or use -A");
        } else if (c.verb == 'R' && c.rules.size() != 1) {
            errors.add(c.verbAt, "-R with a list of addresses", "one rule can't be replaced by several");
        } else if (c.verb == 'D') {
            chain.remove(index);
            count--;
        } else {
            if (c.verb == 'R') { chain.remove(index); }
            for (Rule rule : c.rules) {
                chain.insert(c.verb == 'A' ? chain.size() : index, table.entry(rule, c));
            }
        }
    }

    private void delete(DraftChain chain, CommandParser.Command c) {
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
                for (DraftChain.Entry entry : chain.rules()) {
                    rules.add(entry.rule);
                }
                chains.add(new Chain(chain.name, chain.policy, rules));
            }
            all = all.with(family, table.table, chains);
        }
        return all;
    }
}
