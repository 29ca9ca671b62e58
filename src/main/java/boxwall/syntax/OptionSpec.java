package boxwall.syntax;

import boxwall.netfilter.Hook;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.Arrays;
import java.util.List;
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
final class OptionSpec extends TableRow {
    /** All spellings, the first is the one that is printed (unless {@code as}). */
    final List<String> names;
    final boolean negatable;
    /** The name in iptables-save's output. */
    final String canonical;
    private final Set<Hook> hooks;
    private final boolean hooksByValue;

    /** From the words of a line; {@code kinds} are those of its values, {@code const:X} takes no word and gives X. */
    OptionSpec(String[] words) {
        super(words, 1);
        names = Arrays.asList(Words.split(words[0], '|'));
        negatable = is("!");
        canonical = is("as") ? get("as") : names.get(0);
        hooks = hooks("at", ALL_HOOKS);
        hooksByValue = Arrays.toString(words).contains(" at.");
    }

    /** The hooks where the kernel takes it with that value. */
    Set<Hook> hooks(String value) {
        return hooksByValue ? hooks("at." + value, hooks) : hooks;
    }

    /** Whether iptables-save doesn't print the option. */
    boolean isHidden(Option option) {
        return is("silent") || !option.negated && is("hide") && get("hide").equals(option.value());
    }

    /** Whether it takes a word. */
    boolean hasValue() { return !kinds.isEmpty() && !kinds.get(0).startsWith("const:"); }
}
