package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Words;
import boxwall.plan.Stamp;
import boxwall.sys.BoxException;
import boxwall.sys.EventLog;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Makes the rules follow the box: when the LAN got another address, the provider another IPv6 prefix, the guest network
 * went on, or new firmware brought another kernel, the saved ruleset is compiled once more. It is applied by itself
 * only when nothing of it is refused and the administrator's way in is proved; else the finding address-changed says
 * what is in the way.
 */
final class AddressChange {
    /** How long the old rules would wait if the daemon died between its try and its confirm. */
    private static final int SECONDS = 30;

    private final Changes changes;
    private final WorkQueue heavy;
    private final EventLog log;
    /** The changes that could not be followed, and why, so that nothing is tried twice; empty at first. */
    private volatile Map.Entry<String, String> notFollowed = new SimpleImmutableEntry<>("", "");

    AddressChange(Changes changes, WorkQueue heavy, EventLog log) {
        this.changes = changes;
        this.heavy = heavy;
        this.log = log;
    }

    /** Compares a box with what the live plan was compiled for, and follows it; the findings that remain. */
    List<Finding> follow(Box now, Outcome last) {
        String saved = History.text(changes.sys, changes.config, 0);
        LivePlan live = LivePlan.of(changes.sys, changes.config, last.get("plan"));
        List<String> changed = live == null ? new ArrayList<String>() : changes(live.stamp, now.facts, saved);
        if (last.why().contains("kernel-changed")) {
            changed.add("the plans in flash are for another kernel than " + now.facts.kernel.value());
        }
        if (changed.isEmpty() || saved == null || last.state().equals("open") || last.state().equals("locked")) {
            return Collections.emptyList();
        }
        String key = changed + " " + saved.hashCode();
        Map.Entry<String, String> before = notFollowed;
        if (!before.getKey().equals(key)) {
            // two rulesets at once are too much for a small heap; the next look comes
            if (!heavy.beginAlone()) { return Collections.emptyList(); }
            try {
                String obstacle = applied(saved, now, live, changed);
                before = new SimpleImmutableEntry<>(obstacle == null ? "" : key, obstacle);
                notFollowed = before;
            } finally {
                heavy.endAlone();
            }
            if (before.getValue() == null) { return Collections.emptyList(); }
        }
        changed.add("not applied automatically: " + before.getValue());
        return Collections.singletonList(new Finding("address-changed", Finding.Severity.WARN, "", changed,
                "the live rules were compiled for other addresses or another kernel",
                "apply the ruleset again (POST /apply), read the findings, and confirm"));
    }

    /** The names that have another value than the plan was compiled with, or have one at last, a line each. */
    static List<String> changes(Stamp stamp, BoxFacts facts, String rules) {
        List<String> changed = new ArrayList<>();
        Map<String, String> names = facts.names;
        if (facts.interfaces.isEmpty()) { return changed; }
        for (String key : stamp.keys()) {
            String name = key.startsWith("name.") ? key.substring(5) : null;
            if (name != null && !stamp.get(key).equals(names.get(name))) {
                changed.add("$" + name + " was " + stamp.get(key)
                        + (names.containsKey(name) ? " and is " + names.get(name) : ", there is none now"));
            }
        }
        String lacked = stamp.get("lacks");
        for (String name : lacked == null ? new String[0] : Words.of(lacked)) {
            boolean asked = rules != null && (rules.contains("$" + name) || rules.contains("${" + name + "}"));
            if (asked && names.containsKey(name)) {
                changed.add("$" + name + " had no value and is " + names.get(name));
            }
        }
        return changed;
    }

    /** Compiles and applies; null when that is done or nothing had to be, else what is in the way. */
    private String applied(String saved, Box now, LivePlan live, List<String> changed) {
        Candidate next = changes.checked(saved, now, null);
        if (next.isRefused()) {
            return "the ruleset is refused now" + (next.findings.isEmpty() ? "" : ": " + next.findings.get(0).effect());
        }
        if (!next.admin.findings().isEmpty()) { return next.admin.findings().get(0).effect(); }
        if (live != null && isLive(next, live)) { return null; }
        if (!changes.applying.tryLock()) { return "a change is pending"; }
        try {
            BootPlane.Reached tried = changes.apply(changes.write(next), SECONDS, false, false);
            if (tried.status != 0) { return tried.outcome.why() + " " + tried.words; }
            BootPlane.Reached kept = changes.plane.confirm(tried.outcome.id());
            log.event("followed " + changed + ": status " + kept.status + " " + kept.outcome.state() + " "
                    + kept.outcome.why());
            return kept.status == 0 || kept.outcome.state().equals("unsaved") ? null : kept.outcome.why();
        } catch (BoxException e) {
            return e.getMessage();
        } finally {
            changes.applying.unlock();
        }
    }

    /** Whether the rules compiled anew are live already, because the change of the box affects no rule. */
    private boolean isLive(Candidate next, LivePlan live) {
        Map<String, String> plan = next.plan(changes.sys, next.compiled);
        for (String file : new String[] {"modules", "restore4", "restore6"}) {
            if (!plan.get(file).equals(live.file(file))) { return false; }
        }
        return true;
    }
}
