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
import java.util.Locale;
import java.util.Map;

/**
 * The new connections that a ruleset accepts: who reaches the services of the box, and what is forwarded between
 * interfaces. Covers both families: one without rules is open.
 */
public final class Exposure {
    private static final int REGIONS_MAX = 32;

    /** The interfaces on which connections come in. */
    public final List<String> interfaces;
    /** For each service and interface who reaches it. */
    public final List<Reach> reaches = new ArrayList<>();
    /** What is certainly forwarded from one interface to another. */
    public final List<Region> forwarded = new ArrayList<>();
    /** What may be forwarded: it depends on matches that can't be predicted. */
    public final List<Region> uncertain = new ArrayList<>();
    private String incomplete;

    /** Who reaches one service through one interface with a new connection. */
    public static final class Reach {
        /** How many of the possible senders. PERHAPS: it depends on a match that can't be predicted. */
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
            return service + " from " + interfaceName + ": " + who.name().toLowerCase(Locale.ROOT)
                    + (sources == null ? "" : " (" + sources + ")");
        }
    }

    private Exposure(Verdicts verdicts, List<Service> services, List<String> interfaces, boolean forward) {
        this.interfaces = interfaces;
        for (Family family : Family.values()) {
            try {
                input(verdicts, family, services);
                if (forward) { forward(verdicts, family); }
            } catch (TooComplex e) {
                incomplete = family.word() + ": " + e.getMessage();
            }
        }
    }

    /** Queries the connections from some interfaces to the box and through it. */
    public static Exposure of(Verdicts verdicts, List<Service> services, List<String> interfaces) {
        return new Exposure(verdicts, services, interfaces, true);
    }

    /** Queries only the connections from one interface to the box, which is less work. */
    public static Exposure ofBox(Verdicts verdicts, List<Service> services, String interfaceName) {
        return new Exposure(verdicts, services, Collections.singletonList(interfaceName), false);
    }

    /** Why the lists are incomplete, or null when they are complete. */
    public String incomplete() {
        return incomplete;
    }

    private void input(Verdicts verdicts, Family family, final List<Service> services) {
        reaches.addAll(new Verdicts.Query<Reach>() {
            @Override
            void run(FamilyVerdicts of) {
                PacketSets sets = of.sets;
                Bdd bdd = sets.bdd;
                int packets = bdd.and(bdd.and(sets.everything(), sets.to(Hook.INPUT)), sets.first());
                FamilyVerdicts.Walked walked = of.at(Hook.INPUT, packets);
                int accepted = walked.accepted(packets);
                for (Service service : services) {
                    if (service.family == sets.family && !isLocal(service)) {
                        int toService = bdd.and(packets, to(sets, service));
                        for (String name : interfaces) {
                            results.add(reach(sets, service, name, bdd.and(toService, sets.device(Field.IN, name)),
                                    accepted, walked.passing()));
                        }
                    }
                }
            }
        }.of(verdicts, family));
    }

    /** Whether a service listens on a loopback address, to which nobody outside can send. */
    public static boolean isLocal(Service service) {
        return service.address != null && BoxNetwork.isLoopback(service.address);
    }

    private static int to(PacketSets sets, Service service) {
        Bdd bdd = sets.bdd;
        int port = bdd.and(sets.protocol(service.protocol), sets.having(Field.DPORT, service.port, service.port));
        if (service.address != null) { return bdd.and(port, sets.having(Field.DST, service.address)); }
        int own = sets.own(Field.DST, false);
        return bdd.and(port, own == Bdd.NONE ? Bdd.ALL : own);
    }

    private static Reach reach(PacketSets sets, Service service, String name, int packets, int accepted, int passing) {
        Bdd bdd = sets.bdd;
        int certain = bdd.and(packets, accepted);
        int possible = bdd.and(packets, passing);
        if (certain == packets && packets != Bdd.NONE) { return new Reach(service, name, Reach.Who.EVERYONE, null); }
        if (possible == Bdd.NONE) { return new Reach(service, name, Reach.Who.NOBODY, null); }
        int all = sets.project(packets, Field.SRC);
        int sources = sets.project(certain != Bdd.NONE ? certain : possible, Field.SRC);
        return new Reach(service, name, certain != Bdd.NONE ? Reach.Who.SOME : Reach.Who.PERHAPS, sources == all
                ? "with conditions" : new FieldValues(sets, Field.SRC, sources, bdd.minus(all, sources)).toString());
    }

    private void forward(Verdicts verdicts, Family family) {
        final List<Region> possible = new ArrayList<>();
        forwarded.addAll(new Verdicts.Query<Region>() {
            @Override
            void run(FamilyVerdicts of) {
                possible.clear();
                PacketSets sets = of.sets;
                Bdd bdd = sets.bdd;
                int packets = bdd.and(sets.everything(), bdd.and(sets.to(Hook.FORWARD), sets.first()));
                FamilyVerdicts.Walked walked = of.at(Hook.FORWARD, packets);
                int accepted = walked.accepted(packets);
                int unknown = bdd.minus(bdd.and(packets, walked.passing()), accepted);
                Regions regions = new Regions(sets, Hook.FORWARD, packets);
                for (String in : interfaces) {
                    for (String out : interfaces) {
                        if (!in.equals(out)) {
                            int between = bdd.and(sets.device(Field.IN, in), sets.device(Field.OUT, out));
                            results.addAll(named(regions, bdd.and(accepted, between)));
                            possible.addAll(named(regions, bdd.and(unknown, between)));
                        }
                    }
                }
            }
        }.of(verdicts, family));
        uncertain.addAll(possible);
    }

    private List<Region> named(Regions regions, int set) {
        List<Region> named = regions.of(set, REGIONS_MAX);
        incomplete = regions.isComplete() ? incomplete : "more is accepted than shown here";
        return named;
    }

    /**
     * The rules that trust a packet's source address: they match inner addresses and certainly accept new connections
     * from them on the outer interface. Each is shown by the walk of an example that it decides. Of a ruleset that is
     * too complex, only the rules found before.
     *
     * @param outer the interface to the Internet
     * @param inner the networks behind other interfaces, of any family
     */
    public static List<Answer> spoofable(Verdicts verdicts, final String outer, final List<Network> inner) {
        List<Answer> all = new ArrayList<>();
        for (Family family : Family.values()) {
            if (verdicts.ruleset.owns(family, Table.FILTER)) {
                all.addAll(new Verdicts.Query<Answer>() {
                    @Override
                    void run(FamilyVerdicts of) { spoofable(of, outer, inner, results); }
                }.asFarAsPossible(verdicts, family));
            }
        }
        return all;
    }

    private static void spoofable(FamilyVerdicts of, String outer, List<Network> inner, List<Answer> results) {
        PacketSets sets = of.sets;
        Bdd bdd = sets.bdd;
        int spoofed = bdd.and(bdd.and(sets.everything(), sets.first()),
                bdd.and(sets.networks(Field.SRC, inner), sets.device(Field.IN, outer)));
        for (Hook hook : Arrays.asList(Hook.INPUT, Hook.FORWARD)) {
            int packets = bdd.and(spoofed, sets.to(hook));
            Map<TrailEntry, Integer> accepted = new LinkedHashMap<>();
            for (FamilyVerdicts.Event event : of.at(hook, packets).events) {
                TrailEntry entry = event.entry;
                int set = bdd.and(packets, event.packets);
                if (event.verdict == Verdict.ACCEPT && set != Bdd.NONE && entry.table == Table.FILTER && entry.certain
                        && entry.rule != null && isNamed(entry.rule.source)) {
                    accepted.put(entry, set);
                }
            }
            for (Map.Entry<TrailEntry, Integer> rule : accepted.entrySet()) {
                Answer answer = of.example(hook, rule.getValue());
                if (answer.verdict == Verdict.ACCEPT && answer.decidedBy.rule == rule.getKey().rule) {
                    results.add(answer);
                }
            }
        }
    }

    /** Whether a rule names source addresses, but not all; {@code ! -s} doesn't trust an address. */
    private static boolean isNamed(Negatable<Network> source) {
        return source != null && !source.negated && !source.value.isEverything();
    }
}
