package boxwall.explain;

import boxwall.avm.Service;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a ruleset leaves open for new connections: who reaches what listens on the box, and what is let through between
 * interfaces. Answers about one ruleset and site; ask for IPv4 and IPv6 alike, an unfiltered family is open.
 */
public final class Exposure {
    private static final int REGIONS_MAX = 32;

    private final List<Reach> reaches = new ArrayList<>();
    private final List<Region> forwarded = new ArrayList<>();
    private final List<Region> perhaps = new ArrayList<>();
    private final List<String> doors;
    private String incomplete;

    private Exposure(List<String> doors) { this.doors = doors; }

    /** Finds out for the interfaces that somebody may be behind. */
    public static Exposure of(Verdicts verdicts, List<Service> services, List<String> doors) {
        return of(verdicts, services, doors, true);
    }

    /** Only who reaches the box itself through one interface: less work. */
    public static Exposure ofBox(Verdicts verdicts, List<Service> services, String door) {
        return of(verdicts, services, Collections.singletonList(door), false);
    }

    private static Exposure of(Verdicts verdicts, final List<Service> services, List<String> doors, boolean through) {
        final Exposure exposure = new Exposure(doors);
        for (Family family : Family.values()) {
            final int had = exposure.reaches.size();
            try {
                new Verdicts.Question<Void>() {
                    @Override
                    Void ask(FamilyVerdicts of) {
                        exposure.reaches.subList(had, exposure.reaches.size()).clear();
                        exposure.input(of, services);
                        return null;
                    }
                }.of(verdicts, family);
                if (through) { exposure.forward(verdicts, family); }
            } catch (TooComplex e) {
                exposure.incomplete = family.word() + ": " + e.getMessage();
            }
        }
        return exposure;
    }

    private void input(FamilyVerdicts of, List<Service> services) {
        Sets sets = of.sets;
        Bdd bdd = sets.bdd;
        int local = of.site.knows(sets.family) ? HookWalk.local(sets, of.site) : Bdd.ALL;
        int packets = bdd.and(bdd.and(sets.everything(), NewConnections.arriving(sets)),
                bdd.and(NewConnections.first(sets), local));
        FamilyVerdicts.Walked walked = of.at(Hook.INPUT, packets);
        int sure = bdd.minus(packets, walked.otherThan(Verdict.ACCEPT));
        int open = bdd.or(walked.possible(Verdict.ACCEPT), walked.possible(Verdict.UNKNOWN));
        for (Service service : services) {
            if (service.family == sets.family && !isLocal(service)) {
                int asked = bdd.and(packets, to(sets, of.site, service));
                for (String name : doors) {
                    reaches.add(reach(sets, service, name, bdd.and(asked, device(sets, Field.IN, name)), sure, open));
                }
            }
        }
    }

    /** Whether it listens on a loopback address, which nobody outside can send to. */
    public static boolean isLocal(Service service) {
        byte[] address = service.address();
        return address != null && (address.length == 4 ? address[0] == 127 : isLoopback(address));
    }

    private static boolean isLoopback(byte[] address) { return Numbers.compare(address, Numbers.bytes(1, 16)) == 0; }

    private static int device(Sets sets, Field field, String name) {
        byte[] bytes = Numbers.interfaceName(name);
        return sets.lies(field, Span.range(bytes, bytes));
    }

    private static int to(Sets sets, Site site, Service service) {
        Bdd bdd = sets.bdd;
        int port = bdd.and(NewConnections.protocol(sets, service.protocol),
                sets.lies(Field.DPORT, Span.range(2, service.port, service.port)));
        byte[] address = service.address();
        int own = address != null ? sets.lies(Field.DST, Span.range(address, address)) : Bdd.NONE;
        for (byte[] each : address == null ? site.addresses(sets.family, null) : Collections.<byte[]>emptyList()) {
            boolean loopback = each.length == 4 ? each[0] == 127 : isLoopback(each);
            own = loopback ? own : bdd.or(own, sets.lies(Field.DST, Span.range(each, each)));
        }
        return bdd.and(port, own == Bdd.NONE ? Bdd.ALL : own);
    }

    private static Reach reach(Sets sets, Service service, String name, int asked, int sure, int open) {
        Bdd bdd = sets.bdd;
        int certain = bdd.and(asked, sure);
        int possible = bdd.and(asked, open);
        if (certain == asked && asked != Bdd.NONE) { return new Reach(service, name, Reach.Who.EVERYONE, null); }
        if (possible == Bdd.NONE) { return new Reach(service, name, Reach.Who.NOBODY, null); }
        int from = sets.start(Field.SRC);
        int all = bdd.project(asked, from, from + sets.bits(Field.SRC));
        int sources = bdd.project(certain != Bdd.NONE ? certain : possible, from, from + sets.bits(Field.SRC));
        return new Reach(service, name, certain != Bdd.NONE ? Reach.Who.SOME : Reach.Who.PERHAPS, sources == all
                ? "with conditions" : new FieldValues(sets, Field.SRC, sources, bdd.minus(all, sources)).toString());
    }

    private void forward(Verdicts verdicts, Family family) {
        final int had = forwarded.size();
        final int hadPerhaps = perhaps.size();
        new Verdicts.Question<Void>() {
            @Override
            Void ask(FamilyVerdicts of) {
                forwarded.subList(had, forwarded.size()).clear();
                perhaps.subList(hadPerhaps, perhaps.size()).clear();
                forward(of);
                return null;
            }
        }.of(verdicts, family);
    }

    private void forward(FamilyVerdicts of) {
        Sets sets = of.sets;
        Bdd bdd = sets.bdd;
        int packets = bdd.and(bdd.and(sets.everything(), NewConnections.arriving(sets)), NewConnections.first(sets));
        packets = bdd.and(of.site.knows(sets.family) ? bdd.minus(packets, HookWalk.local(sets, of.site)) : packets,
                LinkScope.crossing(sets));
        FamilyVerdicts.Walked walked = of.at(Hook.FORWARD, packets);
        int sure = bdd.minus(packets, walked.otherThan(Verdict.ACCEPT));
        int open = bdd.minus(
                bdd.and(packets, bdd.or(walked.possible(Verdict.ACCEPT), walked.possible(Verdict.UNKNOWN))), sure);
        Regions regions = new Regions(sets, Hook.FORWARD, packets);
        for (String in : doors) {
            for (String out : doors) {
                if (!in.equals(out)) {
                    int between = bdd.and(device(sets, Field.IN, in), device(sets, Field.OUT, out));
                    forwarded.addAll(named(regions, bdd.and(sure, between)));
                    perhaps.addAll(named(regions, bdd.and(open, between)));
                }
            }
        }
    }

    private List<Region> named(Regions regions, int set) {
        List<Region> named = regions.of(set, REGIONS_MAX);
        incomplete = regions.isComplete() ? incomplete : "more is accepted than shown here";
        return named;
    }

    /** The interfaces that were asked about. */
    public List<String> doors() {
        return Collections.unmodifiableList(doors);
    }

    /** For each service and interface who reaches it. */
    public List<Reach> reaches() {
        return Collections.unmodifiableList(reaches);
    }

    /** What is let through from one interface to another. */
    public List<Region> forwarded() {
        return Collections.unmodifiableList(forwarded);
    }

    /** What may be let through: it depends on matches that can't be foreseen. */
    public List<Region> perhapsForwarded() {
        return Collections.unmodifiableList(perhaps);
    }

    /** What could not be found out, or null when complete. */
    public String incomplete() { return incomplete; }
}
