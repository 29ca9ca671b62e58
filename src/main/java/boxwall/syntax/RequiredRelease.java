package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.List;

/**
 * Which release of iptables brought what a rule uses: the table of extensions has it as {@code since=} where that is
 * later than 1.4.11.1, the oldest that Freetz builds. How values are read has changed too (1.4.12 dropped
 * {@code -s ! x}), but the printed form hasn't. A version that is null isn't known, and then nothing is missing. For
 * whoever makes a ruleset fit for a box:
 *
 * <pre>
 * Rule fit = Since.without(version, family, rule);           // options left out that say only the default
 * String missing = Since.missingIn(version, family, fit);    // null, or "-m recent --reap needs iptables 1.4.13"
 * </pre>
 */
public final class RequiredRelease {
    private RequiredRelease() {}

    /** The first thing of the rule that this release lacks, in words; null when it has all. */
    public static String missingIn(String version, Family family, Rule rule) {
        String missing = null;
        for (Match match : rule.matches()) {
            missing = missing != null ? missing : missing(version, family, "-m " + match.name,
                    Extensions.get().match(match.name, family), match.options);
        }
        Target target = rule.target;
        if (missing == null && target != null && !target.isGoto()) {
            missing = missing(version, family, "-j " + target.name, Extensions.get().target(target.name, family),
                    target.options);
        }
        return missing;
    }

    private static String missing(String version, Family family, String name, Extension extension,
            List<Option> options) {
        if (extension == null || version == null) { return null; }
        if (older(version, extension.since(family))) {
            return name + (family == Family.IPV6 ? " for IPv6" : "") + " needs iptables " + extension.since(family);
        }
        for (Option option : options) {
            OptionSpec spec = extension.printed(option.name);
            if (spec != null && older(version, spec.since)) {
                return name + " " + option.name + " needs iptables " + spec.since;
            }
        }
        return null;
    }

    /**
     * The rule without the options that this release lacks and that say only what it means anyway (recent's --mask).
     */
    public static Rule without(String version, Family family, Rule rule) {
        List<Match> matches = new ArrayList<>();
        for (Match match : rule.matches()) {
            Extension extension = Extensions.get().match(match.name, family);
            List<Option> kept = new ArrayList<>();
            for (Option option : match.options) {
                OptionSpec spec = extension == null ? null : extension.printed(option.name);
                boolean says = spec == null || version == null || !older(version, spec.since) || option.negated
                        || spec.def == null || !spec.def.equals(option.value());
                if (says) { kept.add(option); }
            }
            matches.add(kept.size() == match.options.size() ? match : new Match(match.name, kept));
        }
        return matches.equals(rule.matches()) ? rule : rule.copy().matches(matches).build();
    }

    /** Whether {@code version} comes before {@code since}; null for since: always there. */
    static boolean older(String version, String since) {
        String[] a = Words.split(version.replace('-', '.'), '.');
        String[] b = since == null ? new String[0] : Words.split(since, '.');
        for (int i = 0; i < b.length; i++) {
            long has = i < a.length ? Math.max(0, Numbers.parse(a[i])) : 0;
            long wants = Numbers.parse(b[i]);
            if (has != wants) { return has < wants; }
        }
        return false;
    }
}
