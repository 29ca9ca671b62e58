package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * UDP answers without connection tracking: each rule that lets a question to a fixed port out is mirrored into a rule
 * that lets the answer in, addresses, interfaces and ports swapped, and asks for what the rule that it stands for asks
 * for as well. A question to any port is never mirrored: its answer could be anything.
 *
 * <p>
 * Answers to the box itself go only to ports that no service listens on (the range local sockets are given), and never
 * come from the guests, unless the question names them. Through the box they come from the WAN interface only: between
 * two inner networks a mirrored rule would open what the ruleset keeps apart.
 *
 * <p>
 * Answers that many rules let in are written once, since each rule with ESTABLISHED would need a rule for each
 * question: they stand in a chain, and each of those rules jumps to it on its own conditions: <pre>
 * -A INPUT -s 10.0.0.0/24 -p udp -j udp-answers
 * -A udp-answers -s 9.9.9.9/32 -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT
 * </pre>
 */
final class Mirror {
    /** So many rules are still written out where they stand: shorter to read, and no chain in small rulesets. */
    private static final int SHORT = 256;
    /**
     * Answers written out in a table; what returns or goes elsewhere can't share a chain. A ruleset made to have more
     * loses answers, never soundness.
     */
    private static final int WRITTEN_MAX = 10000;
    /** The kernel's default (net/ipv4/inet_connection_sock.c, since 2.6.24 for boxes with this much memory). */
    private static final Ports LOCAL_PORTS = Ports.of(32768, 61000);

    private final Family family;
    private final Table table;
    /** The names of the interfaces to the Internet and the guests, and the guests' network; each may be null. */
    private final String wan;
    private final String guest;
    private final Network guestNet;
    private final Jumps jumps;
    private final Ports freePorts;
    private final Ports unserved;
    private final int asking;
    private int writtenOut;
    private final Map<Hook, Set<String>> reached = new TreeMap<>();
    private final Map<Hook, List<Rule>> questions = new TreeMap<>();
    private final Map<Hook, Map<Target, Chain>> chains = new TreeMap<>();
    private final Map<String, Integer> sizes = new HashMap<>();

    /** For one table, of which so many rules let answers in. */
    Mirror(Family family, Table table, BoxFacts facts, Jumps jumps, int asking) {
        this.family = family;
        this.table = table;
        wan = facts.wan == null ? null : facts.wan.name;
        guest = facts.guest == null ? null : facts.guest.name;
        guestNet = guest == null ? null : Network.parse(family == Family.IPV4 ? facts.guest.net : facts.guest.net6);
        this.jumps = jumps;
        this.asking = asking;
        unserved = UdpPorts.unserved(jumps);
        Ports local = facts.portRange == null ? LOCAL_PORTS : facts.portRange;
        freePorts = UdpPorts.largest(local.within(unserved));
        for (Hook hook : table.hooks) {
            reached.put(hook, jumps.any(hook.name()));
            chains.put(hook, new LinkedHashMap<Target, Chain>());
        }
    }

    /** The answers that may pass where the given rule (ESTABLISHED) of this chain stands, or a jump to them. */
    List<Rule> answersFor(String chain, Rule standsFor) {
        Set<Rule> answers = new LinkedHashSet<>();
        boolean fragments = standsFor.fragment != null && !standsFor.fragment.negated;
        boolean onlyPorts = asksOnlyPorts(standsFor);
        for (Hook hook : fragments ? Collections.<Hook>emptyList() : table.hooks) {
            if (!reached.get(hook).contains(chain)) { continue; }
            List<Rule> asked = questions(hook);
            if (Jumps.worksInChain(standsFor)
                    && ((long) asking * asked.size() > SHORT || !onlyPorts || needsChain(hook, standsFor))) {
                Rule jump = jump(standsFor, chainOf(hook, standsFor));
                if (jump != null) { answers.add(jump); }
                continue;
            }
            for (Rule question : onlyPorts ? asked : Collections.<Rule>emptyList()) {
                Abandoned.check();
                List<Rule> some =
                        writtenOut < WRITTEN_MAX ? answers(question, hook, standsFor) : Collections.<Rule>emptyList();
                for (Rule answer : some) {
                    writtenOut += answers.add(answer) ? 1 : 0;
                }
            }
        }
        return new ArrayList<>(answers);
    }

