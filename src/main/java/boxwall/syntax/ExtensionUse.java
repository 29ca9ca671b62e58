package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Option;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** A match or target in a rule that is being read: which options were given so far. */
final class ExtensionUse {
    final Extension extension;
    /** Where it was named (for an implicit match: the option that brought it). */
    final Word at;
    final String name;
    /** Whether a value was kept as it is, because it isn't understood: then nothing is concluded from the values. */
    boolean unsure;
    private List<Option> given = new ArrayList<>();
    private final List<Word> places = new ArrayList<>();

    /** {@code extension} is null for one that isn't known and passes as it is. */
    ExtensionUse(Extension extension, String name, Word at) {
        this.extension = extension;
        this.name = name;
        this.at = at;
    }

    void add(Option option, OptionSpec spec, Word place, Errors errors) {
        for (Option other : given) {
            if (spec != null && !spec.multi && other.name.equals(option.name)) {
                errors.add(place,
                        option.name + " is given twice"
                                + (place.is(option.name) ? "" : " (" + place + " is one way to write it)"),
                        "keep one of them");
                return;
            }
        }
        given.add(option);
        places.add(place);
    }

    /** The option given under that canonical name, or null. */
    Option option(String canonical) {
        for (Option option : given) {
            if (option.name.equals(canonical)) { return option; }
        }
        return null;
    }

    /** The place of that option, or that of the extension. */
    Word place(String canonical) {
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i).name.equals(canonical)) { return places.get(i); }
        }
        return at;
    }

    /** What must and must not be together; completes the options. */
    void check(Family family, Errors errors) {
        if (extension == null) { return; }
        String word = (extension.target ? "-j " : "-m ") + name;
        for (List<String> group : extension.need) {
            boolean met = group.isEmpty() ? !given.isEmpty() : false;
            for (String option : group) {
                met |= option(option) != null;
            }
            if (!met) { errors.add(at, word + " needs " + alternatives(group), "add it"); }
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
        finish(family, errors);
    }

    /** What an option needs beside it, and what only shows when all are there. */
    private void finish(Family family, Errors errors) {
        for (Option option : given) {
            OptionSpec spec = extension.printed(option.name);
            if (spec != null && spec.with != null && option(spec.with) == null) {
                errors.add(place(option.name), option.name + " needs " + spec.with, "add it");
            }
        }
        try {
            given = extension.finish == null || unsure ? given
                    : ExtensionCheck.options(extension.finish, given, family);
        } catch (ValueException bad) {
            errors.add(at, "-m " + name + ": " + bad.getMessage(), bad.todo);
        }
    }

    private String alternatives(List<String> group) {
        List<String> names = new ArrayList<>(group);
        for (OptionSpec spec : extension.options) {
            if (group.isEmpty()) { names.add(spec.names.get(0)); }
        }
        StringBuilder out = new StringBuilder(names.get(0));
        for (int i = 1; i < names.size(); i++) {
            out.append(" or ").append(names.get(i));
        }
        return out.toString();
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
            if (spec.def != null && option(spec.names.get(0)) == null) {
                all.add(Option.of(spec.names.get(0), spec.def));
            }
        }
        Collections.sort(all, new Comparator<Option>() {
            @Override
            public int compare(Option a, Option b) { return extension.order(a.name) - extension.order(b.name); }
        });
        return all;
    }
}
