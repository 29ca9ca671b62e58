package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.modules.FeatureKind;
import boxwall.modules.KernelGeneration;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Converts a table to rules without connection tracking. Nothing in the result loads conntrack: the nat table and every
 * match and target that need it are removed, and state matches are replaced ({@link Replacements}, {@link UdpReplies}).
 * {@link Fragments} adds rules for later fragments.
 */
final class Stateless {
    /** Matches and targets with a substitute that does nearly the same for a single packet. */
    private static final List<String> SUBSTITUTED = Arrays.asList("-m connlimit", "-m connmark", "-j CONNMARK");

    private final Family family;
    private final Table table;
    private final List<Note> notes;
    private final ChainGraph graph;
    private final UdpReplies udpReplies;
    private final Replacements replacements;
    private final Fragments fragments;

    private Stateless(Family family, Table table, List<Chain> chains, BoxFacts facts, List<Note> notes) {
        this.family = family;
        this.table = table;
        this.notes = notes;
        graph = new ChainGraph(table, chains);
        udpReplies = new UdpReplies(family, table, facts, graph);
        replacements = new Replacements(family, graph);
        fragments = new Fragments(family, graph, notes);
    }

    /** Removes the state matches of these families; the other families keep theirs. Notes say what changes. */
    static Ruleset of(Ruleset ruleset, Set<Family> families, BoxFacts facts, List<Note> notes) {
        Ruleset result = ruleset;
        for (Family family : families) {
            result = result.without(family);
            for (Table table : ruleset.tables(family)) {
                List<Chain> chains = ruleset.chains(family, table);
                if (table == Table.NAT) {
                    leaveOut(chains, notes);
                } else {
                    result = result.with(family, table, new Stateless(family, table, chains, facts, notes).chains());
                }
            }
        }
        return result;
    }

    private static void leaveOut(List<Chain> chains, List<Note> notes) {
        for (Chain chain : chains) {
            for (Rule rule : chain.rules) {
                notes.add(Note.of("nat", rule.origin));
            }
        }
    }

    private List<Chain> chains() {
        Set<String> fragmented = fragmented();
        List<Chain> result = new ArrayList<>();
        for (List<Chain> copies : graph.chainsWithCopies()) {
            Map<String, List<Rule>> converted = convert(copies);
            for (Chain chain : copies) {
                List<Rule> rules = converted.get(chain.name);
                result.add(chain.withRules(fragmented.contains(chain.name) ? fragments.with(rules) : rules));
            }
        }
        result.addAll(replacements.chains());
        for (Hook hook : table.hooks) {
            for (Chain chain : udpReplies.chains(hook)) {
                result.add(fragmented.contains(hook.name()) ? chain.withRules(fragments.with(chain.rules)) : chain);
            }
        }
        if (fragments.chain() != null) { result.add(fragments.chain()); }
        return result;
    }

    /**
     * The chains that later fragments reach. IPv4 reassembles packets to the box itself before INPUT (ip_local_deliver
     * in net/ipv4/ip_input.c), IPv6 after it (ip6_input_finish); both fragment what the box sends after OUTPUT.
     */
    private Set<String> fragmented() {
        Set<String> chains = new HashSet<>(graph.reachable("FORWARD"));
        chains.addAll(graph.reachable("PREROUTING"));
        if (family == Family.IPV6) { chains.addAll(graph.reachable("INPUT")); }
        return chains;
    }

    /** The new rules of a chain and of its copies, by name. */
    private Map<String, List<Rule>> convert(List<Chain> copies) {
        Map<String, List<Rule>> converted = new HashMap<>();
        for (Chain chain : copies) {
            converted.put(chain.name, new ArrayList<Rule>(chain.rules.size()));
        }
        for (int i = 0; i < copies.get(0).rules.size(); i++) {
            Cancelled.check();
            Rule rule = copies.get(0).rules.get(i);
            if (!isAllowed(rule)) { continue; }
            if (RuleStates.matchOf(rule) != null) {
                replace(copies, i, converted);
                continue;
            }
            for (Chain chain : copies) {
                converted.get(chain.name).add(chain.rules.get(i));
            }
        }
        return converted;
    }

    /** Whether a rule needs connection tracking for its states only; adds a note if not. */
    private boolean isAllowed(Rule rule) {
        String lost = rule.target != null && KernelGeneration.tracks(FeatureKind.TARGET, rule.target.name)
                ? "-j " + rule.target.name : null;
        for (Match match : rule.matches) {
            if (KernelGeneration.tracks(FeatureKind.MATCH, match.name) && !RuleStates.isState(match)) {
                lost = "-m " + match.name;
                break;
            }
        }
        if (lost == null) { return true; }
        boolean untracks = lost.equals("-j NOTRACK") || lost.equals("-j CT");
        note(untracks ? "untracks" : SUBSTITUTED.contains(lost) ? "tracks " + lost : "tracks", rule, lost);
        return false;
    }

    /** Adds the rules that replace one with a state match, in a chain and in its copies; one note for all. */
    private void replace(List<Chain> copies, int index, Map<String, List<Rule>> converted) {
        Rule rule = copies.get(0).rules.get(index);
        Set<ConnectionState> states = RuleStates.of(rule);
        if (states == null) {
            note("other-condition", rule, RuleStates.matchOf(rule));
            return;
        }
        boolean drops = graph.onlyDrops(rule.target);
        boolean isReplaced = false;
        int replies = 0;
        for (Chain chain : copies) {
            List<Rule> replaced = replacements.of(chain.rules.get(index), states, drops);
            List<Rule> forReplies = udpReplies.insteadOf(chain.rules.get(index), chain.name);
            converted.get(chain.name).addAll(replaced);
            converted.get(chain.name).addAll(forReplies);
            isReplaced |= !replaced.isEmpty();
            replies += udpReplies.count(forReplies);
        }
        explain(rule, states, isReplaced, replies, drops);
    }

    private void explain(Rule rule, Set<ConnectionState> states, boolean isReplaced, int replies, boolean drops) {
        boolean established = states.contains(ConnectionState.ESTABLISHED);
        boolean opening = states.contains(ConnectionState.NEW);
        boolean related = states.contains(ConnectionState.RELATED);
        if (!isReplaced && replies == 0) {
            note(established && Replacements.concerns(rule, "udp") ? "unseen.udp"
                    : established || related || opening ? "unseen.state" : "unseen", rule, states);
            return;
        }
        List<String> meanings = new ArrayList<>();
        if (established && opening && related) {
            meanings.add(Note.text("means.all", states));
        } else {
            if (opening) { meanings.add(Note.text("means.new")); }
            if (established) {
                meanings.add(Note.text(
                        opening ? "means.established.new" : drops ? "means.established.drops" : "means.established",
                        replies));
            }
            if (related) { meanings.add(Note.text("means.related")); }
        }
        note("replaced", rule, Words.join(meanings, "; "),
                states.contains(ConnectionState.INVALID) ? "; INVALID can't be recognised" : "");
    }

    private void note(String row, Rule rule, Object... values) { notes.add(Note.of(row, rule.origin, values)); }
}
