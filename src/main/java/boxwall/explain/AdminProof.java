package boxwall.explain;

import boxwall.netfilter.Hook;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Whether a ruleset accepts the administrator's packets and the replies: for each connection every packet to the box
 * and back, from every client port above 1023; in IPv6 neighbour discovery too, which every connection needs. For a
 * ruleset that is too complex for sets, single packets are walked: they can refute, but prove nothing.
 */
public final class AdminProof {
    /** As in the stamp: {@code admin=proved|failed|unknown}. */
    public enum Result {
        PROVED, FAILED, UNKNOWN;

        /** The word in lower case. */
        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    private static final AdminProof PROVED = new AdminProof(Result.PROVED, null, null);

    public final Result result;
    /** The reason why it isn't proved; null if it is. */
    public final String reason;
    /** The walk of a packet that isn't certainly accepted; null when proved, and when there is none to show. */
    public final Answer answer;

    private AdminProof(Result result, String reason, Answer answer) {
        this.result = result;
        this.reason = reason;
        this.answer = answer;
    }

    /**
     * Proves all connections, with all ports of each at once; else finds the first port that fails, or is unknown. The
     * result is UNKNOWN without any connection.
     */
    public static AdminProof of(Verdicts verdicts, List<AdminConnection> connections) {
        if (connections.isEmpty()) {
            return new AdminProof(Result.UNKNOWN, "no administrator's address is known", null);
        }
        AdminProof unknown = null;
        for (AdminConnection connection : connections) {
            if (of(verdicts, connection).result == Result.PROVED) { continue; }
            for (AdminConnection single : connection.perPort()) {
                AdminProof proof = of(verdicts, single);
                if (proof.result == Result.FAILED) { return proof; }
                unknown = unknown == null && proof.result == Result.UNKNOWN ? proof : unknown;
            }
        }
        return unknown != null ? unknown : PROVED;
    }

    private static AdminProof of(Verdicts verdicts, final AdminConnection connection) {
        Criterion device = new Criterion(Field.IN, false, Span.one(FieldBytes.interfaceName(connection.interfaceName)));
        try {
            return new Verdicts.Query<AdminProof>() {
                @Override
                void run(FamilyVerdicts of) {
                    AdminProof in = prove(connection, of, Hook.INPUT);
                    AdminProof out = in.result == Result.FAILED ? in : prove(connection, of, Hook.OUTPUT);
                    results.add(out.result == Result.FAILED || in.result == Result.PROVED ? out : in);
                }
            }.of(verdicts, connection.client.family, Collections.singletonList(device), false).get(0);
        } catch (TooComplex e) {
            for (Packet packet : connection.packets()) {
                Answer answer = verdicts.packet(packet, packet.in() == null ? Hook.OUTPUT : Hook.INPUT);
                if (answer.verdict.stops()) { return shown(Result.FAILED, connection, answer); }
            }
            return new AdminProof(Result.UNKNOWN, connection + ": " + e.getMessage(), null);
        }
    }

    private static AdminProof prove(AdminConnection connection, FamilyVerdicts of, Hook hook) {
        int packets = connection.packets(of.sets, hook == Hook.INPUT);
        FamilyVerdicts.Walked walked = of.withoutMac(hook, packets);
        int unproved = of.sets.bdd.and(packets, walked.otherThan(Verdict.ACCEPT));
        if (unproved == Bdd.NONE) { return PROVED; }
        int stopped = walked.stopped(packets);
        Packet example = Example.of(of.sets, hook, stopped != Bdd.NONE ? stopped : unproved).mac(null);
        return shown(stopped != Bdd.NONE ? Result.FAILED : Result.UNKNOWN, connection,
                of.verdicts.packet(example, hook));
    }

    private static AdminProof shown(Result result, AdminConnection connection, Answer answer) {
        return new AdminProof(result, connection + ": " + answer + " for " + answer.packet, answer);
    }
}
