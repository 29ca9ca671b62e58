package boxwall.daemon;

import boxwall.apply.RefusedRule;
import boxwall.box.Finding;
import boxwall.check.FailedTry;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Ruleset;
import boxwall.sys.Programs;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.List;

/**
 * What is behind a try that failed, asked of the kernel where iptables' words and what is known of the box leave it
 * open.
 */
final class Halving {
    private Halving() {}

    /**
     * The findings behind a failed try; the rule that the kernel refused in place of the words that it refused
     * something.
     *
     * @param folder $BOXWALL_BIN, or null
     */
    static List<Finding> of(Sys sys, String folder, String error, Ruleset tried, BoxFacts facts) {
        FailedTry failed = new FailedTry(error, tried, facts);
        List<Finding> known = failed.findings();
        String restore = failed.refused == null ? null : Programs.path(sys, folder, failed.family.command + "-restore");
        if (restore == null) { return known; }
        RefusedRule.Found found = RefusedRule.find(sys, restore, Programs.path(sys, folder, "dmesg"),
                failed.refused.word(), failed.candidates(RefusedRule.CHAIN));
        if (found.index < 0) { return known; }
        List<Finding> all = new ArrayList<Finding>();
        all.add(failed.refused(found.index, found.words, found.log));
        if (error.contains("Extension ")) {
            // 1.8 names the extension that the kernel lacks; all other words about a COMMIT are but a guess beside the
            // rule
            all.addAll(known);
        }
        return all;
    }
}
