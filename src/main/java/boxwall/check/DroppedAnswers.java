package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdict;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Table;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Questions that rules let through and answers that they drop: a rule for ESTABLISHED is missing. */
final class DroppedAnswers extends PacketCheck {
    private static final List<Integer> TCP_PORTS = Arrays.asList(443, 80);
    private static final List<Integer> UDP_PORTS = Arrays.asList(53, 123);
    /** Of the ports that the rules name these many are asked for: each is a walk through all the rules. */
    private static final int NAMED_MAX = 4;

    private final boolean tracks;
    private final Set<Hook> said = new LinkedHashSet<>();

    /**
     * Asks the rules as written.
     *
     * @param tracks false where their states are compiled away: then those that would be loaded are asked
     */
    DroppedAnswers(CheckedRuleset rules, List<Finding> out, Family family, boolean tracks) {
        super(rules, out, family, !tracks);
        this.tracks = tracks;
    }

    /** The findings established-missing of a family, one a chain at most. */
    void find() {
        if (!ruleset.owns(family, Table.FILTER)) { return; }
        if (wan != null) {
            ask(Hook.OUTPUT, "", wan.name, box(wan), stranger(), Hook.INPUT);
            ask(Hook.INPUT, wan.name, "", stranger(), box(wan), Hook.OUTPUT);
        }
        for (Interface inner : Arrays.asList(lan, facts.guest)) {
            if (wan != null && inner != null) {
                ask(Hook.FORWARD, inner.name, wan.name, host(inner), stranger(), Hook.FORWARD);
            }
        }
        if (lan != null) {
            ask(Hook.INPUT, lan.name, "", host(lan), box(lan), Hook.OUTPUT);
            ask(Hook.OUTPUT, "", lan.name, box(lan), host(lan), Hook.INPUT);
        }
    }

    private void ask(Hook way, String in, String out, byte[] from, byte[] to, Hook back) {
        for (int protocol : new int[] {TCP, UDP}) {
            boolean settled = said.contains(back);
            Set<Integer> ports = new LinkedHashSet<>(protocol == TCP ? TCP_PORTS : UDP_PORTS);
            List<Integer> named = acceptedPorts(in, protocol);
            ports.addAll(named.subList(0, Math.min(named.size(), NAMED_MAX)));
            for (int port : ports) {
                settled = settled || ask(way, back, question(in, out, from, to, protocol, port),
                        answer(out, in, to, from, protocol, port), port);
            }
        }
    }

    /** Whether no further port counts: the answer is dropped, or let through by a rule that asks for none. */
    private boolean ask(Hook way, Hook back, Packet question, Packet answer, int port) {
        Answer asked = walk.packet(question, way);
        if (asked.verdict != Verdict.ACCEPT) { return false; }
        Answer answered = walk.packet(answer, back);
        if (answered.verdict.stops()) {
            boolean lost = !tracks && rules.written.walk.packet(answer, back).verdict == Verdict.ACCEPT;
            // the ports of which a preset expects replies are in it; the note stateless-weakened tells the rest
            if (lost && isShipped(asked.decidedBy)) { return false; }
            said.add(back);
            report(way, back, Arrays.asList(question + ": " + asked, answer + ": " + answered), where(answered),
                    lost ? port : 0);
            return true;
        }
        TrailEntry by = answered.decidedBy;
        return answered.verdict == Verdict.ACCEPT && (by == null || by.rule == null || !by.ruleText().contains("port"));
    }

    private void report(Hook way, Hook back, List<String> evidence, String where, int lostPort) {
        String direction = way == Hook.FORWARD ? "through" : way == Hook.INPUT ? "in" : "out";
        if (lostPort == 0) {
            add("established-missing", where, evidence, back, way, direction, family.command,
                    where.length() == 0 ? "" : ", before the line that drops them");
        } else {
            add("established-missing.udp", where, evidence, back, way, direction, family.command, lostPort);
        }
    }
}
