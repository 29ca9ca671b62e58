package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Network;
import java.util.Map;

/** Chooses the most common packet of a set: real interfaces, addresses of their networks, usual ports. */
final class Example {
    /** A packet of a set that isn't empty, for a walk to a hook; fields without a meaning in it are unknown. */
    static Packet of(PacketSets sets, Hook hook, int set) {
        int left = set;
        for (int wish : wishes(sets, hook)) {
            int both = sets.bdd.and(left, wish);
            left = both == Bdd.NONE ? left : both;
        }
        return withoutMeaningless(sets.packet(left), sets, hook);
    }

    private static int[] wishes(PacketSets sets, Hook hook) {
        Bdd bdd = sets.bdd;
        return new int[] {sets.having(Field.MARK, 0, 0),
                sets.having(Field.MAC, sets.ruleValues.macs.get(sets.ruleValues.macs.size() - 1)), sets.whole(),
                onInterface(sets, Field.IN), onInterface(sets, Field.OUT),
                hook == Hook.OUTPUT ? sets.own(Field.SRC, false) : neighbours(sets, Field.IN, Field.SRC),
                hook == Hook.INPUT ? Bdd.ALL : neighbours(sets, Field.OUT, Field.DST),
                hook == Hook.INPUT ? sets.own(Field.DST, false) : Bdd.ALL, bdd.or(sets.protocol(6), sets.protocol(17)),
                sets.protocol(6), bdd.or(sets.flags(Packet.SYN, 63), bdd.not(sets.protocol(6))),
                sets.having(Field.SPORT, 40000, 65535), sets.having(Field.DPORT, 22, 65535)};
    }

    private static int onInterface(PacketSets sets, Field field) {
        int set = Bdd.NONE;
        for (String name : sets.boxNetwork.interfaces()) {
            set = name.equals("lo") ? set : sets.bdd.or(set, sets.device(field, name));
        }
        return set;
    }

    /** Hosts of each interface's networks; on the default route a documentation address (RFC 5737, RFC 3849). */
    private static int neighbours(PacketSets sets, Field device, Field address) {
        Bdd bdd = sets.bdd;
        int set = Bdd.NONE;
        byte[] far = Addresses.parse(sets.family == Family.IPV4 ? "198.51.100.7" : "2001:db8::7");
        for (Map.Entry<Network, String> route : sets.boxNetwork.routes().entrySet()) {
            Network network = route.getKey();
            if (network.family == sets.family) {
                int hosts = network.isEverything() ? sets.having(address, far)
                        : bdd.minus(sets.having(address, network), sets.having(address, network.address()));
                set = bdd.or(set, bdd.and(hosts, sets.device(device, route.getValue())));
            }
        }
        return bdd.minus(set, bdd.or(sets.own(address, false), address == Field.DST ? sets.local() : Bdd.NONE));
    }

    private static Packet withoutMeaningless(Packet packet, PacketSets sets, Hook hook) {
        int protocol = packet.protocol();
        Packet trimmed = packet;
        if (protocol != 6 && protocol != 17 && protocol != 132 && protocol != 33 && protocol != 136) {
            trimmed = trimmed.sport(null).dport(null);
        }
        trimmed = protocol != 6 ? trimmed.flags(null) : trimmed;
        trimmed = protocol != (sets.family == Family.IPV4 ? 1 : 58) ? trimmed.value(Field.ICMP, null) : trimmed;
        trimmed = sets.ruleValues.macs.size() == 1 || hook == Hook.OUTPUT ? trimmed.mac(null) : trimmed;
        return hook == Hook.INPUT ? trimmed.out(null) : hook == Hook.OUTPUT ? trimmed.in(null) : trimmed;
    }
}
