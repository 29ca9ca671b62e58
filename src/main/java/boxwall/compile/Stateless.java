package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.modules.KernelGeneration;
import boxwall.modules.Kind;
import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A ruleset without connection tracking, and what that changes. Nothing of the result loads conntrack: the nat table
 * and every match and target that need it are gone, state matches are replaced by {@link Replacements} and
 * {@link Mirror}, {@link Fragments} come beside.
 */
final class Stateless {
    /** What does nearly the same for a single packet. */
    private static final Map<String, String> INSTEAD = new HashMap<>();

    static {
        INSTEAD.put("-m connlimit", "-m hashlimit or -m recent, which count packets and need no connection tracking");
        INSTEAD.put("-m connmark", "-m mark, and -j MARK where CONNMARK stood");
        INSTEAD.put("-j CONNMARK", "-j MARK, for each packet separately");
    }

    private final Ruleset ruleset;
    private final BoxFacts facts;
    /** What the result decides otherwise, by the user's line. */
    final List<Note> notes = new ArrayList<>();
    private Ruleset result;

    private Stateless(Ruleset ruleset, BoxFacts facts) {
        this.ruleset = ruleset;
        this.facts = facts;
        result = ruleset;
    }

    /** Compiles the state matches of some families' rules away; the other families' stay as they are. */
    static Stateless of(Ruleset ruleset, Set<Family> families, BoxFacts facts) {
        Stateless stateless = new Stateless(ruleset, facts);
        for (Family family : Family.values()) {
            if (!families.contains(family)) { continue; }
            stateless.result = stateless.result.without(family);
            for (Table table : ruleset.tables(family)) {
                stateless.table(family, table);
            }
        }
        return stateless;
    }

    /** The ruleset without any state. */
    Ruleset ruleset() { return result; }

    private void table(Family family, Table table) {
        if (table == Table.NAT) {
            for (Chain chain : ruleset.chains(family, table)) {
                for (Rule rule : chain.rules) {
                    loss(rule, "the nat table needs connection tracking, which this box refuses: left out",
                            "use AVM's own page to translate addresses and forward ports");
                }
            }
            return;
        }
        Jumps jumps = new Jumps(ruleset, family, table);
        List<String> taking = taking(jumps);
        Mirror mirror = new Mirror(family, table, facts, jumps, taking.size());
        // an answer passes by hook: in a chain of INPUT and FORWARD the box's answers would pass through it as well
        if (mirror.hasQuestions() && jumps.copyPerHook(taking)) {
            mirror = new Mirror(family, table, facts, jumps, taking(jumps).size());
        }
        Replacements replacements = new Replacements(family, jumps);
        Fragments fragments = new Fragments(family, jumps, notes);
        Set<String> fragmented = fragmented(family, jumps);
        List<Chain> chains = new ArrayList<>();
        for (Chain chain : jumps.chains()) {
            List<Rule> rules = new ArrayList<>();
            int said = notes.size();
            for (Rule rule : chain.rules) {
                Abandoned.check();
                if (mayStay(rule)) { addWithoutState(chain.name, rule, mirror, jumps, replacements, rules); }
            }
            if (jumps.isCopy(chain.name)) { notes.subList(said, notes.size()).clear(); }
            chains.add(chain.withRules(fragmented.contains(chain.name) ? fragments.with(rules) : rules));
        }
        chains.addAll(replacements.chains());
        for (Hook hook : table.hooks) {
            for (Chain chain : mirror.chains(hook)) {
                chains.add(fragmented.contains(hook.name()) ? chain.withRules(fragments.with(chain.rules)) : chain);
            }
        }
        if (fragments.chain() != null) { chains.add(fragments.chain()); }
        result = result.with(family, table, chains);
    }

    /**
     * The chains that later fragments get to. What is for the box itself IPv4 puts together before INPUT
     * (ip_local_deliver in net/ipv4/ip_input.c), IPv6 after it (ip6_input_finish); what the box sends is cut after
     * OUTPUT in both.
     */
    private static Set<String> fragmented(Family family, Jumps jumps) {
        Set<String> chains = new HashSet<>(jumps.any("FORWARD"));
        chains.addAll(jumps.any("PREROUTING"));
        if (family == Family.IPV6) { chains.addAll(jumps.any("INPUT")); }
        return chains;
    }

    /** The chain of each rule that lets answers in. */
    private static List<String> taking(Jumps jumps) {
        List<String> chains = new ArrayList<>();
        for (Chain chain : jumps.chains()) {
            for (Rule rule : chain.rules) {
                if (States.matchOf(rule) != null && takesAnswers(rule, States.of(rule), jumps)) {
                    chains.add(chain.name);
                }
            }
        }
        return chains;
    }

