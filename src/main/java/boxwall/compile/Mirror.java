package boxwall.compile;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * UDP answers without connection tracking: each rule that lets a question to a fixed port out is mirrored into a rule that lets the
 * answer in, addresses, interfaces and ports swapped. A question to any port is never mirrored: its answer could be anything.
 *
 * <p>Answers to the box itself go only to ports that no service listens on (the range local sockets are given), and never come from
 * the guests, unless the question names them. Through the box they come from the WAN interface only: between two inner networks a
 * mirrored rule would open what the ruleset keeps apart.
 */
final class Mirror {
    /** A range of more ports than this counts as any port. */
    private static final int FIXED_MAX = 1024;
    /** Answers written out in a table; what returns or goes elsewhere can't share a chain. A ruleset made to have more loses answers, never soundness. */
    private static final int WRITTEN_MAX = 10000;

    private final Family family;
    private final Table table;
    private final Place place;
    private final Jumps jumps;
    private final String freePorts;
    private final AnswerChains shared;
    private int writtenOut;
    private final Map<Hook, Set<String>> reached = new TreeMap<Hook, Set<String>>();
    private final Map<Hook, List<Rule>> questions = new TreeMap<Hook, List<Rule>>();

    /** Makes a mirror of one table; answers that many rules let in go to {@code shared}. */
    Mirror(Ruleset ruleset, Family family, Table table, Place place, AnswerChains shared) {
        this.shared = shared;
        this.family = family;
        this.table = table;
        this.place = place;
        this.jumps = new Jumps(ruleset, family, table);
        this.freePorts = FreePorts.of(place.localPorts(), ruleset, family, table, jumps);
    }

    /** The answers that may pass where the given rule (ESTABLISHED) of this chain stands, with its target; or a jump to them. */
    List<Rule> answersFor(String chain, Rule standsFor) {
        Set<Rule> answers = new LinkedHashSet<Rule>();
        for (Hook hook : asksNoMore(standsFor) ? table.hooks() : Collections.<Hook>emptyList()) {
            if (!reached.containsKey(hook)) {
                reached.put(hook, jumps.any(hook.name()));
            }
            if (!reached.get(hook).contains(chain)) {
                continue;
            }
            if (shared.takes(standsFor, questions(hook).size())) {
                Rule jump = AnswerChains.jump(standsFor, chainOf(hook, standsFor));
                answers.addAll(jump == null ? Collections.<Rule>emptyList() : Collections.singletonList(jump));
                continue;
            }
            for (Rule question : questions(hook)) {
                Abandoned.check();
                Rule answer = writtenOut < WRITTEN_MAX ? answer(question, hook, standsFor) : null;
                if (answer != null && answers.add(answer)) {
                    writtenOut++;
                }
            }
        }
        return new ArrayList<Rule>(answers);
    }

    /** All answers of a hook, whatever the rule that they stand for asks. */
    private Chain chainOf(Hook hook, Rule standsFor) {
        Chain chain = shared.of(hook, standsFor.target());
        if (chain != null) {
            return chain;
        }
        Rule anything = new Rule.Builder(standsFor.origin()).target(standsFor.target()).build();
        Set<Rule> answers = new LinkedHashSet<Rule>();
        for (Rule question : questions(hook)) {
            Rule answer = answer(question, hook, anything);
            answers.addAll(answer == null ? Collections.<Rule>emptyList() : Collections.singletonList(answer));
        }
        return shared.make(hook, standsFor.target(), new ArrayList<Rule>(answers));
    }

    /** The rules that let UDP to a fixed port through in the other direction. */
    private List<Rule> questions(Hook hook) {
        List<Rule> found = questions.get(hook);
        if (found == null) {
            found = new ArrayList<Rule>();
            Hook other = hook == Hook.INPUT ? Hook.OUTPUT : hook == Hook.OUTPUT ? Hook.INPUT : hook == Hook.FORWARD ? hook : null;
            for (Rule rule : other == null ? found : jumps.acceptsNew(other.name())) {
                if (Negatable.is("udp").equals(rule.protocol()) && ports(rule, hook) != null && !isMulticast(rule.destination())) {
                    found.add(rule);
                }
            }
            questions.put(hook, found);
        }
        return found;
    }

