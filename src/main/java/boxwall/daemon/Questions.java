package boxwall.daemon;

import boxwall.avm.Listeners;
import boxwall.avm.Listeners.Service;
import boxwall.box.Readings;
import boxwall.explain.Difference;
import boxwall.explain.Explanation;
import boxwall.explain.Exposure;
import boxwall.explain.Site;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.report.ExposureJson;
import boxwall.syntax.Includes;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Questions about rulesets on one box, for the verbs and the control port alike. Candidates must be without syntax
 * errors.
 */
public final class Questions {
    private final Readings readings;
    private final BoxFacts facts;
    private final Site site;

    /** Makes questions about one reading of a box. */
    public Questions(Box box) {
        readings = box.readings;
        facts = box.facts;
        site = Site.of(facts);
    }

    /** What becomes of the packet that the keys mean; IllegalArgumentException says what is wrong with them. */
    public Explanation explain(Candidate candidate, Map<String, String> keys) {
        return new Explanation(candidate.compiled.ruleset,
                candidate.compiled.stateful ? null : candidate.parsed.ruleset(), keys, facts);
    }

    /** Who reaches what when the candidate is loaded, beside what is so now. */
    public ExposureJson exposure(Candidate candidate) {
        List<Service> known = Listeners.of(readings);
        List<Service> services = known == null ? Collections.<Service>emptyList() : known;
        List<String> doors = Listeners.exposedInterfaces(facts.interfaces);
        Ruleset now = live();
        Exposure before = now == null ? null : Exposure.of(new Verdicts(now, site), services, doors);
        Ruleset then = loaded(now, candidate);
        // what is live already needs no second look
        return new ExposureJson(before,
                then.equals(now) ? before : Exposure.of(new Verdicts(then, site), services, doors), known);
    }

    /** What the second decides differently from the first. */
    public Difference difference(Ruleset before, Ruleset after) {
        return Difference.of(before, after, site);
    }

    /** The rules in the kernel at the last reading; null when they weren't read, or hold what isn't understood. */
    Ruleset live() {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            String saved = readings.command(family.command + "-save");
            String names =
                    readings.file(family == Family.IPV4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names");
            boolean none = names == null ? readings.file("/proc/modules") != null : names.trim().length() == 0;
            if (saved == null && !none) { return null; }
            for (String line : Words.lines(saved)) {
                // *filter6 is how a ruleset says that a block is ip6tables-save's
                text.append(line).append(line.startsWith("*") && family == Family.IPV6 ? "6\n" : "\n");
            }
        }
        ParsedRules parsed = RulesetParser.parse(new Source("live", text.toString()), Names.none(), Includes.NONE);
        return parsed.errors().isEmpty() ? parsed.ruleset() : null;
    }

    /** What the kernel would hold: the candidate's tables, and those now there that it leaves alone. */
    static Ruleset loaded(Ruleset now, Candidate candidate) {
        Ruleset then = now == null ? Ruleset.empty() : now;
        for (Family family : Family.values()) {
            for (Table table : candidate.compiled.ruleset.tables(family)) {
                then = then.with(family, table, candidate.compiled.ruleset.chains(family, table));
            }
        }
        return then;
    }
}