    private static boolean takesAnswers(Rule rule, Set<State> states, Jumps jumps) {
        return states != null && states.contains(State.ESTABLISHED) && !states.contains(State.NEW)
                && !jumps.onlyDrops(rule.target);
    }

    /** Whether nothing of a rule needs connection tracking but its states; says so if not. */
    private boolean mayStay(Rule rule) {
        String lost = rule.target != null && KernelGeneration.tracks(Kind.TARGET, rule.target.name)
                ? "-j " + rule.target.name : null;
        for (Match match : rule.matches) {
            if (KernelGeneration.tracks(Kind.MATCH, match.name) && !States.isState(match)) {
                lost = "-m " + match.name;
                break;
            }
        }
        if (lost == null) { return true; }
        if (lost.equals("-j NOTRACK") || lost.equals("-j CT")) {
            note(rule, lost + " is for connection tracking, which this box lacks: the rule is left out");
        } else {
            loss(rule, lost + " needs connection tracking, which this box refuses: the rule is left out",
                    INSTEAD.containsKey(lost) ? INSTEAD.get(lost)
                            : "the same rule without " + lost + ", if that is enough; else leave the rule out");
        }
        return false;
    }

    private void addWithoutState(String chain, Rule rule, Mirror mirror, Jumps jumps, Replacements replacements,
            List<Rule> rules) {
        if (States.matchOf(rule) == null) {
            rules.add(rule);
            return;
        }
        Set<State> states = States.of(rule);
        if (states == null) {
            loss(rule, States.matchOf(rule) + " does not work without connection tracking: the rule is left out",
                    "the addresses and ports themselves (-s, -d, --dport), or leave the rule out");
            return;
        }
        boolean drops = jumps.onlyDrops(rule.target);
        List<Rule> made = replacements.of(rule, states, drops);
        boolean takes = takesAnswers(rule, states, jumps);
        List<Rule> mirrored = takes ? mirror.answersFor(chain, rule) : Collections.<Rule>emptyList();
        int answers = mirror.count(mirrored);
        for (String copy : takes ? jumps.copiesOf(chain) : Collections.<String>emptyList()) {
            answers += mirror.count(mirror.answersFor(copy, rule));
        }
        explain(rule, states, made.size(), answers, drops);
        rules.addAll(made);
        rules.addAll(mirrored);
    }

    private void explain(Rule rule, Set<State> states, int replaced, int answers, boolean drops) {
        if (replaced + answers == 0) {
            String text = states + " can't be recognised in a single packet: the rule is left out";
            if (states.contains(State.ESTABLISHED) && Replacements.concerns(rule, "udp")) {
                loss(rule, text, "accept the request with its remote port, then the replies pass here:"
                        + " -A OUTPUT -o $WAN_IF -p udp --dport 53 -j ACCEPT, or -A FORWARD -i $LAN_IF -o $WAN_IF for the LAN's");
            } else if (states.contains(State.ESTABLISHED) || states.contains(State.RELATED)
                    || states.contains(State.NEW)) {
                loss(rule, text, "a rule without a state");
            } else {
                note(rule, text);
            }
            return;
        }
        boolean established = states.contains(State.ESTABLISHED);
        boolean opening = states.contains(State.NEW);
        boolean related = states.contains(State.RELATED);
        List<String> meant = new ArrayList<>();
        if (established && opening && related) {
            meant.add(states + " means every packet, including those that netfilter calls INVALID");
        } else {
            if (opening) {
                meant.add("NEW means TCP opening segments, all UDP, ICMP requests and all other protocols");
            }
            if (established) {
                meant.add("ESTABLISHED means TCP with ACK or RST set, replies to ICMP requests"
                        + (opening ? "" : drops ? ", and all UDP" : ", and UDP from the fixed remote ports (" + answers
                                + " reply rules); anybody can forge such packets, and replies of other protocols don't pass"));
            }
            if (related) { meant.add("RELATED means ICMP errors only: FTP data and the like don't pass"); }
        }
        note(rule, "without connection tracking " + Words.join(meant, "; ")
                + (states.contains(State.INVALID) ? "; INVALID can't be recognised" : ""));
    }

    private void loss(Rule rule, String text, String instead) { notes.add(new Note(rule.origin, text, instead)); }

    private void note(Rule rule, String text) { notes.add(new Note(rule.origin, text)); }
}
