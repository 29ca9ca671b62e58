package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Origin;

import java.util.ArrayList;
import java.util.List;

/** The options that make up a rule: addresses, interfaces, protocol, and those of the extensions named so far. */
final class RuleOptions {
    private final CommandParser args;
    private final Family family;
    private final Errors errors;
    private final List<HostName> hosts;
    private final boolean both;
    private final boolean tolerant;

    private RuleParts parts;
    private boolean implicitUsed;
    private Word first;
    private String seen;

    RuleOptions(CommandParser args, Family family, Errors errors, List<HostName> hosts, boolean both, boolean tolerant) {
        this.args = args;
        this.family = family;
        this.errors = errors;
        this.hosts = hosts;
        this.both = both;
        this.tolerant = tolerant;
    }

    void begin() {
        parts = new RuleParts();
        implicitUsed = false;
        first = null;
        seen = "";
    }

    RuleParts parts() {
        return parts;
    }

    /** The first word that belongs to a rule, or null. */
    Word first() {
        return first;
    }

    void check(Word chain) {
        parts.check(family, chain, errors);
    }

    // iptables' own options

    void base(char letter, Word w) {
        touch(w);
        if ("sdiopfjg".indexOf(letter) >= 0) {
            char once = letter == 'g' ? 'j' : letter;
            if (seen.indexOf(once) >= 0) {
                errors.add(w, w + " is given twice", "keep one of them");
            }
            seen += once;
        }
        switch (letter) {
            case 's':
                addresses(w, parts.sources);
                break;
            case 'd':
                addresses(w, parts.destinations);
                break;
            case 'i':
                parts.inAt = w;
                parts.in = device(w);
                break;
            case 'o':
                parts.outAt = w;
                parts.out = device(w);
                break;
            case 'p':
                protocol(w);
                break;
            case 'f':
                fragment(w);
                break;
            case 'm':
                args.refuseInvert(w);
                match(w);
                break;
            default:
                args.refuseInvert(w);
                jump(w, letter == 'g');
        }
    }

    private void touch(Word w) {
        if (first == null) {
            first = w;
        }
    }

