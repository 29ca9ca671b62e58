package boxwall.explain;

import boxwall.netfilter.Abandoned;
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
 * The interface names and hardware addresses that rules can tell apart: every one that is named, one more for each
 * {@code eth+}, and one that nothing names. What holds for these holds for all, and sets need a few bits for them
 * instead of 128 and 48. Knows besides what each rule asks, read once for all walks: sets remember what they made of
 * it, and would keep a copy of every rule for each walk.
 */
final class Universe {
    /** The interfaces' names as the kernel keeps them, in a fixed order. */
    final List<byte[]> names = new ArrayList<>();
    /** The hardware addresses, the last of which no rule names. */
    final List<byte[]> macs = new ArrayList<>();
    final Family family;
    final Site site;
    private final Map<Rule, Criteria> criteria;

    /** Collects from rulesets, the site, and the further criteria of a statement. */
    Universe(List<Ruleset> rulesets, Site site, Family family, List<Criterion> further) {
        this(rulesets, site, family, further, new IdentityHashMap<Rule, Criteria>());
    }

    /** The same with what is known already of the rules; what is parsed of them goes there. */
    Universe(List<Ruleset> rulesets, Site site, Family family, List<Criterion> further, Map<Rule, Criteria> criteria) {
        this.criteria = criteria;
        this.family = family;
        this.site = site;
        Set<String> exact = new LinkedHashSet<>(site.interfaces());
        Set<String> open = new LinkedHashSet<>();
        for (Criterion criterion : further) {
            collect(criterion, exact, open);
        }
        for (Ruleset ruleset : rulesets) {
            for (TrailEntry at : TrailEntry.all(ruleset, family)) {
                Abandoned.check();
                for (Criterion criterion : criteria(at.rule).all) {
                    collect(criterion, exact, open);
                }
            }
        }
        exact.remove("");
        open.add("other");
        for (String prefix : open) {
            represent(prefix, exact, open);
        }
        byte[] stranger = {2, 0, 0, 0, 0, 0};
        while (index(macs, stranger) >= 0) {
            stranger[5]++;
        }
        macs.add(stranger);
        for (String name : exact) {
            names.add(Numbers.interfaceName(name));
        }
    }

    /** What a rule asks; the same object each time. */
    Criteria criteria(Rule rule) {
        Criteria asked = criteria.get(rule);
        if (asked == null) {
            asked = new Criteria(rule, family);
            criteria.put(rule, asked);
        }
        return asked;
    }

    /** Whether criteria, which name single values, tell apart no more than the rules do. */
    boolean knows(List<Criterion> asked) {
        for (Criterion criterion : asked) {
            boolean device = criterion.field.isInterface();
            for (Span span : device || criterion.field == Field.MAC ? criterion.spans : Collections.<Span>emptyList()) {
                int index = index(device ? names : macs, span.first);
                if (index < 0 || !device && index == macs.size() - 1) { return false; }
            }
        }
        return true;
    }

    private void collect(Criterion criterion, Set<String> exact, Set<String> open) {
        for (Span span : criterion.spans) {
            if (criterion.field == Field.MAC && index(macs, span.first) < 0) {
                macs.add(span.first);
            } else if (criterion.field.isInterface()) {
                // a mask that ends before the name's closing zero is that of eth+
                String name = Numbers.text(span.first);
                boolean whole = !span.masked || span.second[Math.min(15, name.length())] != 0;
                (whole ? exact : open).add(name);
            }
        }
    }

    /** Adds a name that starts so, but that no rule names, and that starts with no longer prefix that a rule has. */
    private static void represent(String prefix, Set<String> exact, Set<String> open) {
        for (int i = 0; i < 1000; i++) {
            String name = prefix + i;
            boolean free = !exact.contains(name);
            for (String start : open) {
                free &= start.length() <= prefix.length() || !name.startsWith(start);
            }
            if (free && name.length() < 16) {
                exact.add(name);
                return;
            }
        }
        // a prefix of 15 characters leaves no room for another name; the name itself stands for it
        if (prefix.length() > 0) { exact.add(prefix); }
    }

    private static int index(List<byte[]> values, byte[] value) {
        for (int i = 0; i < values.size(); i++) {
            if (Arrays.equals(values.get(i), value)) { return i; }
        }
        return -1;
    }
}
