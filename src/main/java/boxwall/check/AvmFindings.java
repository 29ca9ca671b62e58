package boxwall.check;

import boxwall.avm.AvmAccess;
import boxwall.avm.AvmFirewall;
import boxwall.box.Finding;
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
 * Contradictions between AVM's filter and the rules: a packet passes only if both accept it. Reports only what is
 * certain, so no packet whose verdict depends on its source. Walks the first packet of a connection as netfilter sees
 * it: after AVM's translation, with the LAN host's address and port.
 */
final class AvmFindings extends PacketCheck {
    /** The most ports of a range that are tried, besides the last one. */
    private static final int PORTS = 64;

    private final String lanName;

    AvmFindings(CheckedRuleset rules, List<Finding> out) {
        super(rules, out, Family.IPV4, true);
        lanName = lan == null ? null : lan.name;
    }

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
            Answer answer = walk(packet(wan.name, box ? "" : lanName, forward.protocol, null, dst, port));
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

    /** Tries every port of each line that drops. */
    private void accesses(List<AvmAccess> list, boolean incoming) {
        for (AvmAccess access : list) {
            if (access.permits || access.policy || !access.namesPorts() && access.destination == null) { continue; }
            int count = access.namesPorts() ? access.high - access.low + 1 : 1;
            for (int i = 0; i < count; i = next(i, count)) {
                if (reports(list, access, access.namesPorts() ? access.low + i : -1, incoming)) { break; }
            }
        }
    }

    /** Adds a finding if the rules accept a packet that this line drops; true if they do. */
    private boolean reports(List<AvmAccess> list, AvmAccess access, int port, boolean incoming) {
        String protocol = access.protocol.equals("ip") ? "tcp" : access.protocol;
        byte[] dst = access.destination == null ? null : access.destination.address();
        byte[] src = access.source == null ? null : access.source.address();
        if (AvmFirewall.decides(list, protocol, src, dst, port) != access) { return false; }
        if (incoming) {
            return reports(access, packet(wan.name, "", protocol, src, dst, port))
                    || reports(access, packet(wan.name, lanName, protocol, src, dst, port));
        }
        return reports(access, packet("", wan.name, protocol, src != null ? src : box(wan), dst, port))
                || reports(access, packet(lanName, wan.name, protocol, src != null ? src : host(lan), dst, port));
    }

    /** Only a rule that names a port or address, as the line does, contradicts it. */
    private boolean reports(AvmAccess access, Packet packet) {
        Answer answer = walk(packet);
        Rule rule = answer.rule();
        if (answer.verdict != Verdict.ACCEPT || rule == null
                || !(access.namesPorts() ? !destinationPorts(rule).isEmpty() : rule.destination != null)) {
            return false;
        }
        add("rules-blocked-by-avm", where(answer), Arrays.asList(access.line, "rules: " + answer),
                hook(packet) == Hook.OUTPUT ? "on its way out" : "on the Internet side", AvmFirewall.FILE);
        return true;
    }

    private Packet packet(String in, String out, String protocol, byte[] src, byte[] dst, int dport) {
        return packet(in, out, src, dst).mark(null).protocol(protocol).flags(protocol.equals("tcp") ? Packet.SYN : null)
                .dport(dport < 0 ? null : dport);
    }
}
