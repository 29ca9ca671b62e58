package boxwall.check;

import boxwall.avm.AvmAccess;
import boxwall.avm.AvmFirewall;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import java.util.Arrays;
import java.util.List;

/**
 * Where AVM's filter and the rules contradict each other: both have to let a packet pass. Only certain cases are
 * reported: a packet whose fate depends on its source, say, is no finding. The first packet of a connection is asked
 * for, as netfilter sees it: after AVM's translation, so with the LAN host's address and port.
 */
final class AvmFindings extends PacketCheck {
    /** Of a longer range these many ports are asked for, and its last one. */
    private static final int PORTS = 64;

    AvmFindings(CheckedRuleset rules, List<Finding> out) { super(rules, out, Family.IPV4, true); }

    /** Findings forward-blocked-by-rules and rules-blocked-by-avm; needs ar7.cfg and the Internet side. */
    void find() {
        AvmFirewall avm = facts.avmFirewall;
        if (avm.known && wan != null) {
            for (AvmFirewall.Forward forward : avm.forwards) {
                forward(forward);
            }
            accesses(avm.in, true);
            accesses(avm.out, false);
        }
    }

    private void forward(AvmFirewall.Forward forward) {
        byte[] host = forward.host;
        boolean box = host == null || lan != null && Addresses.print(host).equals(lan.ip);
        byte[] dst = host != null ? host : box(wan);
        for (int i = 0; i < forward.count; i = next(i, forward.count)) {
            int port = forward.toPort == 0 ? -1 : forward.toPort + i;
            Packet packet = packet(wan.name, box ? "" : name(lan), forward.protocol, null, dst, port);
            Answer answer = walk.packet(packet, box ? Hook.INPUT : Hook.FORWARD);
            if (answer.verdict.stops()) {
                add("forward-blocked-by-rules", where(answer), Arrays.asList(forward.line, "rules: " + answer),
                        forward.protocol + (forward.port == 0 ? "" : " port " + (forward.port + i)),
                        box ? "the box itself" : Addresses.print(host),
                        box ? "INPUT" : "FORWARD -d " + Addresses.print(host),
                        forward.protocol + (port < 0 ? "" : " --dport " + port));
                return;
            }
        }
    }

    private static int next(int i, int count) { return i < PORTS || i == count - 1 ? i + 1 : count - 1; }

    private static String name(Interface one) { return one == null ? null : one.name; }

    /** Each line that drops, for every port that it names: does a rule that names it too let it pass? */
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
        if (in) {
            return isAccepted(access, packet(wan.name, "", protocol, src, dst, port), Hook.INPUT)
                    || isAccepted(access, packet(wan.name, name(lan), protocol, src, dst, port), Hook.FORWARD);
        }
        byte[] box = src != null ? src : box(wan);
        byte[] host = src != null ? src : host(lan);
        return isAccepted(access, packet("", wan.name, protocol, box, dst, port), Hook.OUTPUT)
                || isAccepted(access, packet(name(lan), wan.name, protocol, host, dst, port), Hook.FORWARD);
    }

    private boolean isAccepted(AvmAccess access, Packet packet, Hook hook) {
        Answer answer = walk.packet(packet, hook);
        Rule rule = answer.decidedBy == null ? null : answer.decidedBy.rule;
        if (answer.verdict != Verdict.ACCEPT || rule == null
                || !(access.namesPorts() ? !destinationPorts(rule).isEmpty() : rule.destination != null)) {
            return false;
        }
        add("rules-blocked-by-avm", rule.origin.toString(), Arrays.asList(access.line, "rules: " + answer),
                hook == Hook.FORWARD || hook == Hook.INPUT && wan.name.equals(answer.packet.in())
                        ? "on the Internet side" : "on its way out",
                AvmFirewall.FILE);
        return true;
    }

    private Packet packet(String in, String out, String protocol, byte[] src, byte[] dst, int dport) {
        return packet(in, out, src, dst).mark(null).protocol(protocol).flags(protocol.equals("tcp") ? Packet.SYN : null)
                .dport(dport < 0 ? null : dport);
    }
}
