package boxwall.syntax;

import boxwall.netfilter.Hook;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One option of an extension, as a line of the resource {@code extensions} describes it. Attributes, each with a value
 * after {@code =} unless it is a flag (*):
 *
 * <pre>
 * as         the option that this one is another way to write      multi*       may stand more than once
 * inverse    the option that its negation is                       silent*      said by nothing: it is so without it
 * def        printed when it isn't given (empty: without a value)  !*           may be negated
 * unless     no def beside this option
 * hide       not printed with this value, unless negated           p            the protocol that -p must name
 * with       the option without which this one means nothing       at, at.X     hooks where the kernel takes it (with X)
 * not        what no value may contain
 * since      the first release of iptables that has it, where 1.4.11.1 doesn't
 * </pre>
 */
final class OptionSpec {
    private static final List<String> FLAGS = Arrays.asList("!", "multi", "silent");

    /** All spellings, the first is the one that is printed (unless {@code as}). */
    final List<String> names;
    /** The kind of each value, see {@link ValueKinds}; {@code const:X} takes no word and gives X. */
    final List<String> kinds = new ArrayList<>();
    final boolean negatable;
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
        negatable = is("!");
        hooks = Extension.hooks(get("at"));
    }

    /** An attribute's value, or null. */
    String get(String attribute) { return attributes.get(attribute); }

    /** Whether it has an attribute. */
    boolean is(String attribute) { return attributes.containsKey(attribute); }

    /** The hooks where the kernel takes it with that value. */
    Set<Hook> hooks(String value) {
        String some = get("at." + value);
        return some == null ? hooks : Extension.hooks(some);
    }

    /** The name in iptables-save's output. */
    String canonical() { return is("as") ? get("as") : names.get(0); }

    /** Whether it takes a word. */
    boolean hasValue() { return !kinds.isEmpty() && !kinds.get(0).startsWith("const:"); }
}
