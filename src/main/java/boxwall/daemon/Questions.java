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

/** Queries about rulesets on one box, for the command line and the control port. Candidates have no syntax errors. */
public final class Questions {
    private final Readings readings;
    private final BoxFacts facts;
    private final Site site;

    /** Makes queries about one reading of a box. */
    public Questions(Box box) {
        readings = box.readings;
        facts = box.facts;
        site = Site.of(facts);
    }

    /**
     * Explains the verdict on the packet that the keys describe; IllegalArgumentException says what is wrong in them.
     */
    public Explanation explain(Candidate candidate, Map<String, String> keys) {
        return new Explanation(candidate.compiled.ruleset,
                candidate.compiled.stateful ? null : candidate.parsed.ruleset(), keys, facts);
    }

    /** Which services are reachable from where with the candidate, and with the live rules. */
    public ExposureJson exposure(Candidate candidate) {
        List<Service> known = Listeners.of(readings);
        List<Service> services = known == null ? Collections.<Service>emptyList() : known;
        List<String> interfaces = Listeners.exposedInterfaces(facts.interfaces);
        Ruleset live = live();
        Ruleset loaded = loaded(live, candidate);
        Exposure before = live == null ? null : Exposure.of(new Verdicts(live, site), services, interfaces);
        // equal rules need no second walk
        Exposure after = loaded.equals(live) ? before : Exposure.of(new Verdicts(loaded, site), services, interfaces);
        return new ExposureJson(before, after, known);
    }

    /** The packets on which the second ruleset decides differently. */
    public Difference difference(Ruleset before, Ruleset after) {
        return Difference.of(before, after, site);
    }

    /** The live rules at the last reading; null if they weren't read or contain something unknown. */
    Ruleset live() {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            String saved = readings.text(family.command + "-save");
            String names =
                    readings.text(family == Family.IPV4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names");
            boolean none = names == null ? readings.text("/proc/modules") != null : names.trim().length() == 0;
            if (saved == null && !none) { return null; }
            for (String line : Words.lines(saved)) {
                // in a ruleset, *filter6 begins a block of ip6tables-save
                text.append(line).append(line.startsWith("*") && family == Family.IPV6 ? "6\n" : "\n");
            }
        }
        ParsedRules parsed = RulesetParser.parse(new Source("live", text.toString()), Names.none(), Includes.NONE);
        return parsed.errors().isEmpty() ? parsed.ruleset() : null;
    }

    /** The rules after loading the candidate: its tables, and the live tables that it doesn't contain. */
    static Ruleset loaded(Ruleset live, Candidate candidate) {
        Ruleset loaded = live == null ? Ruleset.empty() : live;
        for (Family family : Family.values()) {
            for (Table table : candidate.compiled.ruleset.tables(family)) {
                loaded = loaded.with(family, table, candidate.compiled.ruleset.chains(family, table));
            }
        }
        return loaded;
    }
}
