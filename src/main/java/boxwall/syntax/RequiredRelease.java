package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Versions;
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

    /** Whether the iptables-restore of a version may lose words in quotes. */
    public static boolean losesQuotes(String version) {
        return older(version, QUOTES);
    }

    /** The first comment or log prefix of a rule with a blank; or null. */
    public static String textWithBlank(Rule rule) {
        String text = rule.target == null ? null : textWithBlank(rule.target);
        for (Match match : rule.matches) {
            text = text == null ? textWithBlank(match) : text;
        }
        return text;
    }

    private static String textWithBlank(Clause clause) {
        for (Option option : clause.options) {
            if (isText(option) && hasBlank(option)) { return option.name; }
        }
        return null;
    }

    private static boolean isText(Option option) {
        return option.name.equals("--comment") || option.name.endsWith("-prefix");
    }

    private static boolean hasBlank(Option option) {
        boolean blank = false;
        for (int i = 0; i < option.values.size(); i++) { // no iterator for each of many options
            blank |= option.values.get(i).indexOf(' ') >= 0;
        }
        return blank;
    }

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
            if (!isText(option) && hasBlank(option) && losesQuotes(version)) {
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
