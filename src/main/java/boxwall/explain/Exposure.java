package boxwall.explain;

import boxwall.avm.Listeners.Service;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a ruleset leaves open for new connections: who reaches what listens on the box, and what is let through between
 * interfaces. Answers about one ruleset and site; ask for IPv4 and IPv6 alike, an unfiltered family is open.
 */
public final class Exposure {
    private static final int REGIONS_MAX = 32;

    /** The interfaces that were asked about. */
    public final List<String> doors;
    /** For each service and interface who reaches it. */
    public final List<Reach> reaches = new ArrayList<>();
    /** What is let through from one interface to another. */
    public final List<Region> forwarded = new ArrayList<>();
    /** What may be let through: it depends on matches that can't be foreseen. */
    public final List<Region> perhaps = new ArrayList<>();
    private String incomplete;

    /** Who reaches one service through one interface with a new connection. */
    public static final class Reach {
        /** How many of those who could send there. PERHAPS: it depends on a match that can't be foreseen. */
        public enum Who {
            EVERYONE, SOME, PERHAPS, NOBODY
        }

        public final Service service;
        public final String interfaceName;
        public final Who who;
        /** For SOME and PERHAPS the source addresses in words, else null. */
        public final String sources;

        private Reach(Service service, String interfaceName, Who who, String sources) {
            this.service = service;
            this.interfaceName = interfaceName;
            this.who = who;
            this.sources = sources;
        }

        /** {@code tcp 8181 (boxwall) from lan: everyone}. */
        @Override
        public String toString() {
            return service + " from " + interfaceName + ": " + who.name().toLowerCase(java.util.Locale.ROOT)
                    + (sources == null ? "" : " (" + sources + ")");
        }
    }

    private Exposure(Verdicts verdicts, List<Service> services, List<String> doors, boolean through) {
        this.doors = doors;
        for (Family family : Family.values()) {
            try {
                input(verdicts, family, services);
                if (through) { forward(verdicts, family); }
            } catch (TooComplex e) {
                incomplete = family.word() + ": " + e.getMessage();
            }
        }
    }

    /** Finds out for the interfaces that somebody may be behind. */
    public static Exposure of(Verdicts verdicts, List<Service> services, List<String> doors) {
        return new Exposure(verdicts, services, doors, true);
    }

    /** Only who reaches the box itself through one interface: less work. */
    public static Exposure ofBox(Verdicts verdicts, List<Service> services, String door) {
        return new Exposure(verdicts, services, Collections.singletonList(door), false);
    }

    /** What could not be found out, or null when complete. */
    public String incomplete() { return incomplete; }

    private void input(Verdicts verdicts, Family family, final List<Service> services) {
        reaches.addAll(new Verdicts.Question<Reach>() {
            @Override
            void ask(FamilyVerdicts of) {
                Sets sets = of.sets;
                Bdd bdd = sets.bdd;
                int packets = bdd.and(bdd.and(sets.everything(), sets.to(Hook.INPUT)), sets.first());
                FamilyVerdicts.Walked walked = of.at(Hook.INPUT, packets);
                int sure = walked.accepted(packets);
                for (Service service : services) {
                    if (service.family == sets.family && !isLocal(service)) {
                        int asked = bdd.and(packets, to(sets, service));
                        for (String name : doors) {
                            found.add(reach(sets, service, name, bdd.and(asked, sets.device(Field.IN, name)), sure,
                                    walked.passing()));
                        }
                    }
                }
            }
        }.of(verdicts, family));
    }

    /** Whether it listens on a loopback address, which nobody outside can send to. */
    public static boolean isLocal(Service service) {
        return service.address != null && Site.isLoopback(service.address);
    }

    private static int to(Sets sets, Service service) {
        Bdd bdd = sets.bdd;
        int port = bdd.and(sets.protocol(service.protocol), sets.lies(Field.DPORT, service.port, service.port));
        if (service.address != null) { return bdd.and(port, sets.is(Field.DST, service.address)); }
        int own = sets.own(Field.DST, false);
        return bdd.and(port, own == Bdd.NONE ? Bdd.ALL : own);
    }

