package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The parts of one rule as they are read, and the checks that need all of them together. */
final class RuleParts {
    /** {@code -s a,b -d c,d} makes a rule for each pair; more than this on a line is no ruleset any more. */
    static final int RULES_LIMIT = 4096;
    private static final Negatable<Network> ANY = null; // what -s says when it says nothing

    final List<Negatable<Network>> sources = new ArrayList<>();
    final List<Negatable<Network>> destinations = new ArrayList<>();
    Negatable<String> in;
    Negatable<String> out;
    Word inAt;
    Word outAt;
    Negatable<String> protocol;
    Negatable<Boolean> fragment;
    final List<ExtensionUse> matches = new ArrayList<>();
    ExtensionUse target;
    /** The one named last, or null. */
    ExtensionUse latest;
    boolean goTo;

    /** Whether -p names one of these and isn't negated. */
    private boolean hasProtocol(List<String> names) {
        return protocol != null && !protocol.negated && names.contains(protocol.value);
    }

    /**
     * Notes what can't be together; {@code chain} may be null, and {@code first}, the first word of the rule, when
     * there is none.
     */
    void check(Family family, Word chain, Word first, Errors errors) {
        for (ExtensionUse match : matches) {
            checkUse(match, family, errors);
        }
        if (target != null) {
            checkUse(target, family, errors);
            checkTarget(errors);
        }
        String name = chain == null ? "" : chain.text;
        if (in != null && (name.equals(Hook.OUTPUT.name()) || name.equals(Hook.POSTROUTING.name()))) {
            errors.add(inAt, "-i in " + name + ": a packet there has no interface it came in by", "use -o");
        }
        if (out != null && (name.equals(Hook.INPUT.name()) || name.equals(Hook.PREROUTING.name()))) {
            errors.add(outAt, "-o in " + name + ": it isn't known yet where a packet there goes out", "use -i");
        }
        if ((sources.size() > 1 || destinations.size() > 1) && (negated(sources) || negated(destinations))) {
            errors.add(chain == null ? first : chain, "! beside a list of addresses",
                    "write a rule for each address (iptables refuses this)");
        }
        if (sources.size() * (long) Math.max(1, destinations.size()) > RULES_LIMIT) {
            errors.add(chain == null ? first : chain, "more than " + RULES_LIMIT + " rules on one line",
                    "use networks or ranges");
        }
    }

    private static boolean negated(List<Negatable<Network>> list) { return !list.isEmpty() && list.get(0).negated; }

    private void checkUse(ExtensionUse use, Family family, Errors errors) {
        use.check(errors);
        Extension e = use.extension;
        if (e == null) { return; }
        if (!e.protocols.isEmpty() && !hasProtocol(e.protocols)) {
            errors.add(use.at, (e.target ? "-j " : "-m ") + use.name + " needs the protocol " + or(e.protocols),
                    "write -p " + e.protocols.get(0) + " before it");
        }
        for (Option option : use.options()) {
            OptionSpec spec = e.printed(option.name);
            boolean ports = spec != null && option.value() != null && (spec.kinds.contains("natports")
                    || spec.kinds.contains("nataddress") && hasPort(option.value()));
            if (spec != null && spec.is("p") && !hasProtocol(Collections.singletonList(spec.get("p")))) {
                errors.add(use.place(option.name), option.name + " needs the protocol " + spec.get("p"),
                        "write -p " + spec.get("p"));
            }
            if (ports && !hasProtocol(PORTS)) {
                errors.add(use.place(option.name), option.name + " with a port needs the protocol " + or(PORTS),
                        "write -p tcp before it");
            }
        }
    }

    /** What the NAT targets ask for before a port; icmp stands for its ids. */
    private static final List<String> PORTS = Arrays.asList("tcp", "udp", "sctp", NumberNames.protocol("dccp"), "icmp");

    private static boolean hasPort(String value) {
        int colon = value.lastIndexOf(':');
        return colon >= 0 && (value.indexOf(':') == colon || value.contains("]:"));
    }

    private static String or(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : Words.join(names.subList(0, last), ", ") + " or " + names.get(last);
    }

    /** What the kernel's targets ask of the rest of the rule (ipt_REJECT.c, xt_TCPMSS.c). */
    private void checkTarget(Errors errors) {
        Option reject = target.name.equals("REJECT") ? target.option("--reject-with") : null;
        if (reject != null && "tcp-reset".equals(reject.value()) && !hasProtocol(Collections.singletonList("tcp"))) {
            errors.add(target.place("--reject-with"), "tcp-reset needs the protocol tcp",
                    "write -p tcp, or another answer");
        }
        if (target.name.equals("TCPMSS") && !asksForSyn()) {
            errors.add(target.at, "-j TCPMSS works on opening segments only", "add --tcp-flags SYN,RST SYN (or --syn)");
        }
    }

    private boolean asksForSyn() {
        for (ExtensionUse match : matches) {
            Option flags = match.name.equals("tcp") ? match.option("--tcp-flags") : null;
            if (flags != null && !flags.negated && flags.values.size() == 2 && flags.values.get(1).contains("SYN")) {
                return true;
            }
        }
        return false;
    }

    /** The rules: one for each pair of addresses, in the order of iptables' -A. */
    List<Rule> build(Origin origin) {
        List<Match> built = new ArrayList<>();
        for (ExtensionUse match : matches) {
            built.add(new Match(match.name, match.options()));
        }
        Target to = target == null ? null : new Target(target.name, goTo, target.options());
        List<Rule> rules = new ArrayList<>();
        for (Negatable<Network> s : orAny(sources)) {
            for (Negatable<Network> d : orAny(destinations)) {
                rules.add(new Rule.Builder(origin).source(s).destination(d).in(in).out(out).protocol(protocol)
                        .fragment(fragment).matches(built).target(to).build());
            }
        }
        return rules;
    }

    private static List<Negatable<Network>> orAny(List<Negatable<Network>> list) {
        if (list.isEmpty()) { return Collections.singletonList(ANY); }
        List<Negatable<Network>> all = new ArrayList<>();
        for (Negatable<Network> one : list) {
            // what matches every address isn't printed by iptables-save either
            all.add(one.value.isEverything() && !one.negated ? ANY : one);
        }
        return all;
    }
}
