package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.facts.Witness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the boot plane's own words (RUN/result) mean as findings. */
final class RunFindings {
    private RunFindings() {}

    /** Findings of the last boot, try or save; empty when all went well. */
    static List<Finding> of(Outcome outcome) {
        List<Finding> findings = new ArrayList<>();
        List<String> evidence = outcome.why().length() == 0 ? Collections.<String>emptyList()
                : Collections.singletonList("boxwall-apply: " + outcome.why());
        String words = outcome.why();
        if (outcome.state().equals("unsaved")) {
            boolean full = words.contains("too big") || words.contains("No space");
            findings.add(new Finding(full ? "flash-full" : "unsaved", Finding.Severity.WARN, "", evidence,
                    "the rules are active but could not be saved: a reboot restores the old ones",
                    full ? "free space in /tmp/flash (all of Freetz has 32 KiB compressed), then confirm a change again"
                            : "run 'modsave flash' on the box and read what it says, then confirm a change again"));
        }
        if (Witness.told(words) != null) { findings.add(Witness.told(words)); }
        if (words.contains("boot-fell-back") || outcome.state().equals("fallback")) {
            findings.add(new Finding("boot-fell-back", Finding.Severity.WARN, "", evidence,
                    "the boot did not load the intended plan: a safer one is active",
                    "read the evidence, correct the rules, apply and confirm them again"));
        }
        if (outcome.state().equals("rollback-failed")) {
            findings.add(new Finding("rollback-failed", Finding.Severity.REFUSE, "", evidence,
                    "a change failed and could not be rolled back completely: the box runs a mix of old and new rules",
                    "on the box: 'boxwall-apply lock' accepts only the LAN administrator, 'boxwall-apply open' accepts everything"));
        }
        return findings;
    }
}
