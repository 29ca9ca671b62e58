package boxwall.optimize;

import boxwall.netfilter.Network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Networks that have a prefix, by their bits: what they have in common, and fewer of them that hold the same addresses.
 */
final class Prefixes {
    /** A network and those given ones that it stands for; sorted by address, the wider first. */
    static final class Sum implements Comparable<Sum> {
        final Network network;
        /** Places in the given list, ascending; what lies in the others is among them. */
        final List<Integer> members;

        private Sum(Network network, List<Integer> members) {
            this.network = network;
            this.members = members;
        }

        @Override
        public int compareTo(Sum other) {
            byte[] a = network.address();
            byte[] b = other.network.address();
            for (int i = 0; i < a.length; i++) {
                if (a[i] != b[i]) { return (a[i] & 255) - (b[i] & 255); }
            }
            return network.prefix - other.network.prefix;
        }
    }

    /**
     * As few networks as hold the same addresses; neighbours are put together, but never to all addresses there are.
     */
    static List<Sum> sums(List<Network> networks) {
        List<Sum> sorted = new ArrayList<>();
        for (int i = 0; i < networks.size(); i++) {
            sorted.add(new Sum(networks.get(i), new ArrayList<>(Collections.singletonList(i))));
        }
        Collections.sort(sorted);
        List<Sum> done = new ArrayList<>();
        for (Sum each : sorted) {
            Sum top = each;
            while (!done.isEmpty()) {
                Sum before = done.get(done.size() - 1);
                Network both =
                        before.network.containsAll(top.network) ? before.network : parent(before.network, top.network);
                if (both == null) { break; }
                done.remove(done.size() - 1);
                before.members.addAll(top.members);
                top = new Sum(both, before.members);
            }
            done.add(top);
        }
        for (Sum each : done) {
            Collections.sort(each.members);
        }
        return done;
    }

    /** The network of which these two are the halves, or null. */
    private static Network parent(Network a, Network b) {
        int prefix = a.prefix;
        boolean halves = prefix > 1 && b.prefix == prefix && common(a, b) == prefix - 1;
        return halves ? Network.ofPrefix(a.family, a.address(), prefix - 1) : null;
    }

    /** How many leading bits both networks have in common, at most the shorter one's prefix. */
    static int common(Network a, Network b) {
        byte[] one = a.address();
        byte[] other = b.address();
        int at = 0;
        while (at < Math.min(a.prefix, b.prefix) && bit(one, at) == bit(other, at)) {
            at++;
        }
        return at;
    }

    static boolean bit(byte[] address, int at) { return (address[at / 8] & 0x80 >> at % 8) != 0; }
}
