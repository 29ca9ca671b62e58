package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
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
 * Replies over UDP without connection tracking. Each rule that accepts a request to a fixed port is mirrored:
 * addresses, interfaces and ports swapped, it accepts the replies where a rule with ESTABLISHED did, under the
 * conditions of that rule, too. A request to any port is never mirrored: any packet could be its reply.
 *
 * <p>
 * Replies to the box itself are accepted only to ports that no service listens on (those that the kernel gives to local
 * sockets), and never from the guests, unless the request names these. Through the box they are accepted from the WAN
 * interface only: between two inner networks a mirrored rule would connect what the ruleset separates.
 *
 * <p>
 * Where many rules have ESTABLISHED, each would need a rule for each request. Then the replies are in a chain, and each
 * of those rules becomes a jump to it: <pre>
 * -A INPUT -s 10.0.0.0/24 -p udp -j udp-answers
 * -A udp-answers -s 9.9.9.9/32 -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT
 * </pre>
 */
final class UdpReplies {
    /** Up to so many replies are written out in place: shorter to read, and no chain in small rulesets. */
    private static final int SHORT = 256;
    /**
     * Replies written out in one table; rules that return or go to a chain can't share one. A ruleset with more loses
     * replies, never soundness.
     */
    private static final int WRITTEN_MAX = 10000;
    /** The kernel's default (net/ipv4/inet_connection_sock.c, since 2.6.24 for boxes with this much memory). */
    private static final Ports LOCAL_PORTS = Ports.of(32768, 61000);

    /** A name of boxwall 0.1, which is in users' saved plans. */
    private static final String CHAIN = "udp-answers";

    private final ChainGraph graph;
    /** The names of the interfaces to the Internet and the guests, and the guests' network; each may be null. */
    private final String wan;
    private final String guest;
    private final Network guestNet;
    /** Ports that no rule of INPUT names, and those of them that the kernel gives to local sockets. */
    private final Ports unserved;
    private final Ports freePorts;
    /** For each hook the rules that accept requests in the other direction. */
    private final Map<Hook, List<Rule>> requests = new TreeMap<>();
    /** For each hook its chains of replies, by the target of their rules. */
    private final Map<Hook, Map<Target, Chain>> chains = new TreeMap<>();
    /** How many rules each of them has, by its name. */
    private final Map<String, Integer> sizes = new HashMap<>();
    /** The hook of each chain, by name; chains with replies have one only. */
    private final Map<String, Hook> hooks = new HashMap<>();
    /** How many rules accept replies. */
    private final int accepting;
    private int writtenOut;

    /** For one table. Copies chains in the graph: no hook may accept the replies of another in a chain of both. */
    UdpReplies(Family family, Table table, BoxFacts facts, ChainGraph graph) {
        this.graph = graph;
        wan = facts.wan == null ? null : facts.wan.name;
        guest = facts.guest == null ? null : facts.guest.name;
        guestNet = guest == null ? null : Network.parse(family == Family.IPV4 ? facts.guest.net : facts.guest.net6);
        unserved = UdpPorts.unserved(graph);
        Ports local = facts.portRange == null ? LOCAL_PORTS : facts.portRange;
        freePorts = UdpPorts.largest(local.within(unserved));
        boolean expected = false;
        for (Hook hook : table.hooks) {
            requests.put(hook, requests(hook));
            chains.put(hook, new LinkedHashMap<Target, Chain>());
            expected |= !requests.get(hook).isEmpty();
        }
        if (expected) { graph.copyPerHook(chainsThatAccept()); }
        accepting = chainsThatAccept().size();
        for (Hook hook : table.hooks) {
            for (String chain : graph.reachable(hook.name())) {
                hooks.put(chain, hook);
            }
        }
    }

    /** The chain of each rule that accepts replies. */
    private List<String> chainsThatAccept() {
        List<String> names = new ArrayList<>();
        for (Chain chain : graph.chains()) {
            for (Rule rule : chain.rules) {
                if (accepts(rule)) { names.add(chain.name); }
            }
        }
        return names;
    }

    private boolean accepts(Rule rule) {
        Set<ConnectionState> states = RuleStates.matchOf(rule) == null ? null : RuleStates.of(rule);
        return states != null && states.contains(ConnectionState.ESTABLISHED) && !states.contains(ConnectionState.NEW)
                && !graph.onlyDrops(rule.target);
    }

