package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Option;

import java.util.ArrayList;
import java.util.List;

/**
 * The options of the matches and the target that a rule has named so far, and the match that -p brings along for its
 * own.
 */
final class ExtensionOptions {
    private final Family family;
    private final Errors errors;
    private final Foreign foreign;

    private Arguments args;
    private RuleParts parts;
    private boolean implicitUsed;
    private Word first;

    ExtensionOptions(Family family, Errors errors, Foreign foreign) {
        this.family = family;
        this.errors = errors;
        this.foreign = foreign;
    }

    void begin(Arguments arguments, RuleParts rule) {
        args = arguments;
        parts = rule;
        implicitUsed = false;
        first = null;
    }

    /** The first option of an extension, or null. */
    Word first() { return first; }

    /** The target and the matches, the newest first, as getopt sees them. */
    private List<ExtensionUse> uses() {
        List<ExtensionUse> uses = new ArrayList<>(parts.matches);
        java.util.Collections.reverse(uses);
        if (parts.target != null) { uses.add(0, parts.target); }
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

    boolean someBegin(String name) { return !beginning(name).isEmpty(); }

    /** Pairs of use and spec whose names begin so; the older of two with the same spec is shadowed. */
    private List<Object[]> beginning(String name) {
        List<Object[]> found = new ArrayList<>();
        List<OptionSpec> specs = new ArrayList<>();
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
        } else if ((opaque() == null || implicitHas(name)) && bringImplicit(w)) {
            if (!exact(w, name)) { abbreviated(w, name, letters); }
        } else if (opaque() != null && letters.length() == 0) {
            // never what may be short for one of iptables' own, as --modprobe
            opaque(opaque(), w, name);
        } else {
            unknown(w, name, found.size() + letters.length() > 1);
        }
    }

    /**
     * Whether the match that -p would bring has an option that begins so: else it belongs to what isn't known, and
     * brings nothing.
     */
    private boolean implicitHas(String name) {
        Extension extension = parts.protocol == null ? null : Extensions.get().implicit(parts.protocol.value, family);
        for (OptionSpec spec : extension == null ? new ArrayList<OptionSpec>() : extension.options) {
            for (String each : spec.names) {
                if (each.startsWith(name)) { return true; }
            }
        }
        return false;
    }

    /** Adds the match that -p implies, once. */
    private boolean bringImplicit(Word w) {
        if (implicitUsed || parts.protocol == null || parts.protocol.negated) { return false; }
        Extension extension = Extensions.get().implicit(parts.protocol.value, family);
        if (extension == null) { return false; }
        implicitUsed = true;
        for (ExtensionUse use : parts.matches) {
            if (use.extension == extension) { return false; }
        }
        parts.matches.add(new ExtensionUse(extension, extension.name, w));
        return true;
    }

    private void unknown(Word w, String name, boolean ambiguous) {
        first = first == null ? w : first;
        args.negated(true);
        String todo = ambiguous ? "write it in full" : Owners.hint(name, family, parts.protocol == null, uses());
        errors.add(w, (ambiguous ? "several options begin with " : "unknown option ") + name, todo);
        args.skipValues();
    }

    /**
     * The extension that an unknown option is taken for: one that isn't known itself, the newest first; null when there
     * is none.
     */
    private ExtensionUse opaque() {
        List<ExtensionUse> uses = uses();
        if (parts.latest != null) { uses.add(0, parts.latest); }
        for (ExtensionUse use : uses) {
            if (use.extension == null && foreign.has(use == parts.target, use.name, family)) { return use; }
        }
        return null;
    }

    private void opaque(ExtensionUse use, Word w, String name) {
        first = first == null ? w : first;
        boolean negated = args.negated(true);
        List<String> values = new ArrayList<>();
        if (args.glued != null && !Arguments.isValue(args.glued)) { args.value(w, "the value"); }
        for (Word value = args.optional(); value != null; value = args.optional()) {
            values.add(value.text);
        }
        try {
            ValueKinds.name(name.substring(2), 64);
        } catch (ValueException bad) {
            errors.add(w, bad);
        }
        use.unsure = true;
        use.add(new Option(name, negated, values), null, w, errors);
    }

    private void take(ExtensionUse use, OptionSpec spec, Word w, String name) {
        first = first == null ? w : first;
        boolean negated = false;
        if (spec.negatable) {
            negated = args.negated(spec.words() > 0);
        } else {
            args.refuseInvert(w);
        }
        List<String> values = new ArrayList<>();
        for (String kind : spec.kinds) {
            if (kind.startsWith("const:")) {
                values.add(kind.substring(6));
                continue;
            }
            Word value = kind.contains("text:") ? args.anyValue(w, "the value") : args.value(w, "the value");
            if (value == null) { return; }
            try {
                String canonical = ValueKinds.value(kind, value.text, family);
                values.add(spec.complement && negated ? Times.others(kind, canonical) : canonical);
                if (ValueKinds.cuts(kind) && canonical.length() < value.text.length()) {
                    errors.note(value, name + " is shortened to " + canonical.length() + " bytes, as iptables does it: "
                            + Errors.show(canonical));
                }
                if (kind.equals("rate2")) {
                    // the unit as written decides a default of hashlimit, see ExtensionCheck
                    values.add(String.valueOf(Rate.seconds(value.text) * 1000));
                }
                if (spec.negatable && negated && spec.hide != null && spec.hide.equals(canonical)) {
                    errors.add(value, "! " + name + " " + value + " matches no packet at all", "remove the rule");
                }
            } catch (ValueException bad) {
                errors.add(value, name + ": " + bad.getMessage(), bad.todo);
                values.add(value.text);
                use.unsure = true;
            }
        }
        use.add(new Option(spec.canonical(), negated && !spec.complement, values), spec, w, errors);
    }
}
