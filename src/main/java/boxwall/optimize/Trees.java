package boxwall.optimize;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.syntax.Note;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Long lists as trees of chains: a packet is led by the first bits of its address, by its interface or protocol, to the
 * few rules that it may match. <pre>
 * -A INPUT -s 10.1.2.3/32 -j DROP               -A INPUT -s 8.0.0.0/5 -j bw_INPUT_1
 * -A INPUT -s 10.9.9.9/32 -j DROP         -&gt;    -A bw_INPUT_1 -s 10.1.2.3/32 -j DROP
 * … a hundred more that begin with 8 to 15      … and so on, in further chains
 * </pre> Every rule stays as it is, and those that one packet may match stay in their order: the packet sees the same
 * ones one after the other, so their counters stay right as well. A jump asks only what all rules behind it ask, and
 * has no line of its own: its origin is the file.
 */
final class Trees {
    /** A list that is shorter than this is no worse than the jumps. */
    static final int LEAST = 16;
    /**
     * Rules that stand in a row in the end. Fewer would be faster by little, and take more chains: some 480 bytes of
     * the kernel's each.
     */
    private static final int LEAF = 8;
    /** Jumps beside each other for one address: half as many levels as with two, and hardly more jumps. */
    private static final int JUMPS = 4;
    /** XT_EXTENSION_MAXNAMELEN less the closing zero, as iptables before 1.4.18 counts it. */
    private static final int NAME_MAX = 28;

    private final Family family;
    private final Set<String> users;
    private final Set<String> taken;
    private final List<Note> notes;
    /** The chains made so far. */
    final List<Chain> made = new ArrayList<>();
    private String chain;
    private int number;

    /**
     * A forest for one table.
     *
     * @param users the user's chains, which may be jumped to
     * @param taken all names that are taken; gets the new ones
     */
    Trees(Family family, Set<String> users, Set<String> taken, List<Note> notes) {
        this.family = family;
        this.users = users;
        this.taken = taken;
        this.notes = notes;
    }

    /** A chain with its long lists behind jumps. */
    Chain of(Chain given) {
        chain = given.name();
        number = 0;
        List<Rule> rules = given.rules();
        for (TreeParts.Key by : TreeParts.Key.values()) {
            List<Rule> next = new ArrayList<>();
            int at = 0;
            while (at < rules.size()) {
                Abandoned.check();
                int end = at;
                while (end < rules.size() && movable(rules.get(end)) && by.reads(rules.get(end), family)) {
                    end++;
                }
                next.addAll(
                        end - at < LEAST ? rules.subList(at, Math.max(end, at + 1)) : planted(rules.subList(at, end)));
                at = Math.max(end, at + 1);
            }
            rules = next;
        }
        return rules.size() == given.rules().size() ? given : given.withRules(rules);
    }

    /** A jump that comes back is as good as a verdict here: the rule stays whole. RETURN would come back too early. */
    private boolean movable(Rule rule) {
        Target target = rule.target;
        boolean jumps = target != null && !target.isGoto() && users.contains(target.name);
        return (jumps || RuleOrder.ends(rule)) && RuleOrder.asks(rule, family);
    }

    private List<Rule> planted(List<Rule> run) {
        int before = made.size();
        Rule common = TreeParts.common(run, family);
        List<Rule> body = common == null ? body(run) : Collections.singletonList(jump(common, run));
        int most = most(body);
        notes.add(new Note(run.get(0).origin,
                "begins a list of " + run.size() + " rules of " + chain + " that became " + (made.size() - before)
                        + " chains bw_*: a packet is compared with at most " + most + " of their rules"));
        return body;
    }

    private List<Rule> body(List<Rule> run) {
        TreeParts best = null;
        for (TreeParts.Key by : run.size() > LEAF ? TreeParts.Key.values() : new TreeParts.Key[0]) {
            TreeParts found =
                    by.isAddress() ? TreeParts.byAddress(run, by, JUMPS, LEAF) : TreeParts.byName(run, by, family);
            best = found != null && (best == null || found.cost() < best.cost()) ? found : best;
        }
        if (best == null || best.cost() >= run.size()) { return run; }
        List<Rule> body = new ArrayList<>(best.before);
        for (List<Rule> part : best.parts) {
            body.addAll(
                    part.size() <= 2 ? part : Collections.singletonList(jump(TreeParts.common(part, family), part)));
        }
        return body;
    }

    private Rule jump(Rule common, List<Rule> part) {
        String name = name();
        int place = made.size();
        made.add(null);
        made.set(place, new Chain(name, null, body(part)));
        return common.copy().target(Target.of(name)).build();
    }

    private String name() {
        String name;
        do {
            String end = "_" + ++number;
            String from = "bw_" + chain;
            name = from.substring(0, Math.min(from.length(), NAME_MAX - end.length())) + end;
        } while (!taken.add(name));
        return name;
    }

    /** Rules that a packet is compared with at most: the parts of one body have no packet in common. */
    private int most(List<Rule> body) {
        int deepest = 0;
        for (Rule rule : body) {
            for (Chain tree : made) {
                deepest = rule.target.name.equals(tree.name()) ? Math.max(deepest, most(tree.rules())) : deepest;
            }
        }
        return body.size() + deepest;
    }
}