    /** Whether it takes two rules to ask for an answer and for what lets it in: a jump and one of the chain. */
    private boolean needsChain(Hook hook, Rule standsFor) {
        for (Rule question : questions(hook)) {
            Rule answer = turned(question, hook, standsFor);
            if (answer != null && RuleIntersection.needsTwo(answer, standsFor)) { return true; }
        }
        return false;
    }

    /** All answers of a hook with this rule's target, whatever else it asks; the chain is empty when there are none. */
    private Chain chainOf(Hook hook, Rule standsFor) {
        Chain chain = chains.get(hook).get(standsFor.target);
        if (chain != null) { return chain; }
        Rule anything = new Rule.Builder(standsFor.origin).target(standsFor.target).build();
        Set<Rule> answers = new LinkedHashSet<>();
        for (Rule question : questions(hook)) {
            answers.addAll(answers(question, hook, anything));
        }
        chain = new Chain(answers.isEmpty() ? "" : jumps.freeName("udp-answers"), null, new ArrayList<>(answers));
        chains.get(hook).put(standsFor.target, chain);
        sizes.put(chain.name, Integer.valueOf(answers.size()));
        return chain;
    }

    /** The jump to a chain of answers where {@code standsFor} stands; null when none of its packets is answered. */
    private static Rule jump(Rule standsFor, Chain chain) {
        Rule udp =
                new Rule.Builder(standsFor.origin).protocol(Negatable.is("udp")).target(Target.of(chain.name)).build();
        Rule jump = chain.rules.isEmpty() ? null : RuleIntersection.by(udp, standsFor);
        List<Match> asked = new ArrayList<>();
        for (Match match : States.further(standsFor)) {
            if (!match.name.equals("comment") && !(match.name.equals("udp") && match.options.isEmpty())) {
                asked.add(match);
            }
        }
        return jump == null ? null : jump.copy().matches(asked).build();
    }

    /** How many answers some rules let in, those of the chains that they jump to counted. */
    int count(List<Rule> rules) {
        int count = 0;
        for (Rule rule : rules) {
            Integer size = sizes.get(rule.target.name);
            count += size == null ? 1 : size.intValue();
        }
        return count;
    }

    /** The chains of a hook that answers stand in. */
    List<Chain> chains(Hook hook) {
        List<Chain> all = new ArrayList<>();
        for (Chain chain : chains.get(hook).values()) {
            if (!chain.rules.isEmpty()) { all.add(chain); }
        }
        return all;
    }

    /** Whether any hook lets a question out whose answers would need rules. */
    boolean hasQuestions() {
        for (Hook hook : table.hooks) {
            if (!questions(hook).isEmpty()) { return true; }
        }
        return false;
    }

    /** The rules that let UDP to a fixed port through in the other direction. */
    private List<Rule> questions(Hook hook) {
        List<Rule> found = questions.get(hook);
        if (found != null) { return found; }
        found = new ArrayList<>();
        Hook other = hook == Hook.INPUT ? Hook.OUTPUT : hook == Hook.OUTPUT ? Hook.INPUT : hook == Hook.FORWARD ? hook
                : null;
        for (Rule rule : other == null ? found : jumps.acceptsNew(other.name())) {
            boolean whole = rule.fragment == null || rule.fragment.negated;
            if (Negatable.is("udp").equals(rule.protocol) && whole && addresses(rule) != null && !asked(rule).isEmpty()
                    && !isMulticast(rule.destination)) {
                found.add(rule);
            }
        }
        questions.put(hook, found);
        return found;
    }