    /** The rules that accept replies in place of this rule of a chain: one for each reply, or a jump to a chain. */
    List<Rule> insteadOf(Rule established, String chain) {
        Hook hook = hooks.get(chain);
        boolean laterFragments = established.fragment != null && !established.fragment.negated;
        if (hook == null || laterFragments || !accepts(established)) { return Collections.emptyList(); }
        boolean onlyPorts = hasOnlyPorts(established);
        boolean many = (long) accepting * requests.get(hook).size() > SHORT;
        if (ChainGraph.canMove(established) && (many || !onlyPorts || needsChain(hook, established))) {
            Rule jump = jump(established, chainFor(hook, established));
            return jump == null ? Collections.<Rule>emptyList() : Collections.singletonList(jump);
        }
        Set<Rule> replies = new LinkedHashSet<>();
        for (Rule request : onlyPorts ? requests.get(hook) : Collections.<Rule>emptyList()) {
            Cancelled.check();
            if (writtenOut >= WRITTEN_MAX) { break; }
            for (Rule reply : replies(request, hook, established)) {
                writtenOut += replies.add(reply) ? 1 : 0;
            }
        }
        return new ArrayList<>(replies);
    }

    /** Whether it takes two rules to match a reply under the conditions of the rule: a jump and one of the chain. */
    private boolean needsChain(Hook hook, Rule established) {
        for (Rule request : requests.get(hook)) {
            Rule reply = mirrored(request, hook, established);
            if (reply != null && new RuleIntersection(reply, established).needsTwoRules) { return true; }
        }
        return false;
    }

    /** The chain of all replies of a hook with this rule's target, without its conditions; it may have no rule. */
    private Chain chainFor(Hook hook, Rule established) {
        Chain chain = chains.get(hook).get(established.target);
        if (chain != null) { return chain; }
        Rule unconditional = new Rule.Builder(established.origin).target(established.target).build();
        Set<Rule> replies = new LinkedHashSet<>();
        for (Rule request : requests.get(hook)) {
            replies.addAll(replies(request, hook, unconditional));
        }
        chain = new Chain(replies.isEmpty() ? "" : graph.freeName(CHAIN), null, new ArrayList<>(replies));
        chains.get(hook).put(established.target, chain);
        sizes.put(chain.name, Integer.valueOf(chain.rules.size()));
        return chain;
    }

    /** The jump to a chain of replies in place of the rule; null if none of its packets can be a reply. */
    private static Rule jump(Rule established, Chain chain) {
        Rule udp = new Rule.Builder(established.origin).protocol(Negatable.is("udp")).target(Target.of(chain.name))
                .build();
        Rule jump = chain.rules.isEmpty() ? null : new RuleIntersection(udp, established).rule;
        List<Match> matches = new ArrayList<>();
        for (Match match : RuleStates.furtherMatches(established)) {
            if (!match.name.equals("comment") && !(match.name.equals("udp") && match.options.isEmpty())) {
                matches.add(match);
            }
        }
        return jump == null ? null : jump.copy().matches(matches).build();
    }

    /** How many replies some rules accept: themselves, or in the chain that they jump to. */
    int count(List<Rule> rules) {
        int count = 0;
        for (Rule rule : rules) {
            Integer inChain = rule.target == null ? null : sizes.get(rule.target.name);
            count += inChain == null ? 1 : inChain.intValue();
        }
        return count;
    }

    /** The chains of replies that packets of a hook reach. */
    List<Chain> chains(Hook hook) {
        List<Chain> all = new ArrayList<>();
        for (Chain chain : chains.get(hook).values()) {
            if (!chain.rules.isEmpty()) { all.add(chain); }
        }
        return all;
    }

    /** The rules that accept UDP to a fixed port in the direction opposite to a hook's. */
    private List<Rule> requests(Hook hook) {
        List<Rule> found = new ArrayList<>();
        Hook opposite = hook == Hook.INPUT ? Hook.OUTPUT : hook == Hook.OUTPUT ? Hook.INPUT : hook;
        for (Rule rule : hook == Hook.PREROUTING || hook == Hook.POSTROUTING ? found : graph.acceptingNew(opposite)) {
            boolean whole = rule.fragment == null || rule.fragment.negated;
            if (Negatable.is("udp").equals(rule.protocol) && whole && mirroredRanges(rule) != null
                    && !fixedPorts(rule).isEmpty() && !isMulticast(rule.destination)) {
                found.add(rule);
            }
        }
        return found;
    }

