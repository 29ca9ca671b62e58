package boxwall.explain;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The interface names and hardware addresses that rules distinguish: every name in a rule, another name for each
 * {@code eth+}, and one that no rule names. They represent all others, so sets need a few bits for them instead of 128
 * and 48. Also keeps the criteria of each rule, parsed once for all walks: sets cache results by these objects.
 */
final class RuleValues {
    /** The interfaces' names as the kernel stores them, in a fixed order. */
    final List<byte[]> names = new ArrayList<>();
    /** The hardware addresses, the last of which no rule names. */
    final List<byte[]> macs = new ArrayList<>();
    final Family family;
    final BoxNetwork boxNetwork;
    private final Map<Rule, Criteria> criteria;

    /** Collects from rulesets, the box's network, and the further criteria of a statement. */
    RuleValues(List<Ruleset> rulesets, BoxNetwork boxNetwork, Family family, List<Criterion> further) {
        this(rulesets, boxNetwork, family, further, new IdentityHashMap<Rule, Criteria>());
    }

    /** The same with the criteria of rules that are parsed already, to which others are added. */
    RuleValues(List<Ruleset> rulesets, BoxNetwork boxNetwork, Family family, List<Criterion> further,
            Map<Rule, Criteria> criteria) {
        this.criteria = criteria;
        this.family = family;
        this.boxNetwork = boxNetwork;
        Set<String> exact = new LinkedHashSet<>(boxNetwork.interfaces());
        Set<String> prefixes = new LinkedHashSet<>();
        for (Criterion criterion : further) {
            collect(criterion, exact, prefixes);
        }
        for (Ruleset ruleset : rulesets) {
            for (TrailEntry entry : TrailEntry.all(ruleset, family)) {
                Cancelled.check();
                for (Criterion criterion : criteria(entry.rule).all) {
                    collect(criterion, exact, prefixes);
                }
            }
        }
        exact.remove("");
        prefixes.add("other");
        for (String prefix : prefixes) {
            represent(prefix, exact, prefixes);
        }
        byte[] unnamed = {2, 0, 0, 0, 0, 0};
        while (index(macs, unnamed) >= 0) {
            unnamed[5]++;
        }
        macs.add(unnamed);
        for (String name : exact) {
            names.add(FieldBytes.interfaceName(name));
        }
    }

    /** The criteria of a rule; always the same object. */
    Criteria criteria(Rule rule) {
        Criteria known = criteria.get(rule);
        if (known == null) {
            known = new Criteria(rule, family);
            criteria.put(rule, known);
        }
        return known;
    }

    /** Whether criteria, which name single values, distinguish no more than the rules do. */
    boolean knows(List<Criterion> further) {
        for (Criterion criterion : further) {
            boolean device = criterion.field.isInterface();
            for (Span span : device || criterion.field == Field.MAC ? criterion.spans : Collections.<Span>emptyList()) {
                int index = index(device ? names : macs, span.first);
                if (index < 0 || !device && index == macs.size() - 1) { return false; }
            }
        }
        return true;
    }

    private void collect(Criterion criterion, Set<String> exact, Set<String> prefixes) {
        for (Span span : criterion.spans) {
            if (criterion.field == Field.MAC && index(macs, span.first) < 0) {
                macs.add(span.first);
            } else if (criterion.field.isInterface()) {
                // a mask that ends before the zero after the name belongs to a name like eth+
                String name = FieldBytes.text(span.first);
                boolean whole = !span.masked || span.second[Math.min(15, name.length())] != 0;
                (whole ? exact : prefixes).add(name);
            }
        }
    }

    /** Adds a name that begins with this prefix, but is not named by a rule and matches no longer prefix of a rule. */
    private static void represent(String prefix, Set<String> exact, Set<String> prefixes) {
        for (int i = 0; i < 1000; i++) {
            String name = prefix + i;
            boolean free = !exact.contains(name);
            for (String longer : prefixes) {
                free &= longer.length() <= prefix.length() || !name.startsWith(longer);
            }
            if (free && name.length() < 16) {
                exact.add(name);
                return;
            }
        }
        // a prefix of 15 characters leaves no room for another name, so it represents itself
        if (prefix.length() > 0) { exact.add(prefix); }
    }

    private static int index(List<byte[]> values, byte[] value) {
        for (int i = 0; i < values.size(); i++) {
            if (Arrays.equals(values.get(i), value)) { return i; }
        }
        return -1;
    }
}
