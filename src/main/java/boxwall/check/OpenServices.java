package boxwall.check;

import boxwall.avm.Listeners;
import boxwall.box.Finding;
import boxwall.explain.Answer;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdict;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import boxwall.syntax.RuleWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Open services: for hosts in the Internet, without a limit; and rules that could drop the administrator's packets. */
final class OpenServices extends PacketCheck {
    private static final int[] ADMIN_PORTS = {80, 22};

    OpenServices(CheckedRuleset rules, List<Finding> out, Family family) { super(rules, out, family, false); }

    /** The findings wan-service-open, flood-unlimited and administrator-not-first of a family. */
    void find() {
        if (!ruleset.owns(family, Table.FILTER)) { return; }
        if (wan != null) {
            services();
            floods();
        }
        if (box(lan) != null) { administrator(); }
    }

    /** A host in the Internet opens a connection to the box. */
    private Answer fromInternet(int protocol, int port) {
        return walk(request(packet(wan.name, "", internetHost(), box(wan)), protocol, port));
    }

    private void services() {
        List<String> open = new ArrayList<>();
        boolean certain = false;
        boolean byRule = false;
        List<String> tcp = new ArrayList<>();
        List<String> udp = new ArrayList<>();
        for (String[] service : Listeners.SERVICES) {
            int protocol = service[0].equals("tcp") ? TCP : UDP;
            Answer answer = service.length < 4 ? null : fromInternet(protocol, Integer.parseInt(service[1]));
            if (answer != null && answer.possible.contains(Verdict.ACCEPT)) {
                certain |= answer.verdict == Verdict.ACCEPT;
                byRule |= answer.verdict == Verdict.ACCEPT && answer.rule() != null;
                open.add(service[0] + " " + service[1] + " (" + service[3].replace('~', ' ') + "): " + answer);
                (protocol == TCP ? tcp : udp).add(service[1]);
            }
        }
        if (open.isEmpty()) { return; }
        Finding finding =
                Finding.of("wan-service-open", "", open, wan.name, family.word() + (certain ? "" : ", perhaps"),
                        drop(tcp, "tcp") + (tcp.isEmpty() || udp.isEmpty() ? "" : " and ") + drop(udp, "udp"));
        // a policy of ACCEPT is no mistake in a rule
        out.add(byRule ? finding : finding.withSeverity(Finding.Severity.NOTE));
    }

    private String drop(List<String> ports, String protocol) {
        return ports.isEmpty() ? "" : family.command + " -A INPUT -i $WAN_IF -p " + protocol + " -m multiport --dports "
                + Words.join(ports, ",") + " -j DROP";
    }

    /** Ports with a rule that certainly accepts: it has no limit, and no rule before it has one. */
    private void floods() {
        Map<TrailEntry, String> open = new LinkedHashMap<>();
        for (int port : acceptedPorts(wan.name, TCP)) {
            Answer answer = fromInternet(TCP, port);
            TrailEntry by = answer.decidedBy;
            if (answer.verdict == Verdict.ACCEPT && by.rule != null && !destinationPorts(by.rule).isEmpty()) {
                open.put(by, (open.containsKey(by) ? open.get(by) + "," : "tcp port ") + port);
            }
        }
        if (open.isEmpty()) { return; }
        RuleGroups rules = new RuleGroups();
        for (Map.Entry<TrailEntry, String> ports : open.entrySet()) {
            rules.add("", ports.getKey().origin(), ports.getValue() + ": ACCEPT by " + ports.getKey());
        }
        TrailEntry first = open.keySet().iterator().next();
        Rule limited = first.rule.copy()
                .match(Match.of("limit", Option.of("--limit", "10/min"), Option.of("--limit-burst", "20"))).build();
        add("flood-unlimited", rules, family.command, RuleWriter.rule(first.chain, limited));
    }

    /** Rules before the one that accepts the administrator that match in some state, or depending on a limit. */
    private void administrator() {
        Set<TrailEntry> stoppers = new LinkedHashSet<>();
        for (int port : ADMIN_PORTS) {
            Packet packet = request(packet(lan.name, "", host(lan), box(lan)), TCP, port);
            // if the administrator is locked out anyway, the finding lockout reports it
            if (walk(packet).verdict.stops()) { continue; }
            for (int flags : new int[] {Packet.SYN, Packet.ACK}) {
                List<TrailEntry> before = new ArrayList<>();
                for (TrailEntry entry : walk(packet.flags(flags).state(null)).trail) {
                    Target target = entry.rule == null ? null : entry.rule.target;
                    if (target != null && (target.name.equals("DROP") || target.name.equals("REJECT"))) {
                        before.add(entry);
                    } else if (Target.ACCEPT.equals(target) && entry.table == Table.FILTER) { stoppers.addAll(before); }
                }
            }
        }
        if (stoppers.isEmpty()) { return; }
        List<String> evidence = new ArrayList<>();
        for (TrailEntry entry : stoppers) {
            evidence.add(entry.toString());
        }
        add("administrator-not-first", stoppers.iterator().next().origin().toString(), evidence, family.command,
                family == Family.IPV4 ? "$LAN_NET" : "$LAN_NET6");
    }
}
