package boxwall.check;

import boxwall.avm.AvmAccess;
import boxwall.avm.AvmFirewall;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.explain.Walk;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where AVM's filter and the rules contradict each other: both have to let a packet pass. Only certain cases are
 * reported: a packet whose fate depends on its source, say, is no finding. The first packet of a connection is asked
 * for, as netfilter sees it: after AVM's translation, so with the LAN host's address and port.
 */
final class AvmFindings {
    /** Of a longer range these many ports are asked for, and its last one. */
    private static final int PORTS = 64;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final BoxFacts facts;
    private final Walk walk;
    private final List<Finding> out = new ArrayList<>();

    private AvmFindings(BoxFacts facts, Walk walk) {
        this.facts = facts;
        this.walk = walk;
    }

    /**
     * Findings forward-blocked-by-rules and rules-blocked-by-avm; empty when ar7.cfg wasn't read or the Internet side
     * isn't known.
     */
    static List<Finding> of(BoxFacts facts, Walk walk) {
        AvmFindings findings = new AvmFindings(facts, walk);
        if (facts.avmFirewall.known && facts.wan != null) {
            for (AvmFirewall.Forward forward : facts.avmFirewall.forwards) {
                findings.forward(forward);
            }
            findings.accesses(facts.avmFirewall.in, true);
            findings.accesses(facts.avmFirewall.out, false);
        }
        return findings.out;
    }

    private void forward(AvmFirewall.Forward forward) {
        byte[] host = forward.host();
        for (int i = 0; i < forward.count; i = next(i, forward.count)) {
            Packet.Builder packet = packet(forward.protocol, null, host != null ? host : own(facts.wan),
                    forward.toPort == 0 ? -1 : forward.toPort + i).in(facts.wan.name);
            boolean box = host == null || facts.lan != null && Addresses.print(host).equals(facts.lan.ip);
            Answer answer = walk.packet(packet.out(box ? "" : facts.lan == null ? null : facts.lan.name).build(),
                    box ? Hook.INPUT : Hook.FORWARD);
            if (answer.verdict.stops()) {
                String place = answer.decidedBy.origin() == null ? "" : answer.decidedBy.origin().toString();
                out.add(new Finding("forward-blocked-by-rules", Finding.Severity.WARN, place,
                        Arrays.asList(forward.line, "rules: " + answer),
                        "AVM forwards " + forward.protocol + (forward.port == 0 ? "" : " port " + (forward.port + i))
                                + " to " + (box ? "the box itself" : Addresses.print(host))
                                + ", and these rules drop it there.",
                        "add an accept before the rule that drops it: iptables -A "
                                + (box ? "INPUT" : "FORWARD -d " + Addresses.print(host)) + " -i $WAN_IF -p "
                                + forward.protocol + (forward.toPort == 0 ? "" : " --dport " + (forward.toPort + i))
                                + " -j ACCEPT; or remove the forwarding on AVM's page"));
                return;
            }
        }
    }

    private static int next(int i, int count) { return i < PORTS || i == count - 1 ? i + 1 : count - 1; }

    /**
     * Each line that drops, asked for every port that it names: which rule lets such a packet pass, and names it as
     * well?
     */
    private void accesses(List<AvmAccess> list, boolean in) {
        for (AvmAccess access : list) {
            if (access.permits || access.policy || !access.namesPorts() && access.destination == null) { continue; }
            int count = access.namesPorts() ? access.high - access.low + 1 : 1;
            for (int i = 0; i < count; i = next(i, count)) {
                if (isAccepted(list, access, access.namesPorts() ? access.low + i : -1, in)) { break; }
            }
        }
    }

    private boolean isAccepted(List<AvmAccess> list, AvmAccess access, int port, boolean in) {
        String protocol = access.protocol.equals("ip") ? "tcp" : access.protocol;
        byte[] dst = access.destination == null ? null : access.destination.address();
        byte[] src = access.source == null ? null : access.source.address();
        if (AvmFirewall.decides(list, protocol, src, dst, port) != access) { return false; }
        String wan = facts.wan.name;
        String lan = facts.lan == null ? null : facts.lan.name;
        if (in) {
            return isAccepted(access, packet(protocol, src, dst, port).in(wan).out(""), Hook.INPUT)
                    || isAccepted(access, packet(protocol, src, dst, port).in(wan).out(lan), Hook.FORWARD);
        }
        return isAccepted(access, packet(protocol, src != null ? src : own(facts.wan), dst, port).in("").out(wan),
                Hook.OUTPUT)
                || isAccepted(access, packet(protocol, src != null ? src : someHost(), dst, port).in(lan).out(wan),
                        Hook.FORWARD);
    }

    private boolean isAccepted(AvmAccess access, Packet.Builder packet, Hook hook) {
        Answer answer = walk.packet(packet.build(), hook);
        Rule rule = answer.decidedBy == null ? null : answer.decidedBy.rule;
        if (answer.verdict != Verdict.ACCEPT || rule == null
                || !(access.namesPorts() ? namesPort(rule) : rule.destination != null)) {
            return false;
        }
        out.add(new Finding("rules-blocked-by-avm", Finding.Severity.NOTE, rule.origin.toString(),
                Arrays.asList(access.line, "rules: " + answer),
                "This rule accepts what AVM's own filter drops "
                        + (hook == Hook.FORWARD || hook == Hook.INPUT && facts.wan.name.equals(answer.packet.in())
                                ? "on the Internet side." : "on its way out."),
                "allow it on AVM's side too: the line is in " + AvmFirewall.FILE + ", or leave the rule out"));
        return true;
    }

    private static boolean namesPort(Rule rule) {
        for (Match match : rule.matches()) {
            for (Option option : match.options) {
                if (option.name.startsWith("--d") && option.name.contains("port") || option.name.equals("--ports")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Packet.Builder packet(String protocol, byte[] src, byte[] dst, int dport) {
        Integer number = number(protocol);
        Packet.Builder packet = Packet.of(Family.IPV4).src(src).dst(dst).protocol(number).fragment(Boolean.FALSE);
        if (number != null && number == TCP) { packet.flags(Packet.SYN); }
        return dport < 0 ? packet : packet.dport(dport);
    }

    /** IANA's numbers of what AVM's lists name; null for another word. */
    private static Integer number(String protocol) {
        String[] words = {"tcp", "udp", "icmp", "gre", "esp", "ah"};
        int[] numbers = {TCP, UDP, 1, 47, 50, 51};
        for (int i = 0; i < words.length; i++) {
            if (words[i].equals(protocol)) { return numbers[i]; }
        }
        int number = (int) Words.number(protocol, 999);
        return number < 0 ? null : Integer.valueOf(number);
    }

    private static byte[] own(Interface one) { return one.ip == null ? null : Addresses.parse(one.ip); }

    /** A host of the LAN that isn't the box, or null. */
    private byte[] someHost() {
        byte[] address = facts.lan == null ? null : own(facts.lan);
        if (address != null) { address[3] = (byte) (address[3] == 77 ? 78 : 77); }
        return address;
    }
}
