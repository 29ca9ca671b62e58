package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Option;
import java.util.ArrayList;
import java.util.Collections;
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
    /** The first option of an extension in the rule, or null. */
    Word first;

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

    /** The target and the matches, the newest first, as getopt sees them. */
    private List<ExtensionUse> uses() {
        List<ExtensionUse> uses = new ArrayList<>(parts.matches);
        Collections.reverse(uses);
        if (parts.target != null) { uses.add(0, parts.target); }
        return uses;
    }

    private static List<OptionSpec> specs(Extension extension) {
        return extension == null ? Collections.<OptionSpec>emptyList() : extension.options;
    }

    /** Takes the option if an extension named so far has exactly it. */
    boolean exact(Word w, String name) {
        for (ExtensionUse use : uses()) {
            OptionSpec spec = use.extension == null ? null : use.extension.spelled(name);
            if (spec != null) {
                take(use, spec, w, name);
                return true;
            }
        }
        return false;
    }

    boolean someBegin(String name) { return !beginning(name).isEmpty(); }

    private static boolean begins(OptionSpec spec, String name) {
        boolean begins = false;
        for (String each : spec.names) {
            begins |= each.startsWith(name);
        }
        return begins;
    }

    /** Pairs of use and spec whose names begin so; the older of two with the same spec is shadowed. */
    private List<Object[]> beginning(String name) {
        List<Object[]> found = new ArrayList<>();
        List<OptionSpec> specs = new ArrayList<>();
        for (ExtensionUse use : uses()) {
            for (OptionSpec spec : specs(use.extension)) {
                if (begins(spec, name) && !specs.contains(spec)) {
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
        ExtensionUse opaque = opaque();
        if (found.size() == 1 && letters.length() == 0) {
            take((ExtensionUse) found.get(0)[0], (OptionSpec) found.get(0)[1], w, name);
        } else if ((opaque == null || implicitHas(name)) && bringImplicit(w)) {
            if (!exact(w, name)) { abbreviated(w, name, letters); }
        } else if (opaque != null && letters.length() == 0) {
            // never what may be short for one of iptables' own, as --modprobe
            opaque(opaque, w, name);
        } else {
            first = first == null ? w : first;
            args.negated(true);
            boolean ambiguous = found.size() + letters.length() > 1;
            errors.add(w, (ambiguous ? "several options begin with " : "unknown option ") + name,
                    ambiguous ? "write it in full" : hint(name));
            args.skipValues();
        }
    }

    private Extension implicit() {
        return parts.protocol == null ? null : Extensions.get().implicit(parts.protocol.value, family);
    }

    /**
     * Whether the match that -p would bring has an option that begins so: else it belongs to what isn't known, and
     * brings nothing.
     */
    private boolean implicitHas(String name) {
        for (OptionSpec spec : specs(implicit())) {
            if (begins(spec, name)) { return true; }
        }
        return false;
    }

    /** Adds the match that -p implies, once. */
    private boolean bringImplicit(Word w) {
        Extension extension = implicit();
        if (implicitUsed || extension == null || parts.protocol.negated) { return false; }
        implicitUsed = true;
        for (ExtensionUse use : parts.matches) {
            if (use.extension == extension) { return false; }
        }
        parts.matches.add(new ExtensionUse(extension, extension.name, w));
        return true;
    }

    /** For an option that nobody in the rule has: whose it is, or what it was probably meant to be. */
    private String hint(String name) {
        Extensions all = Extensions.get();
        boolean noProtocol = parts.protocol == null;
        if (noProtocol && all.match("tcp", family).spelled(name) != null) {
            return "write -p tcp" + (all.match("udp", family).spelled(name) != null ? " (or udp)" : "") + " before it";
        }
        for (boolean target : new boolean[] {false, true}) {
            String owner = null;
            for (String each : all.names(target, family)) {
                Extension e = all.find(target, each, family);
                if (e.spelled(name) != null && e.implicit != null && (owner == null || noProtocol)) {
                    return "write -p " + e.implicit + " before it";
                }
                if (e.spelled(name) != null && owner == null) { owner = (target ? "-j " : "-m ") + each; }
            }
            if (owner != null) { return "write " + owner + " before it"; }
        }
        List<String> names = new ArrayList<>(BaseOption.names());
        for (ExtensionUse use : uses()) {
            for (OptionSpec spec : specs(use.extension)) {
                names.addAll(spec.names);
            }
        }
        return Nearest.hint(name, names, "see iptables-extensions(8)");
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
        errors.name(w, name.substring(2), 64, "");
        use.unsure = true;
        use.add(new Option(name, negated, values), null, w, errors);
    }

    private void take(ExtensionUse use, OptionSpec spec, Word w, String name) {
        first = first == null ? w : first;
        boolean negated = false;
        if (spec.negatable) {
            negated = args.negated(spec.hasValue());
        } else {
            args.refuseInvert(w);
        }
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
            } catch (ValueException bad) {
                errors.add(value, name + ": " + bad.getMessage(), bad.todo);
                values.add(value.text);
                use.unsure = true;
            }
        }
        boolean inverse = negated && spec.is("inverse");
        use.add(new Option(inverse ? spec.get("inverse") : spec.canonical(), negated && !inverse, values), spec, w,
                errors);
    }

    private String value(OptionSpec spec, String kind, Word value, boolean negated, String name) throws ValueException {
        String canonical = ValueKinds.value(kind, value.text, family);
        if (spec.is("not") && canonical.contains(spec.get("not"))) {
            throw new ValueException("a value with " + Errors.show(spec.get("not")) + ": " + Errors.show(value.text),
                    "leave it out: some kernels take it for something else");
        }
        if (kind.startsWith("text:") && canonical.length() < value.text.length()) {
            errors.note(value, name + " is shortened to " + canonical.length() + " bytes, as iptables does it: "
                    + Errors.show(canonical));
        }
        if (negated && canonical.equals(spec.get("hide"))) {
            errors.add(value, "! " + name + " " + value + " matches no packet at all", "remove the rule");
        }
        return canonical;
    }
}
