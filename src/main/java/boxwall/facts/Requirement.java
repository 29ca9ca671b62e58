package boxwall.facts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import boxwall.box.Finding;
import boxwall.modules.Capability;
import boxwall.modules.Capability.State;
import boxwall.modules.FeatureKind;
import boxwall.modules.KernelGeneration;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;

/**
 * The features that a rule needs: table, matches and target, with their modules and the worst of their states.
 * Immutable.
 */
public final class Requirement {
    /** {@code match state}, {@code target LOG} … in the rule's order. */
    public final Map<String, Capability> features = new LinkedHashMap<>();
    private final Family family;
    private final BoxFacts facts;
    /** The first feature in the worst state. */
    private Capability worst;
    private FeatureKind kind;
    private String name;
    /** The worst state of all features. */
    public final State state;
    private boolean pullsConntrack;
    /** The rule's line. */
    public final Origin origin;

    /** The requirement of a rule; a target that no kernel has is a chain of the user, which needs nothing. */
    public Requirement(Family family, Table table, Rule rule, BoxFacts facts) {
        this.family = family;
        this.facts = facts;
        this.origin = rule.origin;
        need(FeatureKind.TABLE, table.word());
        for (Match match : rule.matches) {
            need(FeatureKind.MATCH, match.name);
        }
        if (rule.target != null && !rule.target.isGoto() && isExtension(rule)) {
            need(FeatureKind.TARGET, rule.target.name);
        }
        state = worst.state;
    }

    private void need(FeatureKind needed, String called) {
        Capability capability = facts.capability(family, needed, called);
        features.put(needed.word + " " + called, capability);
        pullsConntrack |= facts.pullsConntrack(family, needed, called);
        if (worst == null || capability.state.compareTo(worst.state) > 0) {
            worst = capability;
            kind = needed;
            name = called;
        }
    }

    /** The matches and the target of a rule, which decide with the table what it needs. */
    public static List<String> names(Rule rule) {
        List<String> names = new ArrayList<>(4);
        for (Match match : rule.matches) {
            names.add(match.name);
        }
        names.add(rule.target == null || rule.target.isGoto() ? "" : rule.target.name);
        return names;
    }

    /** Modules to load, in order, without those already loaded. */
    public Set<String> modules() {
        Set<String> load = new LinkedHashSet<>();
        for (Capability capability : features.values()) {
            load.addAll(capability.modules);
        }
        return load;
    }

    private boolean isExtension(Rule rule) {
        String target = rule.target.name;
        return !rule.target.isStandard() && (KernelGeneration.allNames(FeatureKind.TARGET, family).contains(target)
                || facts.capability(family, FeatureKind.TARGET, target).state != State.UNKNOWN);
    }

    /** Whether the rule would load connection tracking. */
    public boolean pullsConntrack() { return pullsConntrack; }

    /** The finding for a rule that can't or must not be applied; null for a rule that can. */
    public Finding finding(String where) {
        if (state.compareTo(State.UNKNOWN) < 0) { return null; }
        boolean table = kind == FeatureKind.TABLE;
        String row = table ? "table-missing.rule" : "module-missing.rule";
        if (state == State.REFUSED) {
            row = "module-refused.rule";
        } else if (state == State.UNKNOWN) { row = table ? "table-missing.untested" : "module-missing.untested"; }
        return Finding.of(row, where, Collections.singletonList(worst.evidence()), kind.word + " " + name, remedy());
    }

    private String remedy() {
        if (state == State.REFUSED && pullsConntrack) {
            return "STATEFUL=auto or no in boxwall.cfg, or leave \"" + name + "\" out";
        }
        String cure = facts.cure(family, kind, name);
        boolean another = cure.contains(" needs ") || cure.startsWith("this kernel was");
        return state == State.REFUSED && !another
                ? "leave \"" + name + "\" out, or build its module for this very kernel: " + cure : cure;
    }
}
