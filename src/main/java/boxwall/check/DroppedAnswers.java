package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdict;
import boxwall.explain.Walk;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Questions that the rules let through and answers that they drop: the rule for ESTABLISHED is missing in the chain
 * that the answers take. Both walks are certain, so each finding is a proof by example; a few single packets are all
 * that it costs.
 */
final class DroppedAnswers {
    private static final List<Integer> UDP_PORTS = Arrays.asList(53, 123);
    private static final List<Integer> TCP_PORTS = Arrays.asList(443, 80);
    /** Of the ports that the rules name these many are asked for: each is a walk through all the rules. */
    private static final int NAMED_MAX = 4;

    private final Ruleset ruleset;
    private final BoxFacts facts;
    private final Family family;
    private final SamplePackets samples;
    private final Walk walk;
    private final Walk written;
    private final Set<Hook> said = new LinkedHashSet<>();
    private final List<Finding> out = new ArrayList<>();

    private DroppedAnswers(Ruleset ruleset, BoxFacts facts, Family family, Walk walk, Walk written) {
        this.ruleset = ruleset;
        this.facts = facts;
        this.family = family;
        this.samples = new SamplePackets(facts, family);
        this.walk = walk;
        this.written = written;
    }

    /**
     * The findings established-missing of a family, one a chain at most.
     *
     * @param ruleset what would be loaded
     * @param walk through it
     * @param written a walk through the rules as written where their states are compiled away, else null
     */
    static List<Finding> of(Ruleset ruleset, BoxFacts facts, Family family, Walk walk, Walk written) {
        DroppedAnswers answers = new DroppedAnswers(ruleset, facts, family, walk, written);
        if (ruleset.owns(family, Table.FILTER)) { answers.ask(); }
        return answers.out;
    }

    private void ask() {
        Interface wan = facts.wan;
        Interface lan = facts.lan;
        if (wan != null) {
            ask(Hook.OUTPUT, "", wan.name, samples.box(wan), samples.stranger(), Hook.INPUT);
            ask(Hook.INPUT, wan.name, "", samples.stranger(), samples.box(wan), Hook.OUTPUT);
        }
        for (Interface inner : Arrays.asList(lan, facts.guest)) {
            if (wan != null && inner != null) {
                ask(Hook.FORWARD, inner.name, wan.name, samples.host(inner), samples.stranger(), Hook.FORWARD);
            }
        }
        if (lan != null) {
            ask(Hook.INPUT, lan.name, "", samples.host(lan), samples.box(lan), Hook.OUTPUT);
            ask(Hook.OUTPUT, "", lan.name, samples.box(lan), samples.host(lan), Hook.INPUT);
        }
    }

    private void ask(Hook way, String in, String out, byte[] from, byte[] to, Hook back) {
        boolean settled = said.contains(back);
        for (Integer port : ports(TCP_PORTS, SamplePackets.TCP, in)) {
            settled = settled || ask(way, in, out, from, to, back, SamplePackets.TCP, port.intValue());
        }
        settled = said.contains(back);
        for (Integer port : ports(UDP_PORTS, SamplePackets.UDP, in)) {
            settled = settled || ask(way, in, out, from, to, back, SamplePackets.UDP, port.intValue());
        }
    }

    private Set<Integer> ports(List<Integer> usual, int protocol, String in) {
        Set<Integer> ports = new LinkedHashSet<>(usual);
        List<Integer> named = SamplePackets.acceptedPorts(ruleset, family, in, protocol);
        ports.addAll(named.subList(0, Math.min(named.size(), NAMED_MAX)));
        return ports;
    }

    /**
     * Whether no further port need be asked for: the answer is dropped, or let through by a rule that asks for no port.
     */
    private boolean ask(Hook way, String in, String out, byte[] from, byte[] to, Hook back, int protocol, int port) {
        Packet question = samples.question(in, out, from, to, protocol, port);
        Answer asked = walk.packet(question, way);
        if (asked.verdict != Verdict.ACCEPT) { return false; }
        Packet answer = samples.answer(out, in, to, from, protocol, port);
        Answer answered = walk.packet(answer, back);
        if (answered.verdict.stops()) {
            said.add(back);
            boolean lost = written != null && written.packet(answer, back).verdict == Verdict.ACCEPT;
            report(way, back, question + ": " + asked, answer + ": " + answered, answered, lost ? port : 0);
            return true;
        }
        TrailEntry by = answered.decidedBy;
        return answered.verdict == Verdict.ACCEPT && (by == null || by.rule == null || !by.ruleText().contains("port"));
    }

    private void report(Hook way, Hook back, String question, String answer, Answer answered, int lostPort) {
        String where = answered.decidedBy.origin() == null ? "" : answered.decidedBy.origin().toString();
        this.out.add(new Finding("established-missing", Finding.Severity.WARN, where, Arrays.asList(question, answer),
                back + " drops the replies to what " + way + " lets "
                        + (way == Hook.FORWARD ? "through" : way == Hook.INPUT ? "in" : "out")
                        + (lostPort == 0 ? ""
                                : ": this box can't track connections, and UDP replies pass only from ports that a rule names"),
                lostPort != 0
                        ? family.command() + " -A " + way + " -p udp --dport " + lostPort
                                + " -j ACCEPT, for each remote port in use"
                        : family.command() + " -A " + back + " -m state --state RELATED,ESTABLISHED -j ACCEPT"
                                + (where.length() == 0 ? "" : ", before the line that drops them")));
    }
}
