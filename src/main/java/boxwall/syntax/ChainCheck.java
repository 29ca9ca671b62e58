package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import boxwall.syntax.TableBuilder.DraftChain;
import boxwall.syntax.TableBuilder.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks a complete table: jumps to missing chains, loops, and extensions in a table or under a hook where the kernel
 * refuses them. As in the kernel, the hooks of a user's chain are those from which jumps lead to it.
 */
final class ChainCheck {
    private final Table table;
    private final Family family;
    private final Map<String, DraftChain> chains;
    private final UnknownExtensions foreign;
    private final Errors errors;
    private final Extensions known = Extensions.get();

    ChainCheck(TableBuilder.DraftTable draft, Family family, UnknownExtensions foreign, Errors errors) {
        this.table = draft.table;
        this.family = family;
        this.chains = draft.chains;
        this.foreign = foreign;
        this.errors = errors;
    }

    void run() {
        for (DraftChain chain : chains.values()) {
            for (Entry entry : chain.rules()) {
                jump(entry);
                noteUnknown(entry);
            }
        }
        loops();
        Map<String, Set<Hook>> reached = reached();
        for (DraftChain chain : chains.values()) {
            Set<Hook> hooks = reached.get(chain.name);
            for (Entry entry : chain.rules()) {
                Target target = entry.rule.target;
                if (target != null && !target.isGoto()) { place(target, entry.targetAt, hooks); }
                for (Match match : entry.rule.matches) {
                    place(match, entry.at, hooks);
                }
            }
        }
    }

    private boolean isChain(Target target) { return target != null && known.target(target.name, family) == null; }

    void jump(Entry entry) {
        Target target = entry.rule.target;
        if (target != null && table == Table.NAT && target.name.equals("DROP")) {
            errors.add(entry.targetAt, "DROP in the table nat", TableBuilder.NAT_DROP);
        }
        if (!isChain(target)) { return; }
        DraftChain to = chains.get(target.name);
        if (to == null && foreign.has(true, target.name, family) && !target.isGoto()) { return; }
        if (to == null && errors.isFull()) {
            errors.more();
        } else if (to == null) {
            List<String> names = known.names(true, family);
            for (DraftChain chain : chains.values()) {
                if (!chain.builtin) { names.add(chain.name); }
            }
            errors.add(entry.targetAt,
                    "no target and no chain " + Characters.show(target.name) + " in the table " + table.word(),
                    Suggestion.hint(target.name, names, "make the chain with -N " + target.name));
        } else if (to.builtin) {
            errors.add(entry.targetAt, "a jump to " + to.name + ", which is built in", "jump to a chain of your own");
        }
    }

    /** Notes which extensions of a rule only the box knows. */
    private void noteUnknown(Entry entry) {
        StringBuilder names = new StringBuilder();
        for (Match match : entry.rule.matches) {
            names.append(known.match(match.name, family) == null ? " -m " + match.name : "");
        }
        Target target = entry.rule.target;
        boolean unknown = isChain(target) && !chains.containsKey(target.name) && foreign.has(true, target.name, family);
        names.append(unknown ? " -j " + target.name : "");
        if (names.length() > 0) {
            errors.note(entry.rule.origin,
                    "passes unchecked:" + names + " is this box's own, what it does isn't known here");
        }
    }

    /** The rules of a chain that jump to a user's chain. */
    private List<Entry> jumps(String chain) {
        List<Entry> jumps = new ArrayList<>();
        for (Entry entry : chains.get(chain).rules()) {
            DraftChain to = isChain(entry.rule.target) ? chains.get(entry.rule.target.name) : null;
            if (to != null && !to.builtin) { jumps.add(entry); }
        }
        return jumps;
    }

    /** Searches depth first, without recursion: chains can be nested deeper than the stack of a small JVM. */
    private void loops() {
        Set<String> visited = new HashSet<>();
        Deque<String> path = new ArrayDeque<>();
        // the jumps still to follow of each chain on the path
        Map<String, List<Entry>> open = new HashMap<>();
        for (String start : chains.keySet()) {
            visit(start, visited, path, open);
            while (!path.isEmpty()) {
                List<Entry> jumps = open.get(path.peek());
                if (jumps.isEmpty()) {
                    open.remove(path.pop());
                    continue;
                }
                Entry entry = jumps.remove(jumps.size() - 1);
                String next = entry.rule.target.name;
                if (open.containsKey(next)) {
                    errors.add(entry.targetAt, "a loop: " + loop(path, next), "break it; the kernel refuses loops");
                }
                visit(next, visited, path, open);
            }
        }
    }

    /** {@code a -> b -> a}: the chains of a path, whose last is its first element, from one of them back to it. */
    private static String loop(Deque<String> path, String chain) {
        StringBuilder loop = new StringBuilder(chain);
        for (String name : path) {
            loop.insert(0, name + " -> ");
            if (name.equals(chain)) { break; }
        }
        return Characters.cut(loop.toString(), 200);
    }

    private void visit(String chain, Set<String> visited, Deque<String> path, Map<String, List<Entry>> open) {
        if (visited.add(chain)) {
            path.push(chain);
            open.put(chain, jumps(chain));
        }
    }

    /** The hooks from which jumps lead to each chain. */
    private Map<String, Set<Hook>> reached() {
        Map<String, Set<Hook>> reached = new HashMap<>();
        for (String name : chains.keySet()) {
            reached.put(name, new TreeSet<Hook>());
        }
        for (Hook hook : table.hooks) {
            Deque<String> open = new ArrayDeque<>();
            open.push(hook.name());
            while (!open.isEmpty()) {
                String name = open.pop();
                if (reached.get(name).add(hook)) {
                    for (Entry entry : jumps(name)) {
                        open.push(entry.rule.target.name);
                    }
                }
            }
        }
        return reached;
    }

    /** Checks whether the kernel allows an extension in this table under these hooks. */
    private void place(Clause clause, Word at, Set<Hook> hooks) {
        Extension extension = known.of(clause, family);
        if (extension == null) { return; }
        if (!extension.tables.contains(table)) {
            errors.add(at, clause.letter + " " + clause.name + " in the table " + table.word(),
                    "it works in " + Words.join(extension.tables, ", ").toLowerCase(Locale.ROOT) + " only");
        } else {
            hooks(clause.letter + " ", clause.name, extension.hooks, at, hooks);
        }
        for (Option option : clause.options) {
            OptionSpec spec = extension.printed(option.name);
            if (spec != null) { hooks("", option.name, spec.hooks(option.value()), at, hooks); }
        }
    }

    private void hooks(String letter, String name, Set<Hook> allowed, Word at, Set<Hook> hooks) {
        if (allowed == ExtensionRow.ALL_HOOKS) { return; }
        for (Hook hook : hooks) {
            if (!allowed.contains(hook)) {
                errors.add(at, letter + name + " where packets of " + hook + " come by",
                        "it works in " + Words.join(allowed, ", ") + " only");
                return;
            }
        }
    }
}
