package boxwall.syntax;

import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
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
            boolean met = group.isEmpty() && !given.isEmpty();
            for (String option : group) {
                met |= option(option) != null;
            }
            if (met) { continue; }
            List<String> names = new ArrayList<>(group);
            for (OptionSpec spec : extension.options) {
                if (group.isEmpty()) { names.add(spec.names.get(0)); }
            }
            errors.add(at, word() + " needs " + Words.join(names, " or "), "add it");
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
            if (spec != null && spec.is("with") && option(spec.get("with")) == null) {
                errors.add(place(option.name), option.name + " needs " + spec.get("with"), "add it");
            }
        }
        try {
            if (!unsure) { complete(); }
        } catch (ValueException bad) {
            errors.add(at, "-m " + name + ": ", bad);
        }
        if (!extension.protocols.isEmpty() && !isOneOf(protocol, extension.protocols)) {
            errors.add(at, word() + " needs the protocol " + or(extension.protocols),
                    "write -p " + extension.protocols.get(0) + " before it");
        }
        for (Option option : options()) {
            OptionSpec spec = extension.printed(option.name);
            if (spec != null) { protocol(option, spec, protocol, errors); }
        }
    }

    private String word() { return (extension.target ? "-j " : "-m ") + name; }

    /** What an option, or its value, asks of -p. */
    private void protocol(Option option, OptionSpec spec, Negatable<String> protocol, Errors errors) {
        String value = option.value();
        if (spec.is("p") && !isOneOf(protocol, Arrays.asList(spec.get("p")))) {
            errors.add(place(option.name), option.name + " needs the protocol " + spec.get("p"),
                    "write -p " + spec.get("p"));
        }
        boolean ports = value != null
                && (spec.kinds.contains("natports") || spec.kinds.contains("nataddress") && hasPort(value));
        if (ports && !isOneOf(protocol, PORTS)) {
            errors.add(place(option.name), option.name + " with a port needs the protocol " + or(PORTS),
                    "write -p tcp before it");
        }
        // ipt_REJECT.c
        if (option.name.equals("--reject-with") && value.equals("tcp-reset")
                && !isOneOf(protocol, Arrays.asList("tcp"))) {
            errors.add(place(option.name), "tcp-reset needs the protocol tcp", "write -p tcp, or another answer");
        }
    }

    private static boolean isOneOf(Negatable<String> protocol, List<String> names) {
        return protocol != null && !protocol.negated && names.contains(protocol.value);
    }

    private static boolean hasPort(String value) {
        int colon = value.lastIndexOf(':');
        return colon >= 0 && (value.indexOf(':') == colon || value.contains("]:"));
    }

    private static String or(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : Words.join(names.subList(0, last), ", ") + " or " + names.get(last);
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
        for (Option option : given) {
            OptionSpec spec = extension.printed(option.name);
            boolean hidden = spec != null && (spec.is("silent")
                    || !option.negated && spec.is("hide") && spec.get("hide").equals(option.value()));
            if (!hidden) { all.add(option); }
        }
        for (OptionSpec spec : extension.options) {
            String def = spec.get("def");
            if (def != null && option(spec.names.get(0)) == null && option(spec.get("unless")) == null
                    && (!spec.is("with") || option(spec.get("with")) != null)) {
                all.add(def.length() == 0 ? Option.of(spec.names.get(0)) : Option.of(spec.names.get(0), def));
            }
        }
        if (all.size() < 2) { return all; }
        Collections.sort(all, new Comparator<Option>() {
            @Override
            public int compare(Option a, Option b) { return extension.order(a.name) - extension.order(b.name); }
        });
        return all;
    }
}
