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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the options of a rule: the general ones (addresses, interfaces, protocol, and -m, -j and -g, which name
 * extensions), those of the extensions named so far, and those of the match that -p implies. Then checks their
 * combination.
 */
final class RuleReader {
    /** Rules of a line: {@code -s a,b -d c,d} makes a rule for each pair. */
    private static final int RULES_LIMIT = 4096;

    private final Family family;
    private final ParsedRules rules;
    private final Errors errors;
    private final boolean both;
    private final UnknownExtensions foreign;
    private final CommandWords args;
    private final Extensions known = Extensions.get();

    private final List<Negatable<Network>> sources = new ArrayList<>();
    private final List<Negatable<Network>> destinations = new ArrayList<>();
    private Negatable<String> in;
    private Negatable<String> out;
    private Negatable<String> protocol;
    private Negatable<Boolean> fragment;
    private final List<ExtensionUse> matches = new ArrayList<>();
    /** Null when there is none. */
    ExtensionUse target;
    private boolean goTo;
    /** The extension named last, or null. */
    private ExtensionUse latest;
    /** The first option of the rule, or null. */
    Word first;
    /** A bit for each general option given so far, -a first; -g counts as -j. */
    private int given;
    private Word inWord;
    private Word outWord;

    RuleReader(Family family, ParsedRules rules, boolean both, UnknownExtensions foreign, CommandWords args) {
        this.family = family;
        this.rules = rules;
        this.errors = rules.found;
        this.both = both;
        this.foreign = foreign;
        this.args = args;
    }

