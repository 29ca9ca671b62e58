package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;
import java.util.List;

/** iptables' own options of a rule: addresses, interfaces, protocol, and -m, -j and -g, which name the extensions. */
final class RuleOptions {
    private final Family family;
    private final ParsedRules rules;
    private final Errors errors;
    private final boolean both;
    private final Foreign foreign;
    /** Those of the extensions. */
    final ExtensionOptions extensions;

    private Arguments args;
    RuleParts parts;
    private Word first;
    private String seen;

    RuleOptions(Family family, ParsedRules rules, boolean both, Foreign foreign) {
        this.family = family;
        this.rules = rules;
        this.errors = rules.found;
        this.both = both;
        this.foreign = foreign;
        this.extensions = new ExtensionOptions(family, errors, foreign);
    }

    void begin(Arguments arguments) {
        args = arguments;
        parts = new RuleParts();
        extensions.begin(args, parts);
        first = null;
        seen = "";
    }

    /** Null when there is none. */
    Word first() { return first != null ? first : extensions.first; }

    void base(char letter, Word w) {
        first = first == null ? w : first;
        char once = letter == 'g' ? 'j' : letter;
        if (letter != 'm' && seen.indexOf(once) >= 0) { errors.add(w, w + " is given twice", "keep one of them"); }
        seen += once;
        switch (letter) {
            case 's' :
                addresses(w, parts.sources);
                break;
            case 'd' :
                addresses(w, parts.destinations);
                break;
            case 'i' :
                parts.inAt = w;
                parts.in = device(w);
                break;
            case 'o' :
                parts.outAt = w;
                parts.out = device(w);
                break;
            case 'p' :
                protocol(w);
                break;
            case 'f' :
                parts.fragment = new Negatable<>(args.negated(false), Boolean.TRUE);
                if (family == Family.IPV6) { errors.add(w, w + " is IPv4's", "use -m frag for IPv6"); }
                break;
            case 'm' :
                args.refuseInvert(w);
                match(args.value(w, "the match's name"));
                break;
            default :
                args.refuseInvert(w);
                jump(args.value(w, letter == 'g' ? "the chain" : "the target"), letter == 'g');
        }
    }

    private void addresses(Word w, List<Negatable<Network>> into) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the address");
        if (value == null) { return; }
        int from = 0;
        for (String text : Words.split(value.text, ',')) {
            Word at = value.from(from);
            from += text.length() + 1;
            try {
                if (text.length() == 0) { throw new ValueException("the address is missing", "write it"); }
                Network network = Inet.written(text, family);
                into.add(new Negatable<>(negated, network));
                if (Inet.isShort(text, family)) {
                    errors.note(at, text + " without a mask is the one address " + network + "; for a network write "
                            + text + "/" + 8 * Words.split(text, '.').length);
                }
            } catch (ValueException bad) {
                errors.add(at, bad);
                String host = Words.split(text, '/')[0];
                if (!Inet.looksNumeric(host)) { rules.hostNames.add(new Line(host, null, at)); }
            }
        }
        if (into.size() > RuleParts.RULES_LIMIT) {
            into.subList(1, into.size()).clear();
            errors.add(value, "more than " + RuleParts.RULES_LIMIT + " addresses", "use networks or ranges");
        }
    }

    /**
     * IFNAMSIZ is 16, the closing NUL included. A lone {@code +} is every interface, which iptables-save doesn't print.
     */
    private Negatable<String> device(Word w) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the interface");
        if (value == null) { return null; }
        String name = value.text;
        boolean good = name.length() > 0 && name.length() <= 15;
        for (int i = 0; i < name.length(); i++) {
            good &= name.charAt(i) > ' ' && name.charAt(i) < 127 && "/\"'\\".indexOf(name.charAt(i)) < 0;
        }
        if (!good) {
            errors.add(value, "not an interface: " + Errors.show(name),
                    "1 to 15 characters, as in /proc/net/dev; a + at the end means all that begin so");
            return null;
        }
        if (name.equals("+") && negated) { errors.add(value, "! + matches no packet at all", "remove the rule"); }
        return name.equals("+") ? null : new Negatable<>(negated, name);
    }

    private void protocol(Word w) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the protocol");
        if (value == null) { return; }
        String canonical = NumberNames.protocol(value.text);
        if (canonical == null) {
            errors.add(value, "unknown protocol " + Errors.show(value.text),
                    Nearest.hint(value.text, NumberNames.names("protocol"), "write its number, 0 to 255"));
            return;
        }
        if (canonical.equals("0") && negated) {
            errors.add(value, "! -p all matches no packet at all", "remove the rule");
        } else if (both && !negated && (canonical.equals("icmp") || canonical.equals("ipv6-icmp"))) {
            errors.add(value, canonical + " belongs to one family",
                    "write two lines: iptables -p icmp ... and ip6tables -p ipv6-icmp ...");
        }
        parts.protocol = canonical.equals("0") ? null : new Negatable<>(negated, canonical);
    }

    private void match(Word name) {
        if (name == null) { return; }
        Extensions all = Extensions.get();
        Extension extension = all.match(name.text, family);
        if (extension == null && !foreign.has(false, name.text, family)) {
            Family other = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
            if (errors.name(name, name.text, 28, "")) {
                errors.add(name,
                        all.match(name.text, other) != null ? "-m " + name + " is " + other.command() + "'s"
                                : "unknown match " + Errors.show(name.text),
                        Nearest.hint(name.text, all.names(false, family), "see the list of matches that are known"));
            }
            args.skipValues();
        } else if (extension != null || errors.name(name, name.text, 28, "")) {
            parts.latest = new ExtensionUse(extension, extension == null ? name.text : extension.name, name);
            parts.matches.add(parts.latest);
        }
    }

    private void jump(Word name, boolean goTo) {
        if (name == null) { return; }
        errors.name(name, name.text, 28, "");
        if (goTo && Extensions.get().isTarget(name.text)) {
            errors.add(name, "-g goes to a chain, " + name + " is a target", "use -j");
        }
        parts.target = new ExtensionUse(goTo ? null : Extensions.get().target(name.text, family), name.text, name);
        parts.latest = parts.target;
        parts.goTo = goTo;
    }
}
