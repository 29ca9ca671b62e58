package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * Which release of iptables brought what a rule uses: the table of extensions has it as {@code since=} where that is
 * later than 1.4.11.1, the oldest that Freetz builds. A version that is null isn't known, and then nothing is missing.
 */
public final class RequiredRelease {
    private RequiredRelease() {}

    /** What the rule has first that this release lacks ("-m recent --reap needs iptables 1.4.13"), or null. */
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
        }
        return null;
    }

    /**
     * The rule without the options that this release lacks and that say only what it means anyway (recent's --mask).
     */
    public static Rule without(String version, Family family, Rule rule) {
        Rule said = rule;
        for (int i = 0; i < rule.matches.size(); i++) {
            Extension extension = Extensions.get().match(rule.matches.get(i).name, family);
            for (Option option : rule.matches.get(i).options) {
                OptionSpec spec = extension == null ? null : extension.printed(option.name);
                if (spec != null && older(version, spec.get("since")) && !option.negated && spec.is("def")
                        && spec.get("def").equals(option.value())) {
                    List<Match> matches = new ArrayList<>(said.matches);
                    List<Option> kept = new ArrayList<>(matches.get(i).options);
                    kept.remove(option);
                    matches.set(i, new Match(matches.get(i).name, kept));
                    said = said.copy().matches(matches).build();
                }
            }
        }
        return said;
    }

    /**
     * Whether {@code version} comes before {@code since}; null for since: always there; null for version: not known.
     */
    static boolean older(String version, String since) {
        if (since == null || version == null) { return false; }
        String[] a = Words.split(version.replace('-', '.'), '.');
        String[] b = Words.split(since, '.');
        for (int i = 0; i < b.length; i++) {
            long has = i < a.length ? Math.max(0, Numbers.parse(a[i])) : 0;
            long wants = Numbers.parse(b[i]);
            if (has != wants) { return has < wants; }
        }
        return false;
    }
}