    /** Reads the values of a general option. */
    void base(char letter, Word w) {
        first = first == null ? w : first;
        int bit = 1 << (letter == 'g' ? 'j' : letter) - 'a';
        if (letter != 'm' && (given & bit) != 0) { errors.add(w, w + " is given twice", "keep one of them"); }
        given |= bit;
        if (letter == 's' || letter == 'd') {
            addresses(w, letter == 's' ? sources : destinations);
        } else if (letter == 'i') {
            inWord = w;
            in = device(w);
        } else if (letter == 'o') {
            outWord = w;
            out = device(w);
        } else if (letter == 'p') {
            protocol(w);
        } else if (letter == 'f') {
            fragment = new Negatable<>(args.negated(false), Boolean.TRUE);
            if (family == Family.IPV6) { errors.add(w, w + " is IPv4's", "use -m frag for IPv6"); }
        } else {
            args.refuseInvert(w);
            Word name = args.value(w, letter == 'm' ? "the match's name" : letter == 'g' ? "the chain" : "the target");
            if (name != null && letter == 'm') { match(name); }
            if (name != null && letter != 'm') { jump(name, letter == 'g'); }
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
                Network network = AddressReader.network(text, family, true);
                into.add(new Negatable<>(negated, network));
                int parts = Words.split(text, '.').length;
                if (family == Family.IPV4 && text.indexOf('/') < 0 && parts < 4) {
                    errors.note(at, text + " without a mask is the one address " + network + "; for a network write "
                            + text + "/" + 8 * parts);
                }
            } catch (ValueException invalid) {
                errors.add(at, "", invalid);
                String host = Words.before(text, '/');
                if (!AddressReader.looksNumeric(host)) { rules.hostNames.add(new Directive(host, null, at)); }
            }
        }
        if (into.size() > RULES_LIMIT) {
            into.subList(1, into.size()).clear();
            errors.add(value, "more than " + RULES_LIMIT + " addresses", "use networks or ranges");
        }
    }

    /** IFNAMSIZ is 16 with the final NUL. A lone {@code +}, which iptables-save doesn't print, is null. */
    private Negatable<String> device(Word w) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the interface");
        if (value == null) { return null; }
        String name = value.text;
        boolean valid = name.length() > 0 && name.length() <= 15;
        for (int i = 0; i < name.length(); i++) {
            valid &= name.charAt(i) > ' ' && name.charAt(i) < 127 && "/\"'\\".indexOf(name.charAt(i)) < 0;
        }
        if (!valid) {
            errors.add(value, "not an interface: " + Characters.show(name),
                    "1 to 15 characters, as in /proc/net/dev; a + at the end means all that begin so");
        } else if (name.equals("+") && negated) {
            errors.add(value, "! + matches no packet at all", "remove the rule");
        }
        return !valid || name.equals("+") ? null : new Negatable<>(negated, name);
    }

    private void protocol(Word w) {
        boolean negated = args.negated(true);
        Word value = args.value(w, "the protocol");
        if (value == null) { return; }
        String canonical = NumberReader.protocol(value.text);
        if (canonical == null) {
            errors.add(value, "unknown protocol " + Characters.show(value.text),
                    Suggestion.hint(value.text, NumberReader.names("protocol"), "write its number, 0 to 255"));
            return;
        }
        if (canonical.equals("0") && negated) {
            errors.add(value, "! -p all matches no packet at all", "remove the rule");
        } else if (both && !negated && (canonical.equals("icmp") || canonical.equals("ipv6-icmp"))) {
            errors.add(value, canonical + " belongs to one family",
                    "write two lines: iptables -p icmp ... and ip6tables -p ipv6-icmp ...");
        }
        protocol = canonical.equals("0") ? null : new Negatable<>(negated, canonical);
    }

    private void match(Word name) {
        Extension extension = known.match(name.text, family);
        if (extension == null && !foreign.has(false, name.text, family)) {
            Family other = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
            if (errors.name(name, name.text, 28)) {
                errors.add(name,
                        known.match(name.text, other) != null ? "-m " + name + " is " + other.command + "'s"
                                : "unknown match " + Characters.show(name.text),
                        Suggestion.hint(name.text, known.names(false, family),
                                "see the list of matches that are known"));
            }
            args.skipValues();
        } else if (extension != null || errors.name(name, name.text, 28)) {
            latest = new ExtensionUse(extension, extension == null ? name.text : extension.name, name, errors);
            matches.add(latest);
        }
    }

    private void jump(Word name, boolean isGoto) {
        errors.chain(name, "");
        if (isGoto && known.isTarget(name.text)) {
            errors.add(name, "-g goes to a chain, " + name + " is a target", "use -j");
        }
        target = new ExtensionUse(isGoto ? null : known.target(name.text, family), name.text, name, errors);
        latest = target;
        goTo = isGoto;
    }

    /** The target, then the matches from the newest to the oldest: the order in which getopt searches them. */
    private List<ExtensionUse> uses() {
        List<ExtensionUse> uses = new ArrayList<>(matches);
        Collections.reverse(uses);
        if (target != null) { uses.add(0, target); }
        return uses;
    }

    /** Reads an option if an extension named so far has exactly that option; false otherwise. */
    boolean exact(Word w, String name) {
        for (int i = matches.size(); i >= 0; i--) {
            ExtensionUse use = i == matches.size() ? target : matches.get(i);
            OptionSpec spec = use == null || use.extension == null ? null : use.extension.spelled(name);
            if (spec != null) {
                take(use, spec, w, name);
                return true;
            }
        }
        return false;
    }

    /** The options of the extensions named so far with a name that has the prefix, and their extensions. */
    Map<OptionSpec, ExtensionUse> withPrefix(String prefix) {
        Map<OptionSpec, ExtensionUse> found = new LinkedHashMap<>();
        for (ExtensionUse use : uses()) {
            for (OptionSpec spec : use.withPrefix(prefix)) {
                if (!found.containsKey(spec)) { found.put(spec, use); }
            }
        }
        return found;
    }

    /** Reads an option whose whole name isn't known; {@code letters} are the general options with that prefix. */
    void abbreviated(Word w, String name, String letters) {
        Map<OptionSpec, ExtensionUse> found = withPrefix(name);
        if (found.size() == 1 && letters.length() == 0) {
            Map.Entry<OptionSpec, ExtensionUse> only = found.entrySet().iterator().next();
            take(only.getValue(), only.getKey(), w, name);
            return;
        }
        ExtensionUse unknown = unknown();
        ExtensionUse implicit = implicit(w);
        // an unknown extension gets the options that the implicit match lacks
        if (implicit != null && (unknown == null || !implicit.withPrefix(name).isEmpty())) {
            matches.add(implicit);
            if (!exact(w, name)) { abbreviated(w, name, letters); }
            return;
        }
        first = first == null ? w : first;
        if (unknown != null && letters.length() == 0) {
            // never an abbreviation of a general option, such as --modprobe
            readUnknown(unknown, w, name);
        } else {
            args.negated(true);
            boolean ambiguous = found.size() + letters.length() > 1;
            errors.add(w, (ambiguous ? "several options begin with " : "unknown option ") + name,
                    ambiguous ? "write it in full" : hint(name));
            args.skipValues();
        }
    }

    /** The match that -p implies; null when there is none or the rule has it already. */
    private ExtensionUse implicit(Word w) {
        Extension extension = protocol == null || protocol.negated ? null : known.implicit(protocol.value, family);
        for (ExtensionUse use : matches) {
            if (use.extension == extension) { return null; }
        }
        return extension == null ? null : new ExtensionUse(extension, extension.name, w, errors);
    }

    /** For an option that no extension of the rule has: the extension that has it, or the most similar option. */
    private String hint(String name) {
        if (protocol == null && known.match("tcp", family).spelled(name) != null) {
            return "write -p tcp" + (known.match("udp", family).spelled(name) != null ? " (or udp)" : "")
                    + " before it";
        }
        for (boolean isTarget : new boolean[] {false, true}) {
            String owner = null;
            for (String extensionName : known.names(isTarget, family)) {
                Extension extension = known.find(isTarget, extensionName, family);
                if (extension.spelled(name) == null) { continue; }
                if (extension.implicit != null && (owner == null || protocol == null)) {
                    return "write -p " + extension.implicit + " before it";
                }
                owner = owner != null ? owner : (isTarget ? "-j " : "-m ") + extensionName;
            }
            if (owner != null) { return "write " + owner + " before it"; }
        }
        List<String> names = CommandParser.longNames();
        for (OptionSpec spec : withPrefix("").keySet()) {
            names.addAll(spec.names);
        }
        return Suggestion.hint(name, names, "see iptables-extensions(8)");
    }

    /** The unknown extension to which an unknown option belongs, the newest first; or null. */
    private ExtensionUse unknown() {
        List<ExtensionUse> uses = uses();
        if (latest != null) { uses.add(0, latest); }
        for (ExtensionUse use : uses) {
            if (use.extension == null && foreign.has(use == target, use.name, family)) { return use; }
        }
        return null;
    }

    private void readUnknown(ExtensionUse use, Word w, String name) {
        boolean negated = args.negated(true);
        List<String> values = new ArrayList<>();
        if (args.attached != null && !CommandWords.isValue(args.attached)) { args.value(w, "the value"); }
        for (Word value = args.optional(); value != null; value = args.optional()) {
            values.add(value.text);
        }
        errors.name(w, name.substring(2), 64);
        use.unsure = true;
        use.add(new Option(name, negated, values), null, w);
    }

    private void take(ExtensionUse use, OptionSpec spec, Word w, String name) {
        first = first == null ? w : first;
        boolean negated = spec.negatable && args.negated(spec.hasValue());
        args.refuseInvert(w);
        List<String> values = new ArrayList<>();
        for (String kind : spec.kinds) {
            if (kind.startsWith("const:")) {
                values.add(kind.substring(6));
                continue;
            }
            Word value = kind.startsWith("text:") ? args.anyValue(w, "the value") : args.value(w, "the value");
            if (value == null) { return; }
            try {
                values.add(value(spec, kind, value, negated, name));
            } catch (ValueException invalid) {
                errors.add(value, name + ": ", invalid);
                values.add(value.text);
                use.unsure = true;
            }
        }
        boolean inverse = negated && spec.is("inverse");
        use.add(new Option(inverse ? spec.get("inverse") : spec.canonical, negated && !inverse, values), spec, w);
    }

    private String value(OptionSpec spec, String kind, Word value, boolean negated, String name) throws ValueException {
        String canonical = ValueKinds.value(kind, value.text, family);
        if (spec.is("not") && canonical.contains(spec.get("not"))) {
            throw new ValueException(
                    "a value with " + Characters.show(spec.get("not")) + ": " + Characters.show(value.text),
                    "leave it out: some kernels take it for something else");
        }
        if (kind.startsWith("text:") && canonical.length() < value.text.length()) {
            errors.note(value, name + " is shortened to " + canonical.length() + " bytes, as iptables does it: "
                    + Characters.show(canonical));
        }
        if (negated && canonical.equals(spec.get("hide"))) {
            errors.add(value, "! " + name + " " + value + " matches no packet at all", "remove the rule");
        }
        return canonical;
    }

    /** Reports options that can't be combined; {@code chain} may be null. */
    void check(Word chain) {
        boolean syn = false;
        for (ExtensionUse match : matches) {
            match.check(protocol);
            Option flags = match.name.equals("tcp") ? match.option("--tcp-flags") : null;
            syn |= flags != null && !flags.negated && flags.values.size() == 2 && flags.values.get(1).contains("SYN");
        }
        if (target != null) { target.check(protocol); }
        // xt_TCPMSS.c
        if (target != null && target.name.equals("TCPMSS") && !syn) {
            errors.add(target.at, "-j TCPMSS works on opening segments only", "add --tcp-flags SYN,RST SYN (or --syn)");
        }
        String name = chain == null ? "" : chain.text;
        if (in != null && (name.equals(Hook.OUTPUT.name()) || name.equals(Hook.POSTROUTING.name()))) {
            errors.add(inWord, "-i in " + name + ": a packet there has no interface it came in by", "use -o");
        }
        if (out != null && (name.equals(Hook.INPUT.name()) || name.equals(Hook.PREROUTING.name()))) {
            errors.add(outWord, "-o in " + name + ": it isn't known yet where a packet there goes out", "use -i");
        }
        Word at = chain == null ? first : chain;
        if ((sources.size() > 1 || destinations.size() > 1) && (negated(sources) || negated(destinations))) {
            errors.add(at, "! beside a list of addresses", "write a rule for each address (iptables refuses this)");
        }
        if (sources.size() * (long) Math.max(1, destinations.size()) > RULES_LIMIT) {
            errors.add(at, "more than " + RULES_LIMIT + " rules on one line", "use networks or ranges");
        }
    }

    private static boolean negated(List<Negatable<Network>> list) { return !list.isEmpty() && list.get(0).negated; }

    /** A rule for each pair of addresses, in the order of iptables' -A. */
    List<Rule> build(Origin origin) {
        List<Match> built = new ArrayList<>();
        for (ExtensionUse match : matches) {
            built.add(new Match(match.name, match.options()));
        }
        Target to = target == null ? null : new Target(target.name, goTo, target.options());
        List<Rule> all = new ArrayList<>();
        for (Negatable<Network> source : orAny(sources)) {
            for (Negatable<Network> destination : orAny(destinations)) {
                all.add(new Rule.Builder(origin).source(source).destination(destination).in(in).out(out)
                        .protocol(protocol).fragment(fragment).matches(built).target(to).build());
            }
        }
        return all;
    }

    /** Null for any address, which iptables-save doesn't print. */
    private static List<Negatable<Network>> orAny(List<Negatable<Network>> networks) {
        List<Negatable<Network>> all = new ArrayList<>();
        for (Negatable<Network> network : networks) {
            all.add(network.value.isEverything() && !network.negated ? null : network);
        }
        if (all.isEmpty()) { all.add(null); }
        return all;
    }
}