    private void addresses(Word w, List<Negatable<Network>> into) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the address");
        if (value == null) {
            return;
        }
        int from = 0;
        String[] list = value.text.split(",", -1);
        for (String text : list) {
            Word at = value.from(from);
            from += text.length() + 1;
            try {
                into.add(new Negatable<Network>(negated, Inet.network(text, family)));
            } catch (Bad bad) {
                address(at, text, bad);
            }
        }
        if (negated && list.length > 1) {
            errors.add(value, "! with a list of addresses", "write a rule for each; together they would match everything");
        }
        if (into.size() > RuleParts.RULES_LIMIT) {
            into.subList(1, into.size()).clear();
            errors.add(value, "more than " + RuleParts.RULES_LIMIT + " addresses", "use networks or ranges");
        }
    }

    private void address(Word at, String text, Bad bad) {
        if (text.length() == 0) {
            errors.add(at, "the address is missing", "write it");
            return;
        }
        errors.add(at, bad);
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (!Inet.looksNumeric(host)) {
            hosts.add(new HostName(host, new Origin(at.file, at.line)));
        }
    }

    /** IFNAMSIZ is 16, the closing NUL included. A lone {@code +} is every interface, which iptables-save doesn't print. */
    private Negatable<String> device(Word w) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the interface");
        if (value == null) {
            return null;
        }
        String name = value.text;
        boolean good = name.length() > 0 && name.length() <= 15;
        for (int i = 0; i < name.length(); i++) {
            good &= name.charAt(i) > ' ' && name.charAt(i) < 127 && "/\"'\\".indexOf(name.charAt(i)) < 0;
        }
        if (!good) {
            errors.add(value, "not an interface: " + Errors.show(name), "1 to 15 characters, as in /proc/net/dev; a + at the end means all that begin so");
            return null;
        }
        if (name.equals("+") && negated) {
            errors.add(value, "! + matches no packet at all", "remove the rule");
        }
        return name.equals("+") ? null : new Negatable<String>(negated, name);
    }

    private void protocol(Word w) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the protocol");
        if (value == null) {
            return;
        }
        String canonical = Protocols.canonical(value.text);
        if (canonical == null) {
            errors.add(value, "unknown protocol " + Errors.show(value.text),
                    Nearest.hint(value.text, NumberNames.names("protocol"), "write its number, 0 to 255"));
            return;
        }
        if (canonical.equals("0") && negated) {
            errors.add(value, "! -p all matches no packet at all", "remove the rule");
        } else if (both && !negated && (canonical.equals("icmp") || canonical.equals("ipv6-icmp"))) {
            errors.add(value, canonical + " belongs to one family", "write two lines: iptables -p icmp ... and ip6tables -p ipv6-icmp ...");
        }
        parts.protocol = canonical.equals("0") ? null : new Negatable<String>(negated, canonical);
    }

    private void fragment(Word w) {
        boolean negated = args.negated(false);
        if (family == Family.IPV6) {
            errors.add(w, w + " is IPv4's", "use -m frag for IPv6");
        }
        parts.fragment = new Negatable<Boolean>(negated, Boolean.TRUE);
    }

    private void match(Word w) {
        Word name = args.value(w, "the match's name");
        if (name == null) {
            return;
        }
        Extension extension = Extensions.get().match(name.text, family);
        if (extension == null && !passes(name, false)) {
            args.skipValues();
            return;
        }
        parts.matches.add(new ExtensionUse(extension, name.text, name));
    }

    /** Whether an unknown extension may stay as it is; else it is an error. */
    private boolean passes(Word name, boolean target) {
        try {
            Canon.name(name.text, 28);
            if (tolerant) {
                return true;
            }
            Extensions all = Extensions.get();
            Family other = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
            boolean elsewhere = (target ? all.target(name.text, other) : all.match(name.text, other)) != null;
            errors.add(name, elsewhere ? "-m " + name + " is " + other.command() + "'s" : "unknown match " + Errors.show(name.text),
                    Nearest.hint(name.text, all.names(target, family), "see the list of matches that are known"));
        } catch (Bad bad) {
            errors.add(name, bad);
        }
        return false;
    }

    private void jump(Word w, boolean goTo) {
        Word name = args.value(w, goTo ? "the chain" : "the target");
        if (name == null) {
            return;
        }
        try {
            Canon.name(name.text, 28);
        } catch (Bad bad) {
            errors.add(name, bad);
        }
        Extension extension = goTo ? null : Extensions.get().target(name.text, family);
        if (goTo && Extensions.get().isTarget(name.text)) {
            errors.add(name, "-g goes to a chain, " + name + " is a target", "use -j");
        }
        parts.target = new ExtensionUse(extension, name.text, name);
        parts.goTo = goTo;
    }

    // the extensions' options

    /** The target and the matches, the newest first, as getopt sees them. */
    private List<ExtensionUse> uses() {
        List<ExtensionUse> uses = new ArrayList<ExtensionUse>(parts.matches);
        java.util.Collections.reverse(uses);
        if (parts.target != null) {
            uses.add(0, parts.target);
        }
        return uses;
    }

    /** Takes the option if an extension named so far has exactly it. */
    boolean exact(Word w, String name) {
        for (ExtensionUse use : uses()) {
            if (use.extension != null) {
                for (OptionSpec spec : use.extension.options) {
                    if (spec.names.contains(name)) {
                        take(use, spec, w, name);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    boolean someBegin(String name) {
        return !beginning(name).isEmpty();
    }

    /** Pairs of use and spec whose names begin so; the older of two with the same spec is shadowed. */
    private List<Object[]> beginning(String name) {
        List<Object[]> found = new ArrayList<Object[]>();
        List<OptionSpec> specs = new ArrayList<OptionSpec>();
        for (ExtensionUse use : uses()) {
            for (OptionSpec spec : use.extension == null ? new ArrayList<OptionSpec>() : use.extension.options) {
                boolean begins = false;
                for (String each : spec.names) {
                    begins |= each.startsWith(name);
                }
                if (begins && !specs.contains(spec)) {
                    specs.add(spec);
                    found.add(new Object[] {use, spec});
                }
            }
        }
        return found;
    }

    /** An option that isn't known by its whole name; {@code letters} are iptables' own options that begin so. */
    void abbreviated(Word w, String name, String letters) {
        List<Object[]> found = beginning(name);
        if (found.size() == 1 && letters.length() == 0) {
            take((ExtensionUse) found.get(0)[0], (OptionSpec) found.get(0)[1], w, name);
        } else if (bringImplicit(w)) {
            if (!exact(w, name)) {
                abbreviated(w, name, letters);
            }
        } else if (tolerant && !uses().isEmpty()) {
            opaque(w, name);
        } else {
            unknown(w, name, found.size() + letters.length() > 1);
        }
    }

    /** Adds the match that -p implies, once. */
    private boolean bringImplicit(Word w) {
        if (implicitUsed || parts.protocol == null || parts.protocol.negated()) {
            return false;
        }
        Extension extension = Extensions.get().implicit(parts.protocol.value(), family);
        if (extension == null) {
            return false;
        }
        implicitUsed = true;
        for (ExtensionUse use : parts.matches) {
            if (use.extension == extension) {
                return false;
            }
        }
        parts.matches.add(new ExtensionUse(extension, extension.name, w));
        return true;
    }

    private void unknown(Word w, String name, boolean ambiguous) {
        touch(w);
        args.negated(true);
        String todo = ambiguous ? "write it in full" : Owners.hint(name, family, parts.protocol == null, uses());
        errors.add(w, (ambiguous ? "several options begin with " : "unknown option ") + name, todo);
        args.skipValues();
    }

    private void opaque(Word w, String name) {
        touch(w);
        boolean negated = args.negated(true);
        List<String> values = new ArrayList<String>();
        for (Word value = args.maybe(); value != null; value = args.maybe()) {
            values.add(value.text);
        }
        ExtensionUse use = parts.target != null ? parts.target : parts.matches.get(parts.matches.size() - 1);
        use.add(new Option(name, negated, values), null, w, errors);
    }

    private void take(ExtensionUse use, OptionSpec spec, Word w, String name) {
        touch(w);
        boolean negated = false;
        if (spec.negatable) {
            negated = args.negated(spec.words() > 0);
        } else {
            args.refuseInvert(w);
        }
        List<String> values = new ArrayList<String>();
        for (String kind : spec.kinds) {
            if (kind.startsWith("const:")) {
                values.add(kind.substring(6));
                continue;
            }
            Word value = kind.contains("text:") ? args.anyValue(w, "the value") : args.value(w, "the value");
            if (value == null) {
                return;
            }
            try {
                String canonical = Canon.value(kind, value.text, family);
                values.add(spec.complement && negated ? Times.others(kind, canonical) : canonical);
                if (kind.equals("rate2")) {
                    // the unit as written decides a default of hashlimit, see Finish
                    values.add(String.valueOf(Rate.seconds(value.text) * 1000));
                }
                if (spec.negatable && negated && spec.hide != null && spec.hide.equals(canonical)) {
                    errors.add(value, "! " + name + " " + value + " matches no packet at all", "remove the rule");
                }
            } catch (Bad bad) {
                if (!tolerant) {
                    errors.add(value, name + ": " + bad.getMessage(), bad.todo());
                }
                values.add(value.text);
            }
        }
        use.add(new Option(spec.canonical(), negated && !spec.complement, values), spec, w, errors);
    }
}
