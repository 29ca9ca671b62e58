package boxwall.explain;

import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;

/** A rule in words of the command line, for people; what is sent to the kernel is written elsewhere. */
final class RuleText {
    /** {@code -s 10.0.0.0/8 -p tcp -m tcp --dport 80 -j ACCEPT}. */
    static String of(Rule rule) {
        StringBuilder out = new StringBuilder();
        part(out, "-s", rule.source);
        part(out, "-d", rule.destination);
        part(out, "-i", rule.in);
        part(out, "-o", rule.out);
        part(out, "-p", rule.protocol);
        if (rule.fragment != null) {
            boolean later = rule.fragment.value.booleanValue() != rule.fragment.negated;
            out.append(later ? "-f " : "! -f ");
        }
        for (Match match : rule.matches()) {
            out.append(match).append(' ');
        }
        return out.append(rule.target == null ? "(counts only)" : rule.target.toString()).toString();
    }

    private static void part(StringBuilder out, String option, Negatable<?> value) {
        if (value != null) {
            out.append(value.negated ? "! " : "").append(option).append(' ').append(value.value).append(' ');
        }
    }
}
