package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** A match or target in a rule that is being read: which options were given so far. */
final class ExtensionUse {
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
        if (spec != null && !spec.multi && option(option.name) != null) {
            errors.add(place,
                    option.name + " is given twice"
                            + (place.is(option.name) ? "" : " (" + place + " is one way to write it)"),
                    "keep one of them");
            return;
        }
        given.add(option);
        places.add(place);
    }

    /** The option given under that canonical name, or null. */
    Option option(String canonical) {
        return Match.find(given, canonical);
    }

    private String value(String canonical, String otherwise) {
        Option option = option(canonical);
        return option == null ? otherwise : option.value();
    }

    /** The place of that option, or that of the extension. */
    Word place(String canonical) {
        int index = given.indexOf(option(canonical));
        return index < 0 || index >= places.size() ? at : places.get(index);
    }

    /** What must and must not be together; completes the options. */
    void check(Family family, Errors errors) {
        if (extension == null) { return; }
        String word = (extension.target ? "-j " : "-m ") + name;
        for (List<String> group : extension.need) {
            boolean met = group.isEmpty() && !given.isEmpty();
            List<String> names = new ArrayList<>(group);
            for (String option : group) {
                met |= option(option) != null;
            }
            for (OptionSpec spec : extension.options) {
                if (group.isEmpty()) { names.add(spec.names.get(0)); }
            }
            if (!met) { errors.add(at, word + " needs " + Words.join(names, " or "), "add it"); }
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
            if (spec != null && spec.with != null && option(spec.with) == null) {
                errors.add(place(option.name), option.name + " needs " + spec.with, "add it");
            }
        }
        try {
            if (!unsure) { complete(family); }
        } catch (ValueException bad) {
            errors.add(at, "-m " + name + ": " + bad.getMessage(), bad.todo);
        }
    }

    /** What only shows when all options of some matches are there, and defaults that depend on others. */
    private void complete(Family family) throws ValueException {
        if (extension.target) { return; }
        if (name.equals("tcp") && option("--tcp-flags") != null) {
            // iptables-save would drop the option, and so turn the rule round
            Option flags = option("--tcp-flags");
            if (flags.value().equals("NONE") && flags.negated == flags.values.get(1).equals("NONE")) {
                throw new ValueException("--tcp-flags NONE with this matches no packet", "name the flags to look at");
            }
        } else if (name.equals("limit")) {
            burst(Rate.limitPeriod(value("--limit", "3/hour")), value("--limit-burst", "5"), false);
        } else if (name.equals("hashlimit")) {
            hashlimit(family);
        } else if (name.equals("time")) {
            time();
        } else if (name.equals("string")
                && number(value("--from", "0")) > number(value("--to", String.valueOf(Numbers.U32)))) {
            throw new ValueException("--from behind --to", "write the lower offset as --from");
        }
    }

    private static long number(String text) { return Long.parseLong(text); }

    private static void burst(long period, String packets, boolean wide) throws ValueException {
        if (!(wide ? Rate.isCounted(period, number(packets)) : Rate.countable(period, number(packets), false))) {
            throw new ValueException("a burst of " + packets + " takes longer than the kernel can count, or is nothing",
                    "choose a higher rate or another burst, as 1");
        }
    }

    /**
     * The table's entries live as long as the rate's unit, as the user wrote it; printed when the printed rate has
     * another unit.
     */
    private void hashlimit(Family family) throws ValueException {
        for (String name : new String[] {"--hashlimit-srcmask", "--hashlimit-dstmask"}) {
            if (value(name, "").equals(String.valueOf(family.addressBits))) { given.remove(option(name)); }
        }
        Option rate = option(option("--hashlimit-upto") != null ? "--hashlimit-upto" : "--hashlimit-above");
        if (rate == null) { return; }
        burst(Rate.hashPeriod(rate.value()), value("--hashlimit-burst", "5"), true);
        // values of an option hold the printed rate and, behind it, the unit that was written
        String printed = String.valueOf(Rate.seconds(rate.value()) * 1000);
        String written = rate.values.size() > 1 ? rate.values.get(1) : printed;
        given.set(given.indexOf(rate), Option.of(rate.name, rate.value()));
        Option expire = option("--hashlimit-htable-expire");
        if (expire == null && !written.equals(printed)) {
            given.add(Option.of("--hashlimit-htable-expire", written));
        } else if (expire != null && expire.value().equals(printed)) { given.remove(expire); }
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
            boolean hidden = spec != null && spec.silent
                    || spec != null && spec.hide != null && !option.negated && spec.hide.equals(option.value());
            if (!hidden) { all.add(option); }
        }
        for (OptionSpec spec : extension.options) {
            if (spec.def != null && option(spec.names.get(0)) == null
                    && (spec.unless == null || option(spec.unless) == null)
                    && (spec.with == null || option(spec.with) != null)) {
                all.add(spec.def.length() == 0 ? Option.of(spec.names.get(0)) : Option.of(spec.names.get(0), spec.def));
            }
        }
        Collections.sort(all, new Comparator<Option>() {
            @Override
            public int compare(Option a, Option b) { return extension.order(a.name) - extension.order(b.name); }
        });
        return all;
    }
}
