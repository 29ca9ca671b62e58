package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.modules.Kind;
import boxwall.facts.Requirement;
import boxwall.explain.Site;
import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.optimize.Optimizer;
import boxwall.syntax.Line;
import boxwall.syntax.Note;
import boxwall.syntax.ParsedRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes a parsed ruleset fit for a box. */
public final class Compiler {
    private final BoxFacts facts;
    private final BoxFacts booted;
    private final Set<String> modules = new LinkedHashSet<>();
    private final List<Note> notes = new ArrayList<>();

    private Compiler(BoxFacts facts, BoxFacts booted) {
        this.facts = facts;
        this.booted = booted;
    }

    /**
     * Compiles; the parsed ruleset must be without errors.
     *
     * @param booted the same box before netfilter's modules are loaded: the plan's modules are for the next boot too
     * @param ipv6 AUTO leaves its rules out where the box has no ip6_tables, NO in any case
     * @param optimize whether fewer rules are to be asked of a packet, see {@link Optimizer}
     */
    public static Compiled compile(ParsedRules parsed, BoxFacts facts, BoxFacts booted, AutoYesNo wish, AutoYesNo ipv6,
            boolean optimize) {
        Compiler compiler = new Compiler(facts, booted);
        compiler.notes.addAll(parsed.notes());
        boolean stateful = wish == AutoYesNo.YES || wish == AutoYesNo.AUTO && facts.conntrack().state.allowsState();
        Ruleset ruleset = compiler.withFamilies(parsed.ruleset(), ipv6);
        Set<Family> without = compiler.untracked(ruleset, stateful, wish);
        if (!without.isEmpty()) {
            Stateless stateless = Stateless.of(ruleset, without, facts);
            ruleset = stateless.ruleset();
            compiler.notes.addAll(stateless.notes);
        }
        ruleset = Dialect.of(ruleset, facts, compiler.notes);
        if (optimize) { ruleset = Optimizer.of(ruleset, compiler.multiport(), Site.of(facts), compiler.notes); }
        compiler.modulesOf(ruleset);
        compiler.modulesAskedFor(parsed.modules, stateful);
        return new Compiled(ruleset, stateful, compiler.modules, compiler.notes);
    }

    /** The families to compile without states; with AUTO also one that the kernel tracks no connections of (IPv6). */
    private Set<Family> untracked(Ruleset ruleset, boolean stateful, AutoYesNo wish) {
        Set<Family> families = new LinkedHashSet<>();
        for (Family family : Family.values()) {
            boolean lacks = facts.capability(family, Kind.MATCH, "state").state.stops()
                    && facts.capability(family, Kind.MATCH, "conntrack").state.stops();
            if (!stateful) {
                families.add(family);
            } else if (wish == AutoYesNo.AUTO && lacks && !ruleset.tables(family).isEmpty()) {
                families.add(family);
                notes.add(new Note(new Origin(family.command, 0), "this kernel has no connection tracking for "
                        + family.word() + ": its rules are compiled without states"));
            }
        }
        return families;
    }

    /** The families in which the box is known to have -m multiport, whether the user's own rules name it or not. */
    private Set<Family> multiport() {
        Set<Family> families = new LinkedHashSet<>();
        for (Family family : Family.values()) {
            Capability.State state = facts.capability(family, Kind.MATCH, "multiport").state;
            if (!state.stops() && state != Capability.State.UNKNOWN) { families.add(family); }
        }
        return families;
    }

    private Ruleset withFamilies(Ruleset ruleset, AutoYesNo ipv6) {
        if (ruleset.tables(Family.IPV6).isEmpty() || ipv6 == AutoYesNo.YES) { return ruleset; }
        String evidence = "";
        for (Table table : ruleset.tables(Family.IPV6)) {
            Capability capability = facts.capability(Family.IPV6, Kind.TABLE, table.word());
            // one table that is there filters; the check refuses the rules of those that aren't
            if (ipv6 == AutoYesNo.AUTO && !capability.state.stops()) { return ruleset; }
            evidence = capability.evidence();
        }
        notes.add(new Note(new Origin("ip6tables", 0), ipv6 == AutoYesNo.NO ? "left out: BOXWALL_IPV6 is no"
                : "all rules for IPv6 are left out: this box has no ip6_tables (" + evidence + ")"));
        return ruleset.without(Family.IPV6);
    }

    private void modulesOf(Ruleset ruleset) {
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                for (BoxFacts each : new BoxFacts[] {booted, facts}) {
                    modules.addAll(each.capability(family, Kind.TABLE, table.word()).modules);
                }
                Set<List<String>> seen = new HashSet<>();
                for (Chain chain : ruleset.chains(family, table)) {
                    for (Rule rule : chain.rules) {
                        Abandoned.check();
                        if (!seen.add(Requirement.names(rule))) { continue; }
                        modules.addAll(Requirement.of(family, table, rule, booted).modules());
                        modules.addAll(Requirement.of(family, table, rule, facts).modules());
                    }
                }
            }
        }
    }

    /** {@code modprobe NAME} lines, by the name on this kernel; never one that loads conntrack where it is refused. */
    private void modulesAskedFor(List<Line> lines, boolean stateful) {
        for (Line line : lines) {
            String asked = "modprobe " + line.name;
            Capability capability = facts.module(line.name);
            if (!stateful && facts.pullsConntrack(line.name)) {
                notes.add(new Note(line.origin, asked + " would load connection tracking: left out"));
            } else if (capability.state.stops()) {
                notes.add(new Note(line.origin,
                        asked + ": " + capability.state.word() + " (" + capability.evidence() + "): left out"));
            } else {
                modules.addAll(booted.module(line.name).modules);
                modules.addAll(capability.modules);
            }
        }
    }
}
