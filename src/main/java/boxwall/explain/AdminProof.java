package boxwall.explain;

import boxwall.netfilter.Hook;
import java.util.Collections;
import java.util.List;

/**
 * Whether the administrator gets in, and the answers out: for each path every packet of a TCP connection to the box and
 * back, from every client port above 1023; in IPv6 the neighbour discovery too, without which no packet finds its way.
 * A ruleset too complex for sets is walked with single packets: that can refute, but proves nothing.
 */
public final class AdminProof {
    /** What the stamp says: {@code admin=proved|failed|unknown}. */
    public enum Result {
        PROVED, FAILED, UNKNOWN;

        /** The word in lower case. */
        public String word() { return name().toLowerCase(java.util.Locale.ROOT); }
    }

    private static final AdminProof PROVED = new AdminProof(Result.PROVED, null, null);

    public final Result result;
    /** What is in the way, or why it isn't known, in words; null when proved. */
    public final String reason;
    /** The walk of a packet that would not get through, or perhaps not; null when proved, or with none to show. */
    public final Answer answer;

    private AdminProof(Result result, String reason, Answer answer) {
        this.result = result;
        this.reason = reason;
        this.answer = answer;
    }

    /** Proves all paths, the ports of each together, or shows the first packet that fails. No paths at all: UNKNOWN. */
    public static AdminProof of(Verdicts verdicts, List<AdminConnection> paths) {
        AdminProof unknown =
                !paths.isEmpty() ? null : new AdminProof(Result.UNKNOWN, "no administrator's address is known", null);
        for (AdminConnection path : paths) {
            if (of(verdicts, path).result == Result.PROVED) { continue; }
            for (AdminConnection each : path.each()) {
                AdminProof proof = of(verdicts, each);
                if (proof.result == Result.FAILED) { return proof; }
                unknown = unknown == null && proof.result == Result.UNKNOWN ? proof : unknown;
            }
        }
        return unknown != null ? unknown : PROVED;
    }

    private static AdminProof of(Verdicts verdicts, final AdminConnection path) {
        Criterion device = new Criterion(Field.IN, false, Span.one(Numbers.interfaceName(path.interfaceName)));
        try {
            return new Verdicts.Question<AdminProof>() {
                @Override
                void ask(FamilyVerdicts of) {
                    AdminProof in = AdminProof.ask(path, of, Hook.INPUT);
                    AdminProof out = in.result == Result.FAILED ? in : AdminProof.ask(path, of, Hook.OUTPUT);
                    found.add(out.result == Result.FAILED || in.result == Result.PROVED ? out : in);
                }
            }.of(verdicts, path.client.family, Collections.singletonList(device), false).get(0);
        } catch (TooComplex e) {
            for (Packet packet : path.packets()) {
                Answer answer = verdicts.walk.packet(packet, packet.in() == null ? Hook.OUTPUT : Hook.INPUT);
                if (answer.verdict.stops()) { return found(Result.FAILED, path, answer); }
            }
            return new AdminProof(Result.UNKNOWN, path + ": " + e.getMessage(), null);
        }
    }

    private static AdminProof found(Result result, AdminConnection path, Answer answer) {
        return new AdminProof(result, path + ": " + answer + " for " + answer.packet, answer);
    }

    private static AdminProof ask(AdminConnection path, FamilyVerdicts of, Hook way) {
        int packets = path.packets(of.sets, way == Hook.INPUT);
        FamilyVerdicts.Walked walked = of.withoutMac(way, packets);
        int open = of.sets.bdd.and(packets, walked.otherThan(Verdict.ACCEPT));
        if (open == Bdd.NONE) { return PROVED; }
        int closed = walked.stopped(packets);
        return found(closed != Bdd.NONE ? Result.FAILED : Result.UNKNOWN, path,
                of.exampleWithoutMac(way, closed != Bdd.NONE ? closed : open));
    }
}
