package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes one packet out of a set, of all of them one that a person would think of: real interfaces, addresses that live
 * there.
 */
final class Example {
    /** A packet of a set that isn't empty, for a walk to a hook; fields that mean nothing in it are left unknown. */
    static Packet of(Sets sets, Site site, Hook way, int set) {
        Bdd bdd = sets.bdd;
        int left = set;
        for (int wish : wishes(sets, site, way)) {
            int both = bdd.and(left, wish);
            left = both == Bdd.NONE ? left : both;
        }
        return trim(sets.packet(left), sets, way);
    }

    private static int[] wishes(Sets sets, Site site, Hook way) {
        Bdd bdd = sets.bdd;
        byte[] noMark = new byte[4];
        byte[] stranger = sets.universe.macs.get(sets.universe.macs.size() - 1);
        int ports = bdd.or(NewConnections.protocol(sets, 6), NewConnections.protocol(sets, 17));
        return new int[] {sets.lies(Field.MARK, Span.range(noMark, noMark)),
                sets.lies(Field.MAC, Span.range(stranger, stranger)), NewConnections.whole(sets),
                known(sets, site, Field.IN), known(sets, site, Field.OUT),
                way == Hook.OUTPUT ? own(sets, site, Field.SRC) : neighbours(sets, site, Field.IN, Field.SRC),
                way == Hook.INPUT ? Bdd.ALL : neighbours(sets, site, Field.OUT, Field.DST),
                way == Hook.INPUT ? own(sets, site, Field.DST) : Bdd.ALL, ports, NewConnections.protocol(sets, 6),
                bdd.or(NewConnections.flags(sets, Packet.SYN, 63), bdd.not(NewConnections.protocol(sets, 6))),
                sets.lies(Field.SPORT, Span.range(2, 40000, 65535)), sets.lies(Field.DPORT, Span.range(2, 22, 65535)),};
    }

    private static int known(Sets sets, Site site, Field field) {
        int set = Bdd.NONE;
        for (String name : site.interfaces()) {
            byte[] bytes = Numbers.interfaceName(name);
            set = name.equals("lo") ? set : sets.bdd.or(set, sets.lies(field, Span.range(bytes, bytes)));
        }
        return set;
    }

    private static int own(Sets sets, Site site, Field field) {
        int set = Bdd.NONE;
        for (byte[] address : site.addresses(sets.family, null)) {
            set = address[0] == 127 ? set : sets.bdd.or(set, sets.lies(field, Span.range(address, address)));
        }
        return set;
    }

    /**
     * Hosts that are attached to the interface, or any documentation address (RFC 5737, RFC 3849) on that of the
     * default route.
     */
    private static int neighbours(Sets sets, Site site, Field device, Field address) {
        Bdd bdd = sets.bdd;
        int set = Bdd.NONE;
        String host = sets.family == Family.IPV4 ? "198.51.100.7" : "2001:db8::7";
        Network far = Network.ofPrefix(sets.family, Addresses.parse(host), sets.family.addressBits);
        for (Map.Entry<Network, String> route : site.routes().entrySet()) {
            if (route.getKey().family == sets.family) {
                byte[] name = Numbers.interfaceName(route.getValue());
                byte[] first = route.getKey().address();
                int hosts = route.getKey().isEverything() ? sets.lies(address, far)
                        : bdd.minus(sets.lies(address, route.getKey()), sets.lies(address, Span.range(first, first)));
                set = bdd.or(set, bdd.and(hosts, sets.lies(device, Span.range(name, name))));
            }
        }
        return bdd.minus(set,
                bdd.or(own(sets, site, address), address == Field.DST ? HookWalk.local(sets, site) : Bdd.NONE));
    }

    private static Packet trim(Packet packet, Sets sets, Hook way) {
        int protocol = packet.protocol().intValue();
        Packet.Builder trimmed = packet.copy();
        if (protocol != 6 && protocol != 17 && protocol != 132 && protocol != 33 && protocol != 136) {
            trimmed.sport(null).dport(null);
        }
        if (protocol != 6) { trimmed.flags(null); }
        if (protocol != (sets.family == Family.IPV4 ? 1 : 58)) { trimmed.value(Field.ICMP, null); }
        if (sets.universe.macs.size() == 1 || way == Hook.OUTPUT) { trimmed.mac(null); }
        return (way == Hook.INPUT ? trimmed.out(null) : way == Hook.OUTPUT ? trimmed.in(null) : trimmed).build();
    }

    /** The families of which something is owned; IPv4 when none is. */
    static List<Family> families(Ruleset... rulesets) {
        List<Family> families = new ArrayList<>();
        for (Family family : Family.values()) {
            boolean owned = false;
            for (Ruleset ruleset : rulesets) {
                owned |= !ruleset.tables(family).isEmpty();
            }
            if (owned) { families.add(family); }
        }
        if (families.isEmpty()) { families.add(Family.IPV4); }
        return families;
    }
}
