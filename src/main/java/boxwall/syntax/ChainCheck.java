package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What only shows when a table is complete: jumps to chains that aren't there, loops, and extensions in a table or
 * under a hook where the kernel refuses them. The kernel judges a user's chain by the hooks from which it can be
 * reached; so does this.
 */
final class ChainCheck {
    private final Table table;
    private final Family family;
    private final Map<String, DraftChain> chains;
    private final Foreign foreign;
    private final Errors errors;
    private final Map<String, Set<Hook>> reached = new HashMap<>();

    ChainCheck(Table table, Family family, Draft.DraftTable draft, Foreign foreign, Errors errors) {
        this.table = table;
        this.family = family;
        this.chains = draft.chains;
        this.foreign = foreign;
        this.errors = errors;
    }

    /** Judges the table; notes what passes as it is. */
    void run() {
        for (DraftChain chain : chains.values()) {
            for (DraftChain.Entry entry : chain.rules()) {
                jump(entry);
                opaque(entry);
            }
        }
        loops();
        reach();
        for (DraftChain chain : chains.values()) {
            for (DraftChain.Entry entry : chain.rules()) {
                places(entry, reached.get(chain.name));
            }
        }
    }

    private boolean isChain(Target target) {
        return target != null && Extensions.get().target(target.name, family) == null;
    }

    private void jump(DraftChain.Entry entry) {
        Target target = entry.rule().target;
        if (target != null && table == Table.NAT && target.name.equals("DROP")) {
            errors.add(entry.targetAt, "DROP in the table nat",
                    "iptables refuses it: that table sees first packets only; use filter");
        }
        if (!isChain(target)) { return; }
        DraftChain to = chains.get(target.name);
        if (to == null && foreign.has(true, target.name, family) && !target.isGoto()) { return; }
        if (to == null && errors.isFull()) {
            errors.more();
        } else if (to == null) {
            List<String> names = new ArrayList<>(Extensions.get().names(true, family));
            for (DraftChain chain : chains.values()) {
                if (!chain.builtin) { names.add(chain.name); }
            }
            errors.add(entry.targetAt,
                    "no target and no chain " + Errors.show(target.name) + " in the table " + table.word(),
                    Nearest.hint(target.name, names, "make the chain with -N " + target.name));
        } else if (to.builtin) {
            errors.add(entry.targetAt, "a jump to " + to.name + ", which is built in", "jump to a chain of your own");
        }
    }

    /** Says which of a rule's extensions are the box's own, unknown here. */
    private void opaque(DraftChain.Entry entry) {
        StringBuilder names = new StringBuilder();
        for (Match match : entry.rule().matches()) {
            names.append(Extensions.get().match(match.name, family) == null ? " -m " + match.name : "");
        }
        Target target = entry.rule().target;
        boolean own = isChain(target) && !chains.containsKey(target.name) && foreign.has(true, target.name, family);
        names.append(own ? " -j " + target.name : "");
        if (names.length() > 0) {
            errors.note(entry.rule().origin,
                    "passes unchecked:" + names + " is this box's own, what it does isn't known here");
        }
    }

    private List<DraftChain.Entry> jumps(String chain) {
        List<DraftChain.Entry> jumps = new ArrayList<>();
        DraftChain from = chains.get(chain);
        for (DraftChain.Entry entry : from.rules()) {
            Target target = entry.rule().target;
            if (isChain(target) && chains.containsKey(target.name) && !chains.get(target.name).builtin) {
                jumps.add(entry);
            }
        }
        return jumps;
    }

    /** A walk that keeps its own stack: a file can nest chains deeper than a small JVM's stack goes. */
    private void loops() {
        Set<String> done = new HashSet<>();
        for (String start : chains.keySet()) {
            Deque<String> path = new ArrayDeque<>();
            Deque<List<DraftChain.Entry>> open = new ArrayDeque<>();
            Set<String> onPath = new HashSet<>();
            if (done.add(start)) {
                path.push(start);
                onPath.add(start);
                open.push(jumps(start));
            }
            while (!path.isEmpty()) {
                List<DraftChain.Entry> left = open.peek();
                if (left.isEmpty()) {
                    open.pop();
                    onPath.remove(path.pop());
                    continue;
                }
                DraftChain.Entry entry = left.remove(left.size() - 1);
                String to = entry.rule().target.name;
                if (onPath.contains(to)) {
                    errors.add(entry.targetAt, "a loop: " + to + " comes back to itself here",
                            "break it; the kernel refuses loops");
                } else if (done.add(to)) {
                    path.push(to);
                    onPath.add(to);
                    open.push(jumps(to));
                }
            }
        }
    }

    private void reach() {
        for (String name : chains.keySet()) {
            reached.put(name, new TreeSet<Hook>());
        }
        for (Hook hook : table.hooks) {
            Deque<String> todo = new ArrayDeque<>();
            todo.push(hook.name());
            while (!todo.isEmpty()) {
                String name = todo.pop();
                if (reached.get(name).add(hook)) {
                    for (DraftChain.Entry entry : jumps(name)) {
                        todo.push(entry.rule().target.name);
                    }
                }
            }
        }
    }

    private void places(DraftChain.Entry entry, Set<Hook> hooks) {
        Target target = entry.rule().target;
        if (target != null && !target.isGoto()) {
            Extension e = Extensions.get().target(target.name, family);
            place(e, "-j " + target.name, entry.targetAt, hooks);
            options(e, target.options, entry.targetAt, hooks);
        }
        for (Match match : entry.rule().matches()) {
            Extension e = Extensions.get().match(match.name, family);
            place(e, "-m " + match.name, entry.at, hooks);
            options(e, match.options, entry.at, hooks);
        }
    }

    private void place(Extension e, String name, Word at, Set<Hook> hooks) {
        if (e == null) { return; }
        if (!e.tables.contains(table)) {
            errors.add(at, name + " in the table " + table.word(), "it works in " + words(e.tables) + " only");
            return;
        }
        hooks(name, e.hooks, at, hooks);
    }

    private void options(Extension e, List<Option> options, Word at, Set<Hook> hooks) {
        for (Option option : options) {
            OptionSpec spec = e == null ? null : e.printed(option.name);
            if (spec != null) { hooks(option.name, spec.hooks(option.value()), at, hooks); }
        }
    }

    private void hooks(String name, Set<Hook> allowed, Word at, Set<Hook> hooks) {
        for (Hook hook : hooks) {
            if (!allowed.contains(hook)) {
                errors.add(at, name + " where packets of " + hook + " come by",
                        "it works in " + words(allowed) + " only");
                return;
            }
        }
    }

    private static String words(Set<?> set) {
        StringBuilder out = new StringBuilder();
        for (Object each : set) {
            out.append(out.length() == 0 ? "" : ", ")
                    .append(each instanceof Table ? ((Table) each).word() : each.toString());
        }
        return out.toString();
    }
}
