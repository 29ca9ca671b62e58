package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.State;
import java.util.Collections;
import java.util.List;

/**
 * The proof that a ruleset doesn't lock the administrator out: for each path every packet of a TCP connection to the
 * box and back, from every client port above 1023; in IPv6 the neighbour discovery too, without which no packet finds
 * its way. A ruleset too complex for sets is walked with single packets: that can refute, but proves nothing.
 */
public final class Admin {
    private Admin() {}

    /** Proves all paths, or shows the first packet that fails. No paths at all: UNKNOWN. */
    public static AdminProof prove(final Verdicts verdicts, List<AdminPath> paths) {
        if (paths.isEmpty()) {
            return new AdminProof(AdminProof.Result.UNKNOWN, "no administrator's address is known", null);
        }
        AdminProof unknown = null;
        for (final AdminPath path : paths) {
            Criterion device = new Criterion(Field.IN, null, false, Collections.singletonList(name(path)));
            AdminProof proof;
            try {
                proof = new Verdicts.Question<AdminProof>() {
                    @Override
                    AdminProof ask(FamilyVerdicts of) { return prove(verdicts, path, of); }
                }.of(verdicts, path.family(), Collections.singletonList(device), false);
            } catch (TooComplex e) {
                proof = AdminPackets.walk(verdicts.walk(), path, e.getMessage());
            }
            if (proof.result() == AdminProof.Result.FAILED) { return proof; }
            unknown = unknown == null && proof.result() == AdminProof.Result.UNKNOWN ? proof : unknown;
        }
        return unknown != null ? unknown
                : new AdminProof(AdminProof.Result.PROVED, "accepted in both directions: " + paths, null);
    }

    private static AdminProof prove(Verdicts verdicts, AdminPath path, FamilyVerdicts of) {
        AdminProof in = way(verdicts, path, of, Hook.INPUT);
        AdminProof out = in.result() == AdminProof.Result.FAILED ? in : way(verdicts, path, of, Hook.OUTPUT);
        return out.result() == AdminProof.Result.FAILED || in.result() == AdminProof.Result.PROVED ? out : in;
    }

    private static AdminProof way(Verdicts verdicts, AdminPath path, FamilyVerdicts of, Hook way) {
        Sets sets = of.sets;
        Bdd bdd = sets.bdd;
        boolean in = way == Hook.INPUT;
        int packets = bdd.and(sets.everything(), bdd.and(sets.is(Field.MARK, new byte[4]),
                bdd.and(NewConnections.whole(sets), sets.lies(in ? Field.IN : Field.OUT, name(path)))));
        packets = bdd.and(packets, bdd.or(connection(sets, path, in), discovery(sets, path, in)));
        FamilyVerdicts.Walked walked = of.withoutMac(way, packets);
        int open = bdd.and(packets, walked.otherThan(Verdict.ACCEPT));
        if (open == Bdd.NONE) { return new AdminProof(AdminProof.Result.PROVED, path.toString(), null); }
        int closed = bdd.minus(packets, bdd.or(walked.possible(Verdict.ACCEPT), walked.possible(Verdict.UNKNOWN)));
        Packet example = Example.of(sets, of.site, way, closed != Bdd.NONE ? closed : open).copy().mac(null).build();
        Answer answer = verdicts.walk().packet(example, way);
        return new AdminProof(closed != Bdd.NONE ? AdminProof.Result.FAILED : AdminProof.Result.UNKNOWN,
                path + ": " + answer + " for " + example, answer);
    }

    private static Span name(AdminPath path) {
        byte[] name = Numbers.interfaceName(path.interfaceName());
        return Span.range(name, name);
    }

    /**
     * In: a new connection's SYN, then anything with ACK and without SYN. Out: anything with ACK, the SYN of the answer
     * too.
     */
    private static int connection(Sets sets, AdminPath path, boolean in) {
        Bdd bdd = sets.bdd;
        int clientPort = sets.lies(in ? Field.SPORT : Field.DPORT, Span.range(2, 1024, 65535));
        int boxPort = sets.lies(in ? Field.DPORT : Field.SPORT, Span.range(2, path.port, path.port));
        int later = bdd.and(NewConnections.later(sets), in ? NewConnections.flags(sets, 0, Packet.SYN) : Bdd.ALL);
        int states = in ? bdd.or(NewConnections.first(sets), later) : later;
        return bdd.and(NewConnections.protocol(sets, 6),
                bdd.and(bdd.and(clientPort, boxPort),
                        bdd.and(states, bdd.and(sets.lies(in ? Field.SRC : Field.DST, path.client),
                                sets.lies(in ? Field.DST : Field.SRC, Span.range(path.box(), path.box()))))));
    }

    /**
     * Neighbour solicitation (135) and advertisement (136); in IPv4 ARP does this, which bypasses netfilter. conntrack
     * leaves them alone: UNTRACKED (nf_conntrack_proto_icmpv6.c). A solicitation goes to the solicited-node address of
     * whom it asks for.
     */
    private static int discovery(Sets sets, AdminPath path, boolean in) {
        if (path.family() == Family.IPV4) { return Bdd.NONE; }
        Bdd bdd = sets.bdd;
        Field client = in ? Field.SRC : Field.DST;
        Field box = in ? Field.DST : Field.SRC;
        int me = sets.lies(box, Span.range(path.box(), path.box()));
        int you = sets.lies(client, path.client);
        byte[] group = AdminPackets.solicited(path.box());
        int asking = bdd.and(type(sets, 135),
                in ? bdd.and(you, sets.lies(box, Span.range(group, group))) : bdd.and(me, solicited(sets, path)));
        int telling = bdd.and(type(sets, 136), bdd.and(me, you));
        return bdd.and(bdd.and(NewConnections.protocol(sets, 58), NewConnections.state(sets, State.UNTRACKED)),
                bdd.or(asking, telling));
    }

    private static int type(Sets sets, int type) {
        return sets.lies(Field.ICMP, Span.range(2, type * 256, type * 256));
    }

    /**
     * The solicited-node address of one client, or those of a network: any where its mask leaves the last 24 bits open.
     */
    private static int solicited(Sets sets, AdminPath path) {
        byte[] group = AdminPackets.solicited(path.client.address());
        byte[] mask = new byte[16];
        java.util.Arrays.fill(mask, 0, 13, (byte) 255);
        System.arraycopy(path.client.mask(), 13, mask, 13, 3);
        return sets.lies(Field.DST, Span.masked(group, mask));
    }
}
