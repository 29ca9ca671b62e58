package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers over UDP that many rules let in, written once. Each rule with ESTABLISHED would need a rule for each question
 * asked: with hundreds of both that is more than a box can hold. So the answers stand in a chain, and each of those
 * rules jumps to it on its own conditions: <pre>
 * -A INPUT -s 10.0.0.0/24 -p udp -j udp-answers
 * -A udp-answers -s 9.9.9.9/32 -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT
 * </pre>
 */
final class AnswerChains {
    /** So many rules are still written out where they stand: shorter to read, and no chain in small rulesets. */
    private static final int WRITTEN_OUT = 256;

    private final Set<String> taken;
    private final int asking;
    private final Map<Hook, Map<Target, Chain>> chains = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new HashMap<>();

    /**
     * Makes none yet.
     *
     * @param taken the names of the table's chains; new ones are added
     * @param asking how many rules of the table let answers in
     */
    AnswerChains(Set<String> taken, int asking) {
        this.taken = taken;
        this.asking = asking;
    }

    /** Whether the answers to so many questions belong in a chain, for a rule whose target works from there. */
    boolean takes(Rule standsFor, int questions) {
        return (long) asking * questions > WRITTEN_OUT && OtherProtocols.fits(standsFor);
    }

    /** The chain of a hook's answers with this target; null when there is none yet. */
    Chain of(Hook hook, Target target) {
        Map<Target, Chain> made = chains.get(hook);
        return made == null ? null : made.get(target);
    }

    /** Makes it. */
    Chain make(Hook hook, Target target, List<Rule> answers) {
        if (!chains.containsKey(hook)) { chains.put(hook, new LinkedHashMap<Target, Chain>()); }
        Chain chain = new Chain(answers.isEmpty() ? "" : Stateless.freeName("udp-answers", taken), null, answers);
        chains.get(hook).put(target, chain);
        sizes.put(chain.name(), Integer.valueOf(answers.size()));
        return chain;
    }

    /**
     * The rule that jumps to a chain of answers where {@code standsFor} stands; null when none of its packets can be
     * UDP, or none is answered.
     */
    static Rule jump(Rule standsFor, Chain chain) {
        Rule udp = new Rule.Builder(standsFor.origin).protocol(Negatable.is("udp")).target(Target.of(chain.name()))
                .build();
        Rule jump = chain.rules().isEmpty() ? null : RuleIntersection.by(udp, standsFor);
        List<Match> asked = new ArrayList<>();
        for (Match match : States.strip(standsFor).matches()) {
            if (!match.name.equals("comment") && !(match.name.equals("udp") && match.options.isEmpty())) {
                asked.add(match);
            }
        }
        return jump == null ? null : jump.copy().matches(asked).build();
    }

    /** How many answers some rules let in, those of the chains that they jump to counted. */
    int count(List<Rule> rules) {
        int count = 0;
        for (Rule rule : rules) {
            Integer size = sizes.get(rule.target.name);
            count += size == null ? 1 : size.intValue();
        }
        return count;
    }

    /** The chains of a hook. */
    List<Chain> chains(Hook hook) {
        List<Chain> all = new ArrayList<>();
        for (Chain chain : chains.containsKey(hook) ? chains.get(hook).values() : new ArrayList<Chain>()) {
            if (!chain.rules().isEmpty()) { all.add(chain); }
        }
        return all;
    }
}
