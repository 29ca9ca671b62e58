package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;

/**
 * IPv6 addresses of one link: no router forwards a packet from or to them (RFC 4291, 2.5.6 and 2.7; in the kernel
 * ip6_forward and ip6_mc_input), whatever its own addresses are.
 */
final class LinkScope {
    /** {@code ff02::} under a mask that leaves the flags open: ff12:: and ff32:: are of the same scope. */
    private static final Network[] TO =
            {net("fe80::", 10), new Network(Family.IPV6, Addresses.parse("ff01::"), Addresses.parse("ff0f::")),
                    new Network(Family.IPV6, Addresses.parse("ff02::"), Addresses.parse("ff0f::"))};
    private static final Network[] FROM = {net("fe80::", 10)};

    private static Network net(String address, int prefix) {
        byte[] bytes = Addresses.parse(address);
        return Network.ofPrefix(bytes.length == 4 ? Family.IPV4 : Family.IPV6, bytes, prefix);
    }

    /** Whether a packet to that address stays on its link; null is not known to. */
    static boolean endsHere(byte[] dst) {
        return isIn(dst, TO);
    }

    /** Whether a packet from that address stays on its link; null is not known to. */
    static boolean startsHere(byte[] src) {
        return isIn(src, FROM);
    }

    private static boolean isIn(byte[] address, Network[] networks) {
        for (Network network : networks) {
            if (address != null && network.address().length == address.length && network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The packets that a router may forward. */
    static int crossing(Sets sets) {
        return sets.bdd.not(sets.bdd.or(in(TO, Field.DST, sets), starting(sets)));
    }

    /** The packets from an address of one link. */
    private static int starting(Sets sets) {
        return in(FROM, Field.SRC, sets);
    }

    /** Those that certainly have such an address by now. */
    static int starting(Sets sets, Rewrites rewrites) {
        return !rewrites.touches(Field.SRC) ? starting(sets) : startsHere(rewrites.constant(Field.SRC)) ? Bdd.ALL
                : Bdd.NONE;
    }

    private static int in(Network[] networks, Field field, Sets sets) {
        int set = Bdd.NONE;
        for (Network network : networks) {
            set = network.family != sets.family ? set : sets.bdd.or(set, sets.lies(field, network));
        }
        return set;
    }
}
