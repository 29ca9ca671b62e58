package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.syntax.Note;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A ruleset without connection tracking, and what that changes. Nothing of the result loads conntrack: the nat table and every match
 * and target that need it are gone, state matches are replaced by {@link Pieces} and {@link Mirror}.
 */
final class Stateless {
    /** Matches that need conntrack and that no single packet can answer. */
    private static final Set<String> MATCHES = new HashSet<String>(Arrays.asList("connlimit", "connbytes", "connmark", "helper",
            "connlabel", "cluster"));
    private static final Set<String> TARGETS = new HashSet<String>(Arrays.asList("CT", "NOTRACK", "MASQUERADE", "SNAT", "DNAT",
            "REDIRECT", "NETMAP", "SAME", "CONNMARK", "CONNSECMARK", "SYNPROXY"));

    private final Ruleset ruleset;
    private final String localPorts;
    private final String wan;
    private final List<Note> notes = new ArrayList<Note>();
    private Ruleset result = Ruleset.empty();

    private Stateless(Ruleset ruleset, String localPorts, String wan) {
        this.ruleset = ruleset;
        this.localPorts = localPorts;
        this.wan = wan;
    }

    /**
     * Compiles the state matches of a ruleset away.
     *
     * @param families of which; the others stay as they are
     * @param localPorts {@code low:high} of ip_local_port_range
     * @param wan the WAN interface's name, or null
     */
    static Stateless of(Ruleset ruleset, Set<Family> families, String localPorts, String wan) {
        Stateless stateless = new Stateless(ruleset, localPorts, wan);
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                if (families.contains(family)) {
                    stateless.table(family, table);
                } else {
                    stateless.result = stateless.result.with(family, table, ruleset.chains(family, table));
                }
            }
        }
        return stateless;
    }

    /** The ruleset without any state. */
    Ruleset ruleset() {
        return result;
    }

    /** What the result decides otherwise, by the user's line. */
    List<Note> notes() {
        return notes;
    }

    private void table(Family family, Table table) {
        if (table == Table.NAT) {
            for (Chain chain : ruleset.chains(family, table)) {
                for (Rule rule : chain.rules()) {
                    note(rule, "the nat table needs connection tracking, which this box refuses: left out");
                }
            }
            return;
        }
        Mirror mirror = new Mirror(ruleset, family, table, localPorts, wan);
        Jumps jumps = new Jumps(ruleset, family, table);
        Set<String> fragmented = new HashSet<String>(jumps.any("FORWARD"));
        fragmented.addAll(jumps.any("PREROUTING"));
        List<Chain> chains = new ArrayList<Chain>();
        for (Chain chain : ruleset.chains(family, table)) {
            List<Rule> rules = new ArrayList<Rule>();
            for (Rule rule : chain.rules()) {
                rules.addAll(withoutState(family, chain.name(), rule, mirror));
            }
            boolean seesFragments = family == Family.IPV4 && fragmented.contains(chain.name());
            chains.add(chain.withRules(seesFragments ? withFragments(rules) : rules));
        }
        result = result.with(family, table, chains);
    }

    private List<Rule> withoutState(Family family, String chain, Rule rule, Mirror mirror) {
        List<Rule> rules = new ArrayList<Rule>();
        String lost = needsConntrack(rule);
        if (lost != null) {
            note(rule, lost + " needs connection tracking, which this box refuses: the rule is left out");
            return rules;
        }
        Match match = State.matchOf(rule);
        if (match == null) {
            rules.add(rule);
            return rules;
        }
        Set<State> states = State.of(match);
        if (states == null) {
            note(rule, match + " can't be had without connection tracking: the rule is left out");
            return rules;
        }
        rules.addAll(Pieces.of(family, rule, states));
        int answers = 0;
        if (states.contains(State.ESTABLISHED) && !states.contains(State.NEW) && Target.ACCEPT.equals(rule.target())) {
            List<Rule> mirrored = mirror.answersFor(chain, rule);
            answers = mirrored.size();
            rules.addAll(mirrored);
        }
        explain(rule, states, rules.size() - answers, answers);
        return rules;
    }

    private static String needsConntrack(Rule rule) {
        for (Match match : rule.matches()) {
            if (MATCHES.contains(match.name())) {
                return "-m " + match.name();
            }
        }
        return rule.target() != null && TARGETS.contains(rule.target().name()) ? "-j " + rule.target().name() : null;
    }

    private void explain(Rule rule, Set<State> states, int pieces, int answers) {
        if (pieces + answers == 0) {
            note(rule, states + " can't be told from a single packet: the rule is left out");
            return;
        }
        boolean accepts = Target.ACCEPT.equals(rule.target());
        StringBuilder text = new StringBuilder("without connection tracking ");
        if (states.contains(State.ESTABLISHED) && !states.contains(State.NEW)) {
            text.append("ESTABLISHED means TCP with ACK or RST set");
            text.append(accepts ? ", echo replies, and UDP from the fixed ports asked for (" + answers + " answer rules)"
                    : ", echo replies, and all UDP");
            text.append(accepts ? "; anybody can send such packets unasked" : "");
        } else if (states.contains(State.NEW) && !states.contains(State.ESTABLISHED)) {
            text.append("NEW means TCP opening segments, all UDP and ICMP requests");
        } else {
            text.append(states).append(" means every packet but what netfilter calls INVALID");
        }
        if (states.contains(State.RELATED)) {
            text.append("; RELATED means ICMP errors only: FTP data and the like don't pass by it");
        }
        if (states.contains(State.INVALID)) {
            text.append("; INVALID can't be told");
        }
        note(rule, text.toString());
    }

    /**
     * Nobody puts forwarded fragments together without conntrack, and later ones carry no ports: each rule that accepts by port
     * gets a twin for later fragments. A later fragment alone does no harm; the first one is what the port rule decides on. What is
     * for the box itself is put together before INPUT (ip_local_deliver in net/ipv4/ip_input.c), what it sends is cut after OUTPUT.
     */
    private List<Rule> withFragments(List<Rule> rules) {
        List<Rule> all = new ArrayList<Rule>();
        Set<Rule> made = new HashSet<Rule>();
        for (Rule rule : rules) {
            all.add(rule);
            if (!Target.ACCEPT.equals(rule.target()) || rule.fragment() != null || !asksOnlyPorts(rule)) {
                continue;
            }
            Rule fragment = rule.copy().fragment(Negatable.is(Boolean.TRUE)).matches(new ArrayList<Match>()).build();
            if (made.add(fragment)) {
                all.add(fragment);
                note(rule, "later fragments (they carry no ports) of such packets are accepted too");
            }
        }
        return all;
    }

    private static boolean asksOnlyPorts(Rule rule) {
        boolean ports = false;
        for (Match match : rule.matches()) {
            boolean tcpOrUdp = match.name().equals("tcp") || match.name().equals("udp");
            if (match.name().equals("multiport") || tcpOrUdp && (match.option("--dport") != null || match.option("--sport") != null)) {
                ports = true;
            } else if (!match.name().equals("comment")) {
                return false;
            }
        }
        return ports;
    }

    private void note(Rule rule, String text) {
        notes.add(new Note(rule.origin(), text));
    }
}
