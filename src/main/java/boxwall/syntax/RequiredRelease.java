package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Versions;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * The release of iptables that a rule needs, from {@code since=} in the table of extensions; without it 1.4.11.1, the
 * oldest that Freetz builds, is enough. Nothing is missing from an unknown version, which is null.
 */
public final class RequiredRelease {
    /**
     * Since then no compiler breaks words in quotes in iptables-restore, which a blank needs: GCC 4.7 and later removed
     * the writes to the param_buffer of older releases.
     */
    private static final String QUOTES = "1.4.15";

    private RequiredRelease() {}

    /** The comments and log prefixes of a rule with a blank, which a version may load as an underscore. */
    public static List<String> textsWithBlanks(String version, Rule rule) {
        List<String> texts = new ArrayList<>();
        List<Clause> clauses = new ArrayList<Clause>(rule.matches);
        if (rule.target != null) { clauses.add(rule.target); }
        for (Clause clause : clauses) {
            for (Option option : clause.options) {
                if (older(version, QUOTES) && isText(option) && hasBlank(option)) { texts.add(option.name); }
            }
        }
        return texts;
    }

    private static boolean isText(Option option) {
        return option.name.equals("--comment") || option.name.endsWith("-prefix");
    }

    private static boolean hasBlank(Option option) { return Words.join(option.values, "").indexOf(' ') >= 0; }

    /** The first part of a rule that a version lacks ("-m recent --reap needs iptables 1.4.13"), or null. */
    public static String missingIn(String version, Family family, Rule rule) {
        for (Match match : rule.matches) {
            String missing = missing(version, family, match);
            if (missing != null) { return missing; }
        }
        return rule.target == null || rule.target.isGoto() ? null : missing(version, family, rule.target);
    }

    private static String missing(String version, Family family, Clause clause) {
        Extension extension = Extensions.get().of(clause, family);
        if (extension == null) { return null; }
        if (older(version, extension.since(family))) {
            return clause.letter + " " + clause.name + (family == Family.IPV6 ? " for IPv6" : "") + " needs iptables "
                    + extension.since(family);
        }
        for (Option option : clause.options) {
            OptionSpec spec = extension.printed(option.name);
            if (spec != null && older(version, spec.get("since"))) {
                return clause.letter + " " + clause.name + " " + option.name + " needs iptables " + spec.get("since");
            }
            if (older(version, QUOTES) && hasBlank(option) && !isText(option)) {
                return clause.letter + " " + clause.name + " " + option.name + " with a blank needs iptables " + QUOTES;
            }
        }
        return null;
    }

    /** The rule without options that a version lacks and whose value is the default (--mask of recent). */
    public static Rule without(String version, Family family, Rule rule) {
        List<Match> matches = new ArrayList<>();
        boolean changed = false;
        for (Match match : rule.matches) {
            Extension extension = Extensions.get().match(match.name, family);
            List<Option> options = new ArrayList<>(match.options);
            for (Option option : match.options) {
                OptionSpec spec = extension == null ? null : extension.printed(option.name);
                if (spec != null && older(version, spec.get("since")) && !option.negated && spec.is("def")
                        && spec.get("def").equals(option.value())) {
                    options.remove(option);
                }
            }
            changed |= options.size() < match.options.size();
            matches.add(new Match(match.name, options));
        }
        return changed ? rule.copy().matches(matches).build() : rule;
    }

    /** Whether a version is older than a release; false if either is null. */
    static boolean older(String version, String since) {
        return since != null && version != null && Versions.compare(version, since) < 0;
    }
}