    /** The rules for the answers to one question that the given rule lets in; none when it can't be turned round. */
    private List<Rule> answers(Rule question, Hook hook, Rule standsFor) {
        Rule turned = turned(question, hook, standsFor);
        Rule narrowed = turned == null ? null : RuleIntersection.by(turned, standsFor);
        List<Rule> answers = new ArrayList<>();
        for (UdpPorts asked : narrowed == null ? Collections.<UdpPorts>emptyList() : asked(question)) {
            for (UdpPorts wanted : UdpPorts.of(standsFor)) {
                Ports to = ownPorts(asked.from, wanted, hook).within(wanted.to);
                for (List<Match> matches : new UdpPorts(asked.to.within(wanted.from), to).matches()) {
                    matches.addAll(addresses(question));
                    answers.add(narrowed.copy().matches(matches).build());
                }
            }
        }
        return answers;
    }

    /** A question's addresses and interfaces turned round; null when it isn't known where answers come from. */
    private Rule turned(Rule question, Hook hook, Rule standsFor) {
        Negatable<String> in = question.out;
        if (hook == Hook.FORWARD) {
            boolean fromWan = in == null ? wan != null : !in.negated && in.value.equals(wan);
            if (!fromWan) { return null; }
            in = Negatable.is(wan);
        } else if (hook == Hook.INPUT && in == null) { in = butGuests(question.destination); }
        return new Rule.Builder(standsFor.origin).source(question.destination).destination(question.source).in(in)
                .out(question.in).protocol(Negatable.is("udp")).target(standsFor.target).build();
    }

    /**
     * Where an answer from there can't come in: from the guests, of whom the box asks nothing. Null when the guests'
     * network isn't known, or when the question may go into it, as the address says.
     */
    private Negatable<String> butGuests(Negatable<Network> asked) {
        boolean toGuests = asked != null && !asked.negated && guestNet != null && (guestNet.containsAll(asked.value)
                || asked.value.containsAll(guestNet) && !asked.value.isEverything());
        return guest == null || toGuests ? null : new Negatable<String>(true, guest);
    }

    /** Whether a rule asks for no more than what an answer's own rule can ask for as well. */
    private static boolean asksOnlyPorts(Rule standsFor) {
        for (Match match : States.further(standsFor)) {
            if (!match.name.equals("comment") && !UdpPorts.isPorts(match)) { return false; }
        }
        return true;
    }

    /** Who is asked by multicast (DHCP, UPnP) answers from an address of its own; no state would match it either. */
    private static boolean isMulticast(Negatable<Network> destination) {
        if (destination == null || destination.negated || destination.value.isEverything()) { return false; }
        int first = destination.value.address()[0] & 255;
        return destination.value.address().length == 16 ? first == 255 : first >= 224;
    }

    /** The pairs of ports that a question asks for, those whose remote port is fixed. */
    private static List<UdpPorts> asked(Rule question) {
        List<UdpPorts> fixed = new ArrayList<>();
        for (UdpPorts each : UdpPorts.of(question)) {
            if (UdpPorts.isFixed(each.to)) { fixed.add(each); }
        }
        return fixed;
    }

    /** A question's ranges of addresses turned round; null when it asks for something that its answer doesn't show. */
    private static List<Match> addresses(Rule question) {
        List<Match> turned = new ArrayList<>();
        for (Match match : States.further(question)) {
            if (match.name.equals("iprange")) {
                List<Option> options = new ArrayList<>();
                for (Option option : match.options) {
                    String name = option.name.equals("--src-range") ? "--dst-range" : "--src-range";
                    options.add(new Option(name, option.negated, option.values));
                }
                // iptables-save has the source first
                Collections.reverse(options);
                turned.add(new Match("iprange", options));
            } else if (!match.name.equals("comment") && !UdpPorts.isPorts(match)) { return null; }
        }
        return turned;
    }

    /**
     * The ports that answers may go to: those that the question names; those that the rule for answers names together
     * with the remote port, where no rule says that they have a service; else those that programs are given.
     */
    private Ports ownPorts(Ports named, UdpPorts wanted, Hook hook) {
        if (UdpPorts.isFixed(named)) { return named; }
        boolean both = UdpPorts.isFixed(wanted.from) && UdpPorts.isFixed(wanted.to);
        Ports given = hook != Hook.INPUT ? both ? Ports.ALL : Ports.of(1024, 65535) : both ? unserved : freePorts;
        return given.within(named);
    }
}
