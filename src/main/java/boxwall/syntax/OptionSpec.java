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
    private static final List<String> QUOTED = Arrays.asList("qtext", "bpf", "u32", "label");
    private static final List<String> FLAGS = Arrays.asList("!", "multi", "complement", "silent");

    /** All spellings, the first is the one that is printed (unless {@link #as}). */
    final List<String> names;
    /** The option that this one is another way to write, or null. */
    final String as;
    final boolean negatable;
    /** The kind of each value, see {@link ValueKinds}; {@code const:X} takes no word and gives X. */
    final List<String> kinds;
    /** Printed when the option isn't given, or null. */
    final String def;
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
    /** The hooks where the kernel takes it. */
    private final Set<Hook> hooks;
    private final Map<String, Set<Hook>> hooksOfValue = new HashMap<>();

    /** From the fields of a line. */
    OptionSpec(String[] fields) {
        names = Arrays.asList(Words.split(fields[0], '|'));
        Map<String, String> attributes = new HashMap<>();
        kinds = new ArrayList<>();
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
        def = attributes.get("def");
        hide = attributes.get("hide");
        with = attributes.get("with");
        protocol = attributes.get("p");
        since = attributes.get("since");
        negatable = attributes.containsKey("!");
        multi = attributes.containsKey("multi");
        silent = attributes.containsKey("silent");
        complement = attributes.containsKey("complement");
        hooks = Extension.hooks(attributes.get("at"));
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            if (each.getKey().startsWith("at.")) {
                hooksOfValue.put(each.getKey().substring(3), Extension.hooks(each.getValue()));
            }
        }
    }

    /** The hooks where the kernel takes it with that value ({@code at.VALUE=}), or with any ({@code at=}). */
    Set<Hook> hooks(String value) {
        Set<Hook> some = hooksOfValue.get(value);
        return some == null ? hooks : some;
    }

    /** The name in iptables-save's output. */
    String canonical() { return as != null ? as : names.get(0); }

    /** How many words it takes. */
    int words() {
        int count = 0;
        for (String kind : kinds) {
            if (!kind.startsWith("const:")) { count++; }
        }
        return count;
    }

    /** Whether iptables-save puts the value in quotes when it needs them. */
    boolean isText() {
        return !kinds.isEmpty() && kinds.get(0).startsWith("text");
    }

    /** Whether iptables-save always puts the value in quotes. */
    boolean isQuoted() {
        return !kinds.isEmpty() && QUOTED.contains(Words.split(kinds.get(0), ':')[0]);
    }
}
