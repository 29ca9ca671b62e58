package boxwall.check;

import boxwall.avm.Listeners.Service;
import boxwall.box.Finding;
import java.util.ArrayList;
import java.util.List;

/** What decides on a ruleset and the advice in one list, as a thorough check has both. */
public final class AllFindings {
    private AllFindings() {}

    /** Of single rules and packets: what decides, then advice. */
    public static List<Finding> checked(CheckedRuleset rules) {
        List<Finding> all = new ArrayList<>(Checker.decisions(rules));
        all.addAll(Checker.advice(rules));
        return all;
    }

    /** Of all packets: the policy tests, then advice; {@code services} may be null. */
    public static List<Finding> proved(CheckedRuleset rules, List<Service> services) {
        List<Finding> all = new ArrayList<>(Proofs.expectations(rules));
        all.addAll(Proofs.advice(rules, services));
        return all;
    }
}
