package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses and ports that a nat target leaves behind, as far as they are static; what the kernel chooses itself
 * (from a range, a free port) isn't known afterwards.
 */
final class Translation {
    static Set<Packet> of(Target target, Site site, Set<Packet> packets) {
        Set<Packet> after = new LinkedHashSet<>();
        boolean destination = target.name.equals("DNAT") || target.name.equals("REDIRECT");
        for (Packet packet : packets) {
            after.add(destination ? destination(target, site, packet) : source(target, packet));
        }
        return after;
    }

    private static Packet destination(Target target, Site site, Packet packet) {
        Family family = packet.family();
        byte[] dst = !target.name.equals("DNAT") ? redirect(site, packet)
                : Targets.keepsAddress(target, family) ? packet.dst() : Targets.address(target, family);
        Packet.Builder after = packet.copy().dst(dst);
        int port = Targets.port(target, family);
        return (port == -1 ? after : after.dport(port < 0 ? null : Integer.valueOf(port))).build();
    }

    /**
     * REDIRECT's address: loopback for what the box itself sends, else the incoming interface's first one; null if not
     * known.
     */
    private static byte[] redirect(Site site, Packet packet) {
        if (packet.in() == null) { return null; }
        if (packet.in().length() == 0) { return Addresses.parse(packet.family() == Family.IPV4 ? "127.0.0.1" : "::1"); }
        List<byte[]> own = site.addresses(packet.family(), packet.in());
        return own.isEmpty() ? null : own.get(0);
    }

    private static Packet source(Target target, Packet packet) {
        // NETMAP and SAME change either side, by the hook; SNAT and MASQUERADE the source, and the port when it is
        // taken.
        boolean both = target.name.equals("NETMAP") || target.name.equals("SAME");
        Packet.Builder after = packet.copy().src(null).sport(null);
        return (both ? after.dst(null) : after).build();
    }
}
