package boxwall.compile;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * UDP answers without connection tracking: each rule that lets a question to a fixed port out is mirrored into a rule that lets the
 * answer in, addresses, interfaces and ports swapped. A question to any port is never mirrored: its answer could be anything.
 *
 * <p>Answers to the box itself go only to ports that no service listens on (the range local sockets are given). Through the box they
 * come from the WAN interface only: between two inner networks a mirrored rule would open what the ruleset keeps apart.
 */
final class Mirror {
    private final Ruleset ruleset;
    private final Family family;
    private final Table table;
    private final String localPorts;
    private final String wan;
    private final Jumps jumps;

    /**
     * Makes a mirror of one table.
     *
     * @param localPorts {@code low:high} of ip_local_port_range
     * @param wan the WAN interface's name, or null when unknown
     */
    Mirror(Ruleset ruleset, Family family, Table table, String localPorts, String wan) {
        this.ruleset = ruleset;
        this.family = family;
        this.table = table;
        this.localPorts = localPorts;
        this.wan = wan;
        this.jumps = new Jumps(ruleset, family, table);
    }

    /** The answers that may pass where the given rule (ESTABLISHED, ACCEPT) of this chain stands. */
    List<Rule> answersFor(String chain, Rule standsFor) {
        Set<Rule> answers = new LinkedHashSet<Rule>();
        for (Hook hook : hooksReaching(chain)) {
            for (Rule question : questions(hook)) {
                Rule answer = answer(question, hook, standsFor);
                if (answer != null) {
                    answers.add(answer);
                }
            }
        }
        return new ArrayList<Rule>(answers);
    }

    private List<Hook> hooksReaching(String chain) {
        List<Hook> hooks = new ArrayList<Hook>();
        for (Hook hook : table.hooks()) {
            if (jumps.withoutCondition(hook.name()).contains(chain)) {
                hooks.add(hook);
            }
        }
        return hooks;
    }

    /** The rules that let UDP to a fixed port through in the other direction. */
    private List<Rule> questions(Hook hook) {
        Hook other = hook == Hook.INPUT ? Hook.OUTPUT : hook == Hook.OUTPUT ? Hook.INPUT : hook == Hook.FORWARD ? hook : null;
        List<Rule> questions = new ArrayList<Rule>();
        if (other == null) {
            return questions;
        }
        for (String name : jumps.withoutCondition(other.name())) {
            for (Rule rule : ruleset.chain(family, table, name).rules()) {
                if (Target.ACCEPT.equals(rule.target()) && Negatable.is("udp").equals(rule.protocol()) && letsNewThrough(rule)) {
                    questions.add(rule);
                }
            }
        }
        return questions;
    }

    private static boolean letsNewThrough(Rule rule) {
        Match match = State.matchOf(rule);
        Set<State> states = match == null ? null : State.of(match);
        return match == null || states != null && states.contains(State.NEW);
    }

    /** One question turned round, or null when it can't be, or wouldn't fit the rule that it stands for. */
    private Rule answer(Rule question, Hook hook, Rule standsFor) {
        List<Match> matches = ports(question, hook);
        Negatable<String> in = question.out();
        Negatable<String> out = question.in();
        if (hook == Hook.FORWARD) {
            if (in == null && wan == null || in != null && (in.negated() || !in.value().equals(wan))) {
                return null;
            }
            in = Negatable.is(wan);
        }
        if (matches == null || isBroadcast(question.destination()) || !State.strip(standsFor).matches().isEmpty()) {
            return null;
        }
        Rule.Builder answer = new Rule.Builder(standsFor.origin()).protocol(Negatable.is("udp")).matches(matches)
                .target(Target.ACCEPT);
        Negatable<Network> source = both(question.destination(), standsFor.source());
        Negatable<Network> destination = both(question.source(), standsFor.destination());
        in = both(in, standsFor.in());
        out = both(out, standsFor.out());
        boolean fits = agree(question.destination(), standsFor.source()) && agree(question.source(), standsFor.destination())
                && agree(in, standsFor.in()) && agree(out, standsFor.out())
                && (standsFor.protocol() == null || standsFor.protocol().equals(Negatable.is("udp")));
        return fits ? answer.source(source).destination(destination).in(in).out(out).build() : null;
    }

    /** What is asked at 255.255.255.255 is answered by an address that nobody knows before (DHCP). */
    private static boolean isBroadcast(Negatable<Network> destination) {
        return destination != null && destination.value().toString().equals("255.255.255.255/32");
    }

    private static <T> Negatable<T> both(Negatable<T> a, Negatable<T> b) {
        return a == null ? b : a;
    }

    private static <T> boolean agree(Negatable<T> a, Negatable<T> b) {
        return a == null || b == null || a.equals(b);
    }

    /** The port conditions turned round; null when the question's port isn't fixed, or another match is asked. */
    private List<Match> ports(Rule question, Hook hook) {
        List<Option> udp = new ArrayList<Option>();
        Match many = null;
        Option ownPort = null;
        boolean fixed = false;
        for (Match match : State.strip(question).matches()) {
            if (match.name().equals("udp")) {
                for (Option option : match.options()) {
                    if (option.name().equals("--dport") && isFixed(option)) {
                        udp.add(Option.of("--sport", option.value()));
                        fixed = true;
                    } else if (option.name().equals("--sport") && isFixed(option)) {
                        ownPort = Option.of("--dport", option.value());
                    } else {
                        return null;
                    }
                }
            } else if (match.name().equals("multiport") && match.option("--dports") != null && !match.option("--dports").negated()) {
                many = Match.of("multiport", Option.of("--sports", match.option("--dports").value()));
                fixed = true;
            } else if (!match.name().equals("comment")) {
                return null;
            }
        }
        if (!fixed) {
            return null;
        }
        udp.add(ownPort != null ? ownPort : Option.of("--dport", hook == Hook.INPUT ? localPorts : "1024:65535"));
        List<Match> matches = new ArrayList<Match>();
        matches.add(new Match("udp", udp));
        if (many != null) {
            matches.add(many);
        }
        return matches;
    }

    /** A port, or a range that isn't all of them. */
    private static boolean isFixed(Option option) {
        String value = option.value();
        return !option.negated() && value != null && !value.equals("0:65535") && !value.equals("1:65535")
                && !value.equals("1024:65535");
    }
}
