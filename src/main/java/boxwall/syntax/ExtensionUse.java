package boxwall.syntax;

import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A match or target of a rule that is being read, with the options given so far. */
final class ExtensionUse {
    /** The protocols with ports for the NAT targets; icmp has ids instead. */
    private static final List<String> PORTS =
            Arrays.asList("tcp", "udp", "sctp", NumberReader.protocol("dccp"), "icmp");

    /** Null for an unknown extension, whose options stay as written. */
    final Extension extension;
    /** The place of its name; for an implicit match, of its first option. */
    final Word at;
    final String name;
    /** Whether a value was not understood; then the combination of values isn't checked. */
    boolean unsure;
    private final Errors errors;
    private final List<Option> given = new ArrayList<>();
    private final List<Word> places = new ArrayList<>();

    ExtensionUse(Extension extension, String name, Word at, Errors errors) {
        this.extension = extension;
        this.name = name;
        this.at = at;
        this.errors = errors;
    }

    /** Adds an option, whose spec is null if the extension is unknown. */
    void add(Option option, OptionSpec spec, Word place) {
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

    /** A given option, or null. */
    Option option(String canonical) { return Option.find(given, canonical); }

    private String value(String canonical, String standard) {
        Option option = option(canonical);
        return option == null ? standard : option.value();
    }

    /** The place of an option, or of the extension if the option isn't given. */
    private Word place(String canonical) {
        int index = given.indexOf(option(canonical));
        return index < 0 || index >= places.size() ? at : places.get(index);
    }

    /** The options with a name that has the prefix; none for an unknown extension. */
    List<OptionSpec> withPrefix(String prefix) {
        List<OptionSpec> found = new ArrayList<>();
        for (OptionSpec spec : extension == null ? found : extension.options) {
            boolean matches = false;
            for (String spelling : spec.names) {
                matches |= spelling.startsWith(prefix);
            }
            if (matches) { found.add(spec); }
        }
        return found;
    }

    /** Checks the combination of options in a rule with that -p, and completes them. */
    void check(Negatable<String> protocol) {
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
        } catch (ValueException invalid) {
            errors.add(at, "-m " + name + ": ", invalid);
        }
        if (!extension.protocols.isEmpty()) {
            needs(null, word(), extension.protocols, extension.protocols.get(0) + " before it", protocol);
        }
        for (Option option : options()) {
            OptionSpec spec = extension.printed(option.name);
            String value = option.value();
            if (spec.is("p")) { needs(option, option.name, spec.list("p"), spec.get("p"), protocol); }
            if (value != null
                    && (spec.kinds.contains("natports") || spec.kinds.contains("nataddress") && hasPort(value))) {
                needs(option, option.name + " with a port", PORTS, "tcp before it", protocol);
            }
            // ipt_REJECT.c
            if (option.name.equals("--reject-with") && value.equals("tcp-reset")) {
                needs(option, value, PORTS.subList(0, 1), "tcp, or another answer", protocol);
            }
        }
    }

    private String word() { return (extension.target ? "-j " : "-m ") + name; }

    /** Reports that -p names none of the protocols that an option needs, or the extension if it is null. */
    private void needs(Option option, String what, List<String> names, String todo, Negatable<String> protocol) {
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

    /** Checks of single matches that need all their options, and defaults that depend on other options. */
    private void complete() throws ValueException {
        if (extension.target) { return; }
        if (name.equals("tcp") && option("--tcp-flags") != null) {
            // iptables-save would omit the option, which reverses the rule
            Option flags = option("--tcp-flags");
            if (flags.value().equals("NONE") && flags.negated == flags.values.get(1).equals("NONE")) {
                throw new ValueException("--tcp-flags NONE with this matches no packet", "name the flags to look at");
            }
        } else if (name.equals("limit")) {
            Rate.burst(value("--limit", "3/hour"), value("--limit-burst", "5"));
        } else if (name.equals("time")) {
            time();
        } else if (name.equals("string")
                && NumberReader.parse(value("--from", "0")) > NumberReader.parse(value("--to", "65535"))) {
            throw new ValueException("--from behind --to", "write the lower offset as --from");
        }
    }

    /** iptables-save prints both times, or none if they are the whole day. */
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

    /** The options as iptables-save prints them: in order, with defaults, without hidden ones. */
    List<Option> options() {
        if (extension == null) { return given; }
        List<Option> all = new ArrayList<>();
        for (OptionSpec spec : extension.options) {
            String printed = spec.names.get(0);
            String standard = spec.get("def");
            // no iterator for each spec
            for (int i = 0; i < given.size(); i++) {
                Option option = given.get(i);
                if (option.name.equals(printed) && !spec.isHidden(option)) { all.add(option); }
            }
            if (standard != null && option(printed) == null && option(spec.get("unless")) == null
                    && (!spec.is("with") || option(spec.get("with")) != null)) {
                all.add(standard.length() == 0 ? Option.of(printed) : Option.of(printed, standard));
            }
        }
        return all;
    }
}
