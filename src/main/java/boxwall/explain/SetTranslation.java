package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Target;
import java.util.List;
import java.util.Map;

/** {@link Translation} for sets: what a nat target leaves behind becomes a rewrite. */
final class SetTranslation {
    static void of(Target target, Site site, Sets sets, Rewrites rewrites, int packets, Map<Rewrites, Integer> to) {
        if (!target.name.equals("DNAT") && !target.name.equals("REDIRECT")) {
            boolean both = target.name.equals("NETMAP") || target.name.equals("SAME");
            Rewrites after = rewrites.with(Field.SRC, null).with(Field.SPORT, null);
            sets.add(to, both ? after.with(Field.DST, null) : after, packets);
            return;
        }
        int port = Targets.port(target, sets.family);
        Rewrites after = port == -1 ? rewrites : rewrites.with(Field.DPORT, port < 0 ? null : Numbers.bytes(port, 2));
        if (target.name.equals("DNAT")) {
            sets.add(to, Targets.keepsAddress(target, sets.family) ? after
                    : after.with(Field.DST, Targets.address(target, sets.family)), packets);
        } else {
            redirect(site, sets, after, packets, to);
        }
    }

    /**
     * To the first address of the interface that each packet came in through; to loopback for what the box itself
     * sends.
     */
    private static void redirect(Site site, Sets sets, Rewrites after, int packets, Map<Rewrites, Integer> to) {
        if (after.touches(Field.IN)) {
            byte[] in = after.constant(Field.IN);
            boolean own = in != null && in[0] == 0;
            String loopback = sets.family == Family.IPV4 ? "127.0.0.1" : "::1";
            sets.add(to, after.with(Field.DST, own ? Addresses.parse(loopback) : null), packets);
            return;
        }
        for (String name : sets.universe.names()) {
            byte[] in = Numbers.interfaceName(name);
            int through = sets.bdd.and(packets, sets.lies(Field.IN, Span.range(in, in)));
            List<byte[]> own = site.addresses(sets.family, name);
            sets.add(to, after.with(Field.DST, own.isEmpty() ? null : own.get(0)), through);
        }
    }
}