    /** The rules for the replies to a request under the conditions of the rule that they replace. */
    private List<Rule> replies(Rule request, Hook hook, Rule established) {
        Rule mirrored = mirrored(request, hook, established);
        Rule narrowed = mirrored == null ? null : new RuleIntersection(mirrored, established).rule;
        List<Rule> replies = new ArrayList<>();
        for (UdpPorts requested : narrowed == null ? Collections.<UdpPorts>emptyList() : fixedPorts(request)) {
            for (UdpPorts accepted : UdpPorts.of(established)) {
                Ports to = localPorts(requested.from, accepted, hook).within(accepted.to);
                for (List<Match> matches : new UdpPorts(requested.to.within(accepted.from), to).matches()) {
                    matches.addAll(mirroredRanges(request));
                    replies.add(narrowed.copy().matches(matches).build());
                }
            }
        }
        return replies;
    }

    /** A request with addresses and interfaces swapped; null if it is unknown where its replies come from. */
    private Rule mirrored(Rule request, Hook hook, Rule established) {
        Negatable<String> in = request.out;
        if (hook == Hook.FORWARD) {
            boolean fromWan = in == null ? wan != null : !in.negated && in.value.equals(wan);
            if (!fromWan) { return null; }
            in = Negatable.is(wan);
        } else if (hook == Hook.INPUT && in == null) { in = notFromGuests(request.destination); }
        return new Rule.Builder(established.origin).source(request.destination).destination(request.source).in(in)
                .out(request.in).protocol(Negatable.is("udp")).target(established.target).build();
    }

    /** Excludes the guests, whom the box sends no requests, unless the request's address lies in their network. */
    private Negatable<String> notFromGuests(Negatable<Network> requested) {
        boolean toGuests =
                requested != null && !requested.negated && guestNet != null && (guestNet.containsAll(requested.value)
                        || requested.value.containsAll(guestNet) && !requested.value.isEverything());
        return guest == null || toGuests ? null : new Negatable<String>(true, guest);
    }

    /** Whether a rule's further conditions are ports, which the rule of a reply can have, too. */
    private static boolean hasOnlyPorts(Rule established) {
        for (Match match : RuleStates.furtherMatches(established)) {
            if (!match.name.equals("comment") && !UdpPorts.isPorts(match)) { return false; }
        }
        return true;
    }

    /** Replies to multicast (DHCP, UPnP) come from another address; no state would match them either. */
    private static boolean isMulticast(Negatable<Network> destination) {
        if (destination == null || destination.negated || destination.value.isEverything()) { return false; }
        int first = destination.value.address()[0] & 255;
        return destination.value.address().length == 16 ? first == 255 : first >= 224;
    }

    /** The pairs of ports of a request, those with a fixed remote port. */
    private static List<UdpPorts> fixedPorts(Rule request) {
        List<UdpPorts> fixed = new ArrayList<>();
        for (UdpPorts ports : UdpPorts.of(request)) {
            if (UdpPorts.isFixed(ports.to)) { fixed.add(ports); }
        }
        return fixed;
    }

    /** A request's address ranges, swapped; null if it has a condition that its reply doesn't show. */
    private static List<Match> mirroredRanges(Rule request) {
        List<Match> ranges = new ArrayList<>();
        for (Match match : RuleStates.furtherMatches(request)) {
            if (match.name.equals("iprange")) {
                List<Option> options = new ArrayList<>();
                for (Option option : match.options) {
                    String name = option.name.equals("--src-range") ? "--dst-range" : "--src-range";
                    options.add(new Option(name, option.negated, option.values));
                }
                // iptables-save has the source first
                Collections.reverse(options);
                ranges.add(new Match("iprange", options));
            } else if (!match.name.equals("comment") && !UdpPorts.isPorts(match)) { return null; }
        }
        return ranges;
    }

    /**
     * The ports to which replies are accepted: the request's own; those that the replaced rule names together with the
     * remote port, if no rule of INPUT names them; else those of local sockets.
     */
    private Ports localPorts(Ports requested, UdpPorts accepted, Hook hook) {
        if (UdpPorts.isFixed(requested)) { return requested; }
        boolean both = UdpPorts.isFixed(accepted.from) && UdpPorts.isFixed(accepted.to);
        Ports ports = hook != Hook.INPUT ? both ? Ports.ALL : Ports.of(1024, 65535) : both ? unserved : freePorts;
        return ports.within(requested);
    }
}
