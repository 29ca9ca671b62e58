package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Table;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Requests that the rules accept and replies that they drop: a rule for ESTABLISHED is missing. */
final class DroppedReplies extends PacketCheck {
    private static final List<Integer> TCP_PORTS = Arrays.asList(443, 80);
    private static final List<Integer> UDP_PORTS = Arrays.asList(53, 123);
    /** The most ports of rules that are tried as well: each is a walk through all the rules. */
    private static final int NAMED_MAX = 4;

    private final boolean tracks;
    private final Set<Hook> reported = new LinkedHashSet<>();

    /**
     * Walks the rules as written.
     *
     * @param tracks false where their states are compiled away: then the rules that would be loaded are walked
     */
    DroppedReplies(CheckedRuleset rules, List<Finding> out, Family family, boolean tracks) {
        super(rules, out, family, !tracks);
        this.tracks = tracks;
    }

    /** The findings established-missing of a family, at most one for each chain. */
    void find() {
        if (!ruleset.owns(family, Table.FILTER)) { return; }
        if (wan != null) {
            find(packet("", wan.name, box(wan), internetHost()));
            find(packet(wan.name, "", internetHost(), box(wan)));
        }
        for (Interface inner : Arrays.asList(lan, facts.guest)) {
            if (wan != null && inner != null) { find(packet(inner.name, wan.name, host(inner), internetHost())); }
        }
        if (lan != null) {
            find(packet(lan.name, "", host(lan), box(lan)));
            find(packet("", lan.name, box(lan), host(lan)));
        }
    }

    private void find(Packet packet) {
        for (int protocol : new int[] {TCP, UDP}) {
            boolean decided = false;
            Set<Integer> ports = new LinkedHashSet<>(protocol == TCP ? TCP_PORTS : UDP_PORTS);
            List<Integer> named = acceptedPorts(packet.in(), protocol);
            ports.addAll(named.subList(0, Math.min(named.size(), NAMED_MAX)));
            for (int port : ports) {
                decided = decided || decides(request(packet, protocol, port));
            }
        }
    }

    /** Whether no further port matters: the reply is dropped, or accepted by a rule that matches no port. */
    private boolean decides(Packet request) {
        Packet reply = reply(request);
        Hook back = hook(reply);
        if (reported.contains(back)) { return true; }
        Answer forth = walk(request);
        if (forth.verdict != Verdict.ACCEPT) { return false; }
        Answer answer = walk(reply);
        if (!answer.verdict.stops()) {
            return answer.verdict == Verdict.ACCEPT
                    && (answer.rule() == null || !answer.rule().toString().contains("port"));
        }
        boolean lost = !tracks && rules.written.packet(reply, back).verdict == Verdict.ACCEPT;
        // the ports of which a preset expects replies are in it; the note stateless-weakened lists the others
        if (lost && forth.rule() != null && rules.parsed.isShipped(forth.rule().origin)) { return false; }
        reported.add(back);
        Hook way = hook(request);
        String direction = way == Hook.FORWARD ? "through" : way == Hook.INPUT ? "in" : "out";
        List<String> evidence = Arrays.asList(request + ": " + forth, reply + ": " + answer);
        String where = where(answer);
        if (lost) {
            add("established-missing.udp", where, evidence, back, way, direction, family.command, request.dport());
        } else {
            add("established-missing", where, evidence, back, way, direction, family.command,
                    where.length() == 0 ? "" : ", before the line that drops them");
        }
        return true;
    }
}
