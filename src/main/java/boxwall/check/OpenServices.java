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
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who gets into the box: strangers to what was never meant for them, strangers as often as they like, and what could
 * get into the administrator's way. Asked with a few single packets, so that a box's own JVM can afford it.
 */
final class OpenServices {
    /**
     * What a FRITZ!Box offers to its LAN or its provider: protocol, port, name. TR-064 and UPnP description 49000 and
     * 49443, TR-069 8089 (AVM's help page) and 7547 (IANA), SSDP 1900 (UPnP Device Architecture), media servers 8200
     * and 49200, NAT-PMP 5351, mDNS 5353.
     */
    private static final Object[][] SERVICES = {{6, 7547, "TR-069"}, {6, 8089, "TR-069"}, {6, 8200, "DLNA"},
            {6, 49000, "TR-064, UPnP"}, {6, 49200, "DLNA"}, {6, 49443, "TR-064 over TLS"}, {17, 1900, "UPnP discovery"},
            {17, 5351, "port mapping"}, {17, 5353, "mDNS"}};
    private static final int[] ADMIN_PORTS = {80, 22};

    private final Ruleset ruleset;
    private final BoxFacts facts;
    private final Family family;
    private final SamplePackets samples;
    private final Walk walk;
    private final List<Finding> out = new ArrayList<>();

    private OpenServices(Ruleset ruleset, BoxFacts facts, Family family, Walk walk) {
        this.ruleset = ruleset;
        this.facts = facts;
        this.family = family;
        this.samples = new SamplePackets(facts, family);
        this.walk = walk;
    }

    /** The findings wan-service-open, flood-unlimited and administrator-not-first of a family. */
    static List<Finding> of(Ruleset ruleset, BoxFacts facts, Family family, Walk walk) {
        OpenServices services = new OpenServices(ruleset, facts, family, walk);
        if (ruleset.owns(family, Table.FILTER)) {
            if (facts.wan != null) {
                services.services(facts.wan);
                services.floods(facts.wan);
            }
            if (facts.lan != null && services.samples.box(facts.lan) != null) { services.administrator(facts.lan); }
        }
        return services.out;
    }

    private Answer stranger(Interface wan, int protocol, int port) {
        return walk.packet(samples.question(wan.name, "", samples.stranger(), samples.box(wan), protocol, port),
                Hook.INPUT);
    }

    private void services(Interface wan) {
        List<String> open = new ArrayList<>();
        boolean certain = false;
        boolean byRule = false;
        StringBuilder tcp = new StringBuilder();
        StringBuilder udp = new StringBuilder();
        for (Object[] service : SERVICES) {
            int protocol = ((Integer) service[0]).intValue();
            Answer answer = stranger(wan, protocol, ((Integer) service[1]).intValue());
            if (answer.possible.contains(Verdict.ACCEPT)) {
                certain |= answer.verdict == Verdict.ACCEPT;
                byRule |= answer.verdict == Verdict.ACCEPT && answer.decidedBy.rule != null;
                open.add((protocol == SamplePackets.TCP ? "tcp " : "udp ") + service[1] + " (" + service[2] + "): "
                        + answer);
                StringBuilder ports = protocol == SamplePackets.TCP ? tcp : udp;
                ports.append(ports.length() == 0 ? "" : ",").append(service[1]);
            }
        }
        if (open.isEmpty()) { return; }
        // a policy of ACCEPT closes nothing to anybody, and says so
        out.add(new Finding("wan-service-open", byRule ? Finding.Severity.WARN : Finding.Severity.NOTE, "", open,
                "ports of remote configuration (TR-064, TR-069) or media services are open to strangers on " + wan.name
                        + " in " + family.word() + (certain ? "" : ", perhaps") + " according to netfilter's rules",
                drop(tcp, "tcp") + (tcp.length() > 0 && udp.length() > 0 ? " and " : "") + drop(udp, "udp")
                        + ", before the rule that accepts"));
    }

    private String drop(CharSequence ports, String protocol) {
        return ports.length() == 0 ? "" : family.command() + " -A INPUT -i $WAN_IF -p " + protocol
                + " -m multiport --dports " + ports + " -j DROP";
    }

    /** A rule with a limit, or behind one, is never certain to accept: what is certain has none. */
    private void floods(Interface wan) {
        Map<TrailEntry, String> open = new LinkedHashMap<>();
        for (Integer port : SamplePackets.acceptedPorts(ruleset, family, wan.name)) {
            Answer answer = stranger(wan, SamplePackets.TCP, port.intValue());
            TrailEntry by = answer.decidedBy;
            if (answer.verdict == Verdict.ACCEPT && by.rule != null && SamplePackets.namesPort(by.rule)) {
                open.put(by, (open.containsKey(by) ? open.get(by) + "," : "tcp port ") + port);
            }
        }
        if (open.isEmpty()) { return; }
        List<String> evidence = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        for (Map.Entry<TrailEntry, String> each : open.entrySet()) {
            evidence.add(each.getValue() + ": ACCEPT by " + each.getKey());
            String line = each.getKey().origin().toString();
            where.append(where.indexOf(line) >= 0 ? "" : where.length() == 0 ? line : ", " + line);
        }
        TrailEntry first = open.keySet().iterator().next();
        out.add(new Finding("flood-unlimited", Finding.Severity.NOTE, where.toString(), evidence,
                "anybody on the Internet may open any number of connections: port scans, floods, thousands of password guesses a minute",
                "after the rule for ESTABLISHED: " + family.command() + " "
                        + Writer.rule(first.chain, limited(first.rule))));
    }

    private static Rule limited(Rule rule) {
        return rule.copy().match(Match.of("limit", Option.of("--limit", "10/min"), Option.of("--limit-burst", "20")))
                .build();
    }

    /**
     * Rules that may stop a packet of the administrator's before one that accepts it: with any state, for any limit.
     */
    private void administrator(Interface lan) {
        Map<TrailEntry, TrailEntry> stoppers = new LinkedHashMap<>();
        for (int port : ADMIN_PORTS) {
            if (walk.packet(
                    samples.question(lan.name, "", samples.host(lan), samples.box(lan), SamplePackets.TCP, port),
                    Hook.INPUT).verdict.stops()) {
                // he is kept out anyway: that is the finding lockout
                continue;
            }
            for (int flags : new int[] {Packet.SYN, Packet.ACK}) {
                Answer answer = walk.packet(
                        samples.whateverState(lan.name, samples.host(lan), samples.box(lan), port, flags), Hook.INPUT);
                List<TrailEntry> before = new ArrayList<>();
                for (TrailEntry step : answer.trail) {
                    Target target = step.rule == null ? null : step.rule.target;
                    if (target != null && (target.name.equals("DROP") || target.name.equals("REJECT"))) {
                        before.add(step);
                    } else if (Target.ACCEPT.equals(target) && step.table == Table.FILTER) {
                        for (TrailEntry each : before) {
                            stoppers.put(each, each);
                        }
                    }
                }
            }
        }
        if (stoppers.isEmpty()) { return; }
        List<String> evidence = new ArrayList<>();
        for (TrailEntry step : stoppers.keySet()) {
            evidence.add(step.toString());
        }
        out.add(new Finding("administrator-not-first", Finding.Severity.NOTE,
                stoppers.keySet().iterator().next().origin().toString(), evidence,
                "a rule before the one that accepts the administrator could drop his packets, depending on their state or on a limit",
                "as the first rule of INPUT: " + family.command() + " -A INPUT -i $LAN_IF -s $LAN_NET"
                        + (family == Family.IPV4 ? "" : "6") + " -j ACCEPT"));
    }
}