    /** One question turned round, or null when it can't be, or wouldn't fit the rule that it stands for. */
    private Rule answer(Rule question, Hook hook, Rule standsFor) {
        Negatable<String> in = question.out();
        if (hook == Hook.FORWARD) {
            boolean fromWan = in == null ? place.wan() != null : !in.negated() && in.value().equals(place.wan());
            if (!fromWan) {
                return null;
            }
            in = Negatable.is(place.wan());
        } else if (hook == Hook.INPUT && in == null) {
            in = place.butGuests(family, question.destination());
        }
        Rule answer = new Rule.Builder(standsFor.origin()).source(question.destination()).destination(question.source()).in(in)
                .out(question.in()).protocol(Negatable.is("udp")).matches(ports(question, hook)).target(standsFor.target()).build();
        return Narrow.by(answer, standsFor);
    }

    private static boolean asksNoMore(Rule standsFor) {
        for (Match match : State.strip(standsFor).matches()) {
            boolean plain = match.name().equals("comment") || match.name().equals("udp") && match.options().isEmpty();
            if (!plain) {
                return false;
            }
        }
        return standsFor.fragment() == null;
    }

    /** What is asked of many is answered by an address that nobody knows before (DHCP, UPnP); no state would match it either. */
    private static boolean isMulticast(Negatable<Network> destination) {
        if (destination == null || destination.negated() || destination.value().isEverything()) {
            return false;
        }
        int first = destination.value().address()[0] & 255;
        return destination.value().address().length == 16 ? first == 255 : first >= 224;
    }

    /** The port conditions turned round; null when the question's port isn't fixed, or another match is asked. */
    private List<Match> ports(Rule question, Hook hook) {
        String remote = null;
        String many = null;
        String own = null;
        for (Match match : State.strip(question).matches()) {
            if (match.name().equals("comment")) {
                continue;
            }
            for (Option option : match.options()) {
                boolean udp = match.name().equals("udp");
                if (option.negated() || !udp && !match.name().equals("multiport")) {
                    return null;
                } else if (udp && option.name().equals("--dport")) {
                    remote = option.value();
                } else if (udp && option.name().equals("--sport")) {
                    own = option.value();
                } else if (!udp && option.name().equals("--dports") && many == null) {
                    many = option.value();
                } else {
                    return null;
                }
            }
        }
        if (!isFixed(remote) && !isFixed(many)) {
            return null;
        }
        String to = ownPorts(own, hook);
        if (to == null) {
            return null;
        }
        List<Option> udp = new ArrayList<Option>();
        boolean oneRange = to.indexOf(',') < 0;
        if (remote != null) {
            udp.add(Option.of("--sport", remote));
        }
        if (oneRange) {
            udp.add(Option.of("--dport", to));
        }
        List<Match> matches = new ArrayList<Match>();
        matches.add(new Match("udp", udp));
        if (many != null) {
            matches.add(Match.of("multiport", Option.of("--sports", many)));
        }
        if (!oneRange) {
            matches.add(Match.of("multiport", Option.of("--dports", to)));
        }
        return matches;
    }

    /** The ports that answers may go to: those that the question names, else those that programs are given; null when there are none. */
    private String ownPorts(String named, Hook hook) {
        if (named != null && isFixed(named)) {
            return named;
        }
        String given = hook == Hook.INPUT ? freePorts : "1024:65535";
        String free = given.length() == 0 || named == null ? given : FreePorts.within(given, named);
        return free.length() == 0 ? null : free;
    }

    /** Ports and ranges that together are few. */
    private static boolean isFixed(String ports) {
        if (ports == null) {
            return false;
        }
        int count = 0;
        for (String part : ports.split(",")) {
            int[] range = FreePorts.range(part);
            count += range[1] - range[0] + 1;
        }
        return count <= FIXED_MAX;
    }
}
