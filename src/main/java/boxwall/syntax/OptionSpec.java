package boxwall.syntax;

import boxwall.netfilter.Hook;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One option of an extension, as a line of the resource {@code extensions} describes it. */
final class OptionSpec {
    private static final List<String> FLAGS = Arrays.asList("!", "multi", "complement", "silent");

    /** All spellings, the first is the one that is printed (unless {@link #as}). */
    final List<String> names;
    /** The kind of each value, see {@link ValueKinds}; {@code const:X} takes no word and gives X. */
    final List<String> kinds = new ArrayList<>();
    /** The option that this one is another way to write, or null. */
    final String as;
    final boolean negatable;
    /** The option that the negation of this one is, or null. */
    final String inverse;
    /** Printed when the option isn't given (an empty text: without a value), or null. */
    final String def;
    /** No default beside this option; null for always. */
    final String unless;
    /** Not printed when the value is this (and not negated), or null. */
    final String hide;
    /** May stand more than once. */
    final boolean multi;
    /** Read, and said by nothing: it is so without the option. */
    final boolean silent;
    /** A value of a fixed list whose negation is stored as the other values. */
    final boolean complement;
    /** The option without which this one means nothing, or null. */
    final String with;
    /** The protocol that -p must name for this option, or null. */
    final String protocol;
    /** The first release of iptables that has it, or null when 1.4.11.1 does. */
    final String since;
    private final Set<Hook> hooks;
    private final Map<String, String> attributes = new HashMap<>();

    /** From the fields of a line. */
    OptionSpec(String[] fields) {
        names = Arrays.asList(Words.split(fields[0], '|'));
        for (int i = 1; i < fields.length; i++) {
            String field = fields[i];
            int equals = field.indexOf('=');
            int colon = field.indexOf(':');
            if (equals > 0 && (colon < 0 || equals < colon)) {
                attributes.put(field.substring(0, equals), field.substring(equals + 1));
            } else if (FLAGS.contains(field)) {
                attributes.put(field, "");
            } else {
                kinds.add(field);
            }
        }
        as = attributes.get("as");
        inverse = attributes.get("inverse");
        def = attributes.get("def");
        unless = attributes.get("unless");
        hide = attributes.get("hide");
        with = attributes.get("with");
        protocol = attributes.get("p");
        since = attributes.get("since");
        negatable = attributes.containsKey("!");
        multi = attributes.containsKey("multi");
        silent = attributes.containsKey("silent");
        complement = attributes.containsKey("complement");
        hooks = Extension.hooks(attributes.get("at"));
    }

    /** The hooks where the kernel takes it with that value ({@code at.VALUE=}), or with any ({@code at=}). */
    Set<Hook> hooks(String value) {
        String some = attributes.get("at." + value);
        return some == null ? hooks : Extension.hooks(some);
    }

    /** The name in iptables-save's output. */
    String canonical() { return as != null ? as : names.get(0); }

    /** Whether it takes a word. */
    boolean hasValue() { return !kinds.isEmpty() && !kinds.get(0).startsWith("const:"); }

    boolean isOf(String kind) { return !kinds.isEmpty() && kinds.get(0).startsWith(kind); }
}
