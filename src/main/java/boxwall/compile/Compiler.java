package boxwall.compile;

import boxwall.explain.BoxNetwork;
import boxwall.facts.BoxFacts;
import boxwall.facts.Requirement;
import boxwall.modules.Capability;
import boxwall.modules.FeatureKind;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.optimize.Optimizer;
import boxwall.syntax.Directive;
import boxwall.syntax.Note;
import boxwall.syntax.ParsedRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Adapts a parsed ruleset to a box. */
public final class Compiler {
    private final BoxFacts facts;
    private final Set<String> modules = new LinkedHashSet<>();
    private final List<Note> notes = new ArrayList<>();

    private Compiler(BoxFacts facts) { this.facts = facts; }

    /**
     * Compiles; the parsed ruleset must be without errors.
     *
     * @param ipv6 AUTO leaves its rules out where the box has no ip6_tables, NO always
     * @param optimize whether to reduce the rules that a packet is compared with, see {@link Optimizer}
     */
    public static Compiled compile(ParsedRules parsed, BoxFacts facts, AutoYesNo wish, AutoYesNo ipv6,
            boolean optimize) {
        Compiler compiler = new Compiler(facts);
        compiler.notes.addAll(parsed.notes());
        boolean stateful = wish == AutoYesNo.YES || wish == AutoYesNo.AUTO && facts.conntrack().state.allowsState();
        Ruleset ruleset = compiler.withFamilies(parsed.ruleset(), ipv6);
        ruleset = Stateless.of(ruleset, compiler.untracked(ruleset, stateful, wish), facts, compiler.notes);
        ruleset = Dialect.of(ruleset, facts, compiler.notes);
        if (optimize) { ruleset = Optimizer.of(ruleset, compiler.multiport(), BoxNetwork.of(facts), compiler.notes); }
        compiler.addModules(ruleset);
        compiler.addModprobes(parsed.modules, stateful);
        return new Compiled(ruleset, stateful, compiler.modules, compiler.notes);
    }

    /** The families to compile without states: with AUTO also one without connection tracking in this kernel (IPv6). */
    private Set<Family> untracked(Ruleset ruleset, boolean stateful, AutoYesNo wish) {
        Set<Family> families = new LinkedHashSet<>();
        for (Family family : Family.values()) {
            boolean lacks = facts.capability(family, FeatureKind.MATCH, "state").state.stops()
                    && facts.capability(family, FeatureKind.MATCH, "conntrack").state.stops();
            if (!stateful) {
                families.add(family);
            } else if (wish == AutoYesNo.AUTO && lacks && !ruleset.tables(family).isEmpty()) {
                families.add(family);
                notes.add(Note.of("untracked", new Origin(family.command, 0), family.word()));
            }
        }
        return families;
    }

    /** The families in which the box is known to have -m multiport, whether or not the rules name it. */
    private Set<Family> multiport() {
        Set<Family> families = new LinkedHashSet<>();
        for (Family family : Family.values()) {
            Capability.State state = facts.capability(family, FeatureKind.MATCH, "multiport").state;
            if (!state.stops() && state != Capability.State.UNKNOWN) { families.add(family); }
        }
        return families;
    }

    private Ruleset withFamilies(Ruleset ruleset, AutoYesNo ipv6) {
        if (ruleset.tables(Family.IPV6).isEmpty() || ipv6 == AutoYesNo.YES) { return ruleset; }
        String evidence = "";
        for (Table table : ruleset.tables(Family.IPV6)) {
            Capability capability = facts.capability(Family.IPV6, FeatureKind.TABLE, table.word());
            // a single table filters; the check refuses the rules of the tables that this box lacks
            if (ipv6 == AutoYesNo.AUTO && !capability.state.stops()) { return ruleset; }
            evidence = capability.evidence();
        }
        notes.add(Note.of(ipv6 == AutoYesNo.NO ? "ipv6.no" : "ipv6.missing", new Origin("ip6tables", 0), evidence));
        return ruleset.without(Family.IPV6);
    }

    private void addModules(Ruleset ruleset) {
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                modules.addAll(modulesOf(family, table, facts));
                Set<List<String>> seen = new HashSet<>();
                for (Chain chain : ruleset.chains(family, table)) {
                    for (Rule rule : chain.rules) {
                        Cancelled.check();
                        if (!seen.add(Requirement.names(rule))) { continue; }
                        modules.addAll(new Requirement(family, table, rule, facts.booted()).modules());
                        modules.addAll(new Requirement(family, table, rule, facts).modules());
                    }
                }
            }
        }
    }

    /**
     * The modules of a table: those to load at the next boot, when no netfilter module is loaded, and those for now.
     */
    static Set<String> modulesOf(Family family, Table table, BoxFacts facts) {
        Set<String> modules = new LinkedHashSet<>();
        modules.addAll(facts.booted().capability(family, FeatureKind.TABLE, table.word()).modules);
        modules.addAll(facts.capability(family, FeatureKind.TABLE, table.word()).modules);
        return modules;
    }

    /** {@code modprobe NAME} lines, by the name on this kernel; none that loads conntrack where it is refused. */
    private void addModprobes(List<Directive> lines, boolean stateful) {
        for (Directive line : lines) {
            Capability capability = facts.module(line.name);
            if (!stateful && facts.pullsConntrack(line.name)) {
                notes.add(Note.of("modprobe.tracks", line.origin, line.name));
            } else if (capability.state.stops()) {
                notes.add(Note.of("modprobe", line.origin, line.name, capability.state.word(), capability.evidence()));
            } else {
                modules.addAll(facts.booted().module(line.name).modules);
                modules.addAll(capability.modules);
            }
        }
    }
}
