package boxwall.syntax;

import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A match or target in a rule that is being read: which options were given so far. */
final class ExtensionUse {
    /** What the NAT targets ask for before a port; icmp stands for its ids. */
    private static final List<String> PORTS = Arrays.asList("tcp", "udp", "sctp", Numbers.protocol("dccp"), "icmp");

    /** Null for one that isn't known and passes as it is. */
    final Extension extension;
    /** Where it was named (for an implicit match: the option that brought it). */
    final Word at;
    final String name;
    /** Whether a value was kept as it is, because it isn't understood: then nothing is concluded from the values. */
    boolean unsure;
    private final List<Option> given = new ArrayList<>();
    private final List<Word> places = new ArrayList<>();

    ExtensionUse(Extension extension, String name, Word at) {
        this.extension = extension;
        this.name = name;
        this.at = at;
    }

    void add(Option option, OptionSpec spec, Word place, Errors errors) {
        if (spec != null && !spec.is("multi") && option(option.name) != null) {
            errors.add(place,
                    option.name + " is given twice"
                            + (place.is(option.name) ? "" : " (" + place + " is one way to write it)"),
                    "keep one of them");
            return;
        }
        given.add(option);
        places.add(place);
    }

    /** Null when it isn't given. */
    Option option(String canonical) { return Option.find(given, canonical); }

    private String value(String canonical, String otherwise) {
        Option option = option(canonical);
        return option == null ? otherwise : option.value();
    }

    /** The place of that option, or that of the extension. */
    Word place(String canonical) {
        int index = given.indexOf(option(canonical));
        return index < 0 || index >= places.size() ? at : places.get(index);
    }

    /** The options whose names begin so; none of an extension that isn't known. */
    List<OptionSpec> beginning(String name) {
        List<OptionSpec> found = new ArrayList<>();
        for (OptionSpec spec : extension == null ? found : extension.options) {
            boolean begins = false;
            for (String each : spec.names) {
                begins |= each.startsWith(name);
            }
            if (begins) { found.add(spec); }
        }
        return found;
    }

    /** Notes what must and must not be together, in a rule with that -p; completes the options. */
    void check(Negatable<String> protocol, Errors errors) {
        if (extension == null) { return; }
        for (List<String> group : extension.need) {
            boolean met = false;
            for (int i = 0; i < group.size() && !met; i++) {
                met = option(group.get(i)) != null;
            }
            if (!met) { errors.add(at, word() + " needs " + Words.join(group, " or "), "add it"); }
        }
        for (List<String> group : extension.exclusive) {
            String first = null;
            for (String option : group) {
                if (option(option) != null && first != null) {
                    errors.add(place(option), option + " beside " + first, "write two rules, or keep one of them");
                }
                first = option(option) != null ? option : first;
            }
        }
        for (Option option : given) {
            OptionSpec spec = extension.printed(option.name);
            if (spec.is("with") && option(spec.get("with")) == null) {
                errors.add(place(option.name), option.name + " needs " + spec.get("with"), "add it");
            }
        }
        try {
            if (!unsure) { complete(); }
        } catch (ValueException bad) {
            errors.add(at, "-m " + name + ": ", bad);
        }
        if (!extension.protocols.isEmpty()) {
            needs(null, word(), extension.protocols, extension.protocols.get(0) + " before it", protocol, errors);
        }
        for (Option option : options()) {
            OptionSpec spec = extension.printed(option.name);
            String value = option.value();
            if (spec.is("p")) { needs(option, option.name, spec.list("p"), spec.get("p"), protocol, errors); }
            if (value != null
                    && (spec.kinds.contains("natports") || spec.kinds.contains("nataddress") && hasPort(value))) {
                needs(option, option.name + " with a port", PORTS, "tcp before it", protocol, errors);
            }
            // ipt_REJECT.c
            if (option.name.equals("--reject-with") && value.equals("tcp-reset")) {
                needs(option, value, PORTS.subList(0, 1), "tcp, or another answer", protocol, errors);
            }
        }
    }

    private String word() { return (extension.target ? "-j " : "-m ") + name; }

    /** Notes that -p names none of some protocols, one of which an option, or null for the extension, needs. */
    private void needs(Option option, String what, List<String> names, String todo, Negatable<String> protocol,
            Errors errors) {
        if (protocol != null && !protocol.negated && names.contains(protocol.value)) { return; }
        int last = names.size() - 1;
        String before = last == 0 ? "" : Words.join(names.subList(0, last), ", ") + " or ";
        errors.add(option == null ? at : place(option.name), what + " needs the protocol " + before + names.get(last),
                "write -p " + todo);
    }

    private static boolean hasPort(String value) {
        int colon = value.lastIndexOf(':');
        return colon >= 0 && (value.indexOf(':') == colon || value.contains("]:"));
    }

    /** What only shows when all options of some matches are there, and defaults that depend on others. */
    private void complete() throws ValueException {
        if (extension.target) { return; }
        if (name.equals("tcp") && option("--tcp-flags") != null) {
            // iptables-save would drop the option, and so turn the rule round
            Option flags = option("--tcp-flags");
            if (flags.value().equals("NONE") && flags.negated == flags.values.get(1).equals("NONE")) {
                throw new ValueException("--tcp-flags NONE with this matches no packet", "name the flags to look at");
            }
        } else if (name.equals("limit")) {
            Rate.burst(value("--limit", "3/hour"), value("--limit-burst", "5"));
        } else if (name.equals("time")) {
            time();
        } else if (name.equals("string")
                && Numbers.parse(value("--from", "0")) > Numbers.parse(value("--to", "65535"))) {
            throw new ValueException("--from behind --to", "write the lower offset as --from");
        }
    }

    /** Both ends of the day are printed when one of them isn't the day's own. */
    private void time() throws ValueException {
        String from = value("--timestart", "00:00:00");
        String to = value("--timestop", "23:59:59");
        given.remove(option("--timestart"));
        given.remove(option("--timestop"));
        if (!from.equals("00:00:00") || !to.equals("23:59:59")) {
            given.add(Option.of("--timestart", from));
            given.add(Option.of("--timestop", to));
        }
        if (option("--contiguous") != null && from.compareTo(to) < 0) {
            throw new ValueException("--contiguous with a time that doesn't cross midnight", "remove it");
        }
    }

    /** The options as iptables-save prints them: defaults added, silent ones left out, in order. */
    List<Option> options() {
        if (extension == null) { return given; }
        List<Option> all = new ArrayList<>();
        for (OptionSpec spec : extension.options) {
            String option = spec.names.get(0);
            String def = spec.get("def");
            for (int i = 0; i < given.size(); i++) {
                Option each = given.get(i);
                if (each.name.equals(option) && !spec.isHidden(each)) { all.add(each); }
            }
            if (def != null && option(option) == null && option(spec.get("unless")) == null
                    && (!spec.is("with") || option(spec.get("with")) != null)) {
                all.add(def.length() == 0 ? Option.of(option) : Option.of(option, def));
            }
        }
        return all;
    }
}
