package boxwall.syntax;

import boxwall.netfilter.Hook;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * An option of an extension, from a row of the resource {@code extensions}. Attributes, each with a value after
 * {@code =} unless it is a flag (*):
 *
 * <pre>
 * as         the option for which this one is short                multi*       may be repeated
 * inverse    the option that its negation is                       silent*      never printed, because it is the default
 * def        printed if it isn't given (empty: without a value)    !*           may be negated
 * unless     the option with which there is no def
 * hide       not printed with this value, unless negated           p            the protocol that -p must name
 * with       the option that this one needs                        at, at.X     hooks where the kernel allows it (with X)
 * not        a text that no value may contain
 * since      the first release of iptables that has it, if 1.4.11.1 doesn't
 * </pre>
 */
final class OptionSpec extends ExtensionRow {
    /** All spellings; the first is printed (unless {@code as}). */
    final List<String> names;
    final boolean negatable;
    /** The name in iptables-save's output. */
    final String canonical;
    private final Set<Hook> hooks;
    private final boolean hooksByValue;

    /** From the words of a row; its {@code kinds} are those of the values, {@code const:X} is the value X itself. */
    OptionSpec(String[] words) {
        super(words, 1);
        names = Arrays.asList(Words.split(words[0], '|'));
        negatable = is("!");
        canonical = is("as") ? get("as") : names.get(0);
        hooks = hooks("at", ALL_HOOKS);
        hooksByValue = Arrays.toString(words).contains(" at.");
    }

    /** The hooks where the kernel allows it with that value. */
    Set<Hook> hooks(String value) {
        return hooksByValue ? hooks("at." + value, hooks) : hooks;
    }

    /** Whether iptables-save omits the option. */
    boolean isHidden(Option option) {
        return is("silent") || !option.negated && is("hide") && get("hide").equals(option.value());
    }

    /** Whether a word follows it. */
    boolean hasValue() {
        return !kinds.isEmpty() && !kinds.get(0).startsWith("const:");
    }
}
