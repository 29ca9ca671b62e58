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
 * later than 1.4.11.1, the oldest that Freetz builds. A version that is null isn't known, and then nothing is missing.
 */
public final class RequiredRelease {
    private RequiredRelease() {}

    /**
     * The first thing of the rule that this release lacks, in words ("-m recent --reap needs iptables 1.4.13"), or
     * null.
     */
    public static String missingIn(String version, Family family, Rule rule) {
        for (Match match : rule.matches()) {
            String missing = missing(version, family, false, match.name, match.options);
            if (missing != null) { return missing; }
        }
        Target target = rule.target;
        return target == null || target.isGoto() ? null : missing(version, family, true, target.name, target.options);
    }

    private static String missing(String version, Family family, boolean target, String word, List<Option> options) {
        Extension extension = Extensions.get().find(target, word, family);
        if (extension == null || version == null) { return null; }
        String name = (target ? "-j " : "-m ") + word;
        if (older(version, extension.since(family))) {
            return name + (family == Family.IPV6 ? " for IPv6" : "") + " needs iptables " + extension.since(family);
        }
        for (Option option : options) {
            OptionSpec spec = extension.printed(option.name);
            if (spec != null && older(version, spec.get("since"))) {
                return name + " " + option.name + " needs iptables " + spec.get("since");
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
                boolean idle = spec != null && version != null && older(version, spec.get("since")) && !option.negated
                        && spec.is("def") && spec.get("def").equals(option.value());
                if (!idle) { kept.add(option); }
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