    private static Reach reach(Sets sets, Service service, String name, int asked, int sure, int open) {
        Bdd bdd = sets.bdd;
        int certain = bdd.and(asked, sure);
        int possible = bdd.and(asked, open);
        if (certain == asked && asked != Bdd.NONE) { return new Reach(service, name, Reach.Who.EVERYONE, null); }
        if (possible == Bdd.NONE) { return new Reach(service, name, Reach.Who.NOBODY, null); }
        int all = sets.project(asked, Field.SRC);
        int sources = sets.project(certain != Bdd.NONE ? certain : possible, Field.SRC);
        return new Reach(service, name, certain != Bdd.NONE ? Reach.Who.SOME : Reach.Who.PERHAPS, sources == all
                ? "with conditions" : new FieldValues(sets, Field.SRC, sources, bdd.minus(all, sources)).toString());
    }

    private void forward(Verdicts verdicts, Family family) {
        final List<Region> uncertain = new ArrayList<>();
        forwarded.addAll(new Verdicts.Question<Region>() {
            @Override
            void ask(FamilyVerdicts of) {
                uncertain.clear();
                Sets sets = of.sets;
                Bdd bdd = sets.bdd;
                int packets = bdd.and(sets.everything(), bdd.and(sets.to(Hook.FORWARD), sets.first()));
                FamilyVerdicts.Walked walked = of.at(Hook.FORWARD, packets);
                int sure = walked.accepted(packets);
                int open = bdd.minus(bdd.and(packets, walked.passing()), sure);
                Regions regions = new Regions(sets, Hook.FORWARD, packets);
                for (String in : doors) {
                    for (String out : doors) {
                        if (!in.equals(out)) {
                            int between = bdd.and(sets.device(Field.IN, in), sets.device(Field.OUT, out));
                            found.addAll(named(regions, bdd.and(sure, between)));
                            uncertain.addAll(named(regions, bdd.and(open, between)));
                        }
                    }
                }
            }
        }.of(verdicts, family));
        perhaps.addAll(uncertain);
    }

    private List<Region> named(Regions regions, int set) {
        List<Region> named = regions.of(set, REGIONS_MAX);
        incomplete = regions.isComplete() ? incomplete : "more is accepted than shown here";
        return named;
    }

    /**
     * The rules that take a packet's source address for its origin: they name inner addresses and certainly accept new
     * connections from them on the outer interface; a walk of an example each, decided by the rule. Of a ruleset too
     * complex for sets the rules that were found before.
     *
     * @param outer the interface that strangers are behind
     * @param inner the networks that lie behind other interfaces, of any family
     */
    public static List<Answer> spoofable(Verdicts verdicts, final String outer, final List<Network> inner) {
        List<Answer> found = new ArrayList<>();
        for (Family family : Family.values()) {
            if (verdicts.ruleset.owns(family, Table.FILTER)) {
                found.addAll(new Verdicts.Question<Answer>() {
                    @Override
                    void ask(FamilyVerdicts of) { spoofable(of, outer, inner, found); }
                }.asFarAsItGoes(verdicts, family));
            }
        }
        return found;
    }

    private static void spoofable(FamilyVerdicts of, String outer, List<Network> inner, List<Answer> found) {
        Sets sets = of.sets;
        Bdd bdd = sets.bdd;
        int packets = bdd.and(bdd.and(sets.everything(), sets.first()),
                bdd.and(sets.networks(Field.SRC, inner), sets.device(Field.IN, outer)));
        for (Hook way : Arrays.asList(Hook.INPUT, Hook.FORWARD)) {
            int asked = bdd.and(packets, sets.to(way));
            Map<TrailEntry, Integer> accepted = new LinkedHashMap<>();
            for (FamilyVerdicts.Event each : of.at(way, asked).events) {
                TrailEntry step = each.step;
                int set = bdd.and(asked, each.packets);
                if (each.verdict == Verdict.ACCEPT && set != Bdd.NONE && step.table == Table.FILTER && step.certain
                        && step.rule != null && isNamed(step.rule.source)) {
                    accepted.put(step, set);
                }
            }
            for (Map.Entry<TrailEntry, Integer> each : accepted.entrySet()) {
                Answer answer = of.example(way, each.getValue());
                if (answer.verdict == Verdict.ACCEPT && answer.decidedBy.rule == each.getKey().rule) {
                    found.add(answer);
                }
            }
        }
    }

    /** A source that is given and isn't the whole Internet; {@code ! -s} is no accept by address. */
    private static boolean isNamed(Negatable<Network> source) {
        return source != null && !source.negated && !source.value.isEverything();
    }
}
