package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Words;
import boxwall.plan.Stamp;
import boxwall.sys.BoxException;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Adapts the live rules when the box changes: the LAN has another address, the provider assigned another IPv6 prefix,
 * the guest network was switched on, or new firmware has another kernel. The saved ruleset is compiled again. It is
 * applied automatically only if nothing in it is refused and the administrator's access is proved; else the finding
 * address-changed says what prevents it.
 */
final class AddressChange extends DaemonPart {
    /** The old rules return after this time if the daemon dies between its try and its confirm. */
    private static final int SECONDS = 30;

    /** The first wait after a failed try; each further one is twice as long. */
    private static final int RETRY_MILLIS = 5 * 60 * 1000;

    /** The last changes that could not be applied, so that they are not tried at each comparison, and why. */
    private volatile Map.Entry<String, String> failed = new SimpleImmutableEntry<>("", "");
    private long waitMillis = RETRY_MILLIS;
    /** The uptime of the next try. Only what prevents a load may pass; a refused ruleset remains refused. */
    private long retryMillis;

    AddressChange(DaemonPart shared) { super(shared); }

    /** Compares a box with the one that the live plan was compiled for, and adapts the rules; returns what remains. */
    List<Finding> follow(Box now, Outcome outcome) {
        String saved = history.text(0);
        LivePlan live = LivePlan.of(sys, config, outcome);
        List<String> changed = live == null ? new ArrayList<String>() : changes(live.stamp, now.facts, saved);
        if (outcome.why().contains("kernel-changed")) {
            changed.add("the plans in flash are for another kernel than " + now.facts.kernel.value());
        }
        if (changed.isEmpty() || saved == null || outcome.state().equals("open") || outcome.state().equals("locked")) {
            return Collections.emptyList();
        }
        String key = changed + " " + saved.hashCode();
        Map.Entry<String, String> last = failed;
        boolean again = last.getKey().equals(key);
        // two rulesets at once are too much for a small heap; the next comparison tries again
        if ((!again || sys.uptimeMillis() >= retryMillis) && work.lock.tryLock()) {
            try {
                waitMillis = again ? 2 * waitMillis : RETRY_MILLIS;
                retryMillis = Long.MAX_VALUE;
                String obstacle = applied(saved, now, outcome, changed);
                last = new SimpleImmutableEntry<>(obstacle == null ? "" : key, obstacle);
                failed = last;
            } finally {
                work.lock.unlock();
            }
            if (last.getValue() == null) { return Collections.emptyList(); }
        } else if (!again) { return Collections.emptyList(); }
        changed.add("not applied automatically: " + last.getValue());
        return Collections.singletonList(Finding.of("address-changed", "", changed));
    }

    /** Returns a line for each name whose value the plan was compiled with has changed, or that has one only now. */
    private static List<String> changes(Stamp stamp, BoxFacts facts, String rules) {
        List<String> changed = new ArrayList<>();
        Map<String, String> names = facts.names;
        if (facts.interfaces.isEmpty()) { return changed; }
        for (String key : stamp.keys()) {
            String name = key.startsWith("name.") ? key.substring(5) : null;
            if (name != null && !stamp.get(key).equals(names.get(name))) {
                changed.add("$" + name + " was " + stamp.get(key)
                        + (names.get(name) != null ? " and is " + names.get(name) : ", there is none now"));
            }
        }
        String lacked = stamp.get("lacks");
        for (String name : lacked == null ? new String[0] : Words.of(lacked)) {
            boolean used = rules != null && (rules.contains("$" + name) || rules.contains("${" + name + "}"));
            if (used && names.get(name) != null) {
                changed.add("$" + name + " had no value and is " + names.get(name));
            }
        }
        return changed;
    }

    /** Compiles and applies; returns null on success or if no rule changes, else what prevents it. */
    private String applied(String saved, Box now, Outcome outcome, List<String> changed) {
        Candidate next = checked(saved, now, null);
        if (next.isRefused()) {
            return "the ruleset is refused now" + (next.findings.isEmpty() ? "" : ": " + next.findings.get(0).effect);
        }
        if (!next.admin.findings().isEmpty()) { return next.admin.findings().get(0).effect; }
        LivePlan live = LivePlan.of(sys, config, outcome);
        if (live != null && isLive(next, live)) { return null; }
        retryMillis = sys.uptimeMillis() + waitMillis;
        if (!plane.changing.tryLock()) { return "a change is pending"; }
        try {
            String plan = next.write(sys);
            // the command line needs no daemon: it may have kept other rules, or opened the box
            if (!plane.last().toString().equals(outcome.toString())) { return "the rules were changed meanwhile"; }
            Outcome tried = plane.tryPlan(plan, SECONDS, false, false);
            if (tried.status != 0) { return tried.why() + " " + tried.words; }
            Outcome kept = plane.confirm(tried.id());
            log.event("followed " + changed + ": status " + kept.status + " " + kept.state() + " " + kept.why());
            return kept.status == 0 ? null : kept.why();
        } catch (BoxException e) {
            return e.getMessage();
        } finally {
            plane.changing.unlock();
        }
    }

    /** Whether the rules compiled now are the live ones. */
    private boolean isLive(Candidate next, LivePlan live) {
        Map<String, String> plan = next.plan(sys, next.compiled);
        for (String file : new String[] {"modules", "restore4", "restore6"}) {
            if (!plan.get(file).equals(live.file(file))) { return false; }
        }
        return true;
    }
}
