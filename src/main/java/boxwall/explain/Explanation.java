package boxwall.explain;

import boxwall.avm.Acceleration;
import boxwall.avm.AvmAccess;
import boxwall.avm.AvmFirewall;
import boxwall.box.Interface;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Hours;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The verdicts on one packet: by the rules that the box would load, by the rules as written, and by AVM's firewall. */
public final class Explanation {
    /** The result of the rules that the box would load: this counts. */
    public final Answer answer;
    /** The result of the rules as written, with states; null when the box loads exactly those. */
    public final Answer asWritten;
    /**
     * The packet's path through the whole box, one line for each station, as in Freetz' wiki. AVM's dsld filters and
     * translates on the Internet side; netfilter comes after it, and both must accept a packet: <pre>
     * Internet &lt;-&gt; dsld &lt;-&gt; netfilter &lt;-&gt; the box, or LAN and WLAN          VPN, guests &lt;-&gt; netfilter &lt;-&gt; the box, or LAN and WLAN
     * </pre>
     */
    public final List<String> path;

    private final Packet packet;
    private final Hook hook;
    private final Ruleset loaded;
    private final BoxNetwork boxNetwork;
    private final BoxFacts facts;

    /**
     * Walks the packet that the keys describe.
     *
     * @param loaded the rules that the box would load
     * @param written the rules as written, where the box loads them without connection tracking; else null
     * @param keys as {@link Keys#packet}
     * @throws IllegalArgumentException for an invalid key or value; the message says what was expected
     */
    public Explanation(Ruleset loaded, Ruleset written, Map<String, String> keys, BoxFacts facts) {
        this.loaded = loaded;
        this.facts = facts;
        boxNetwork = BoxNetwork.of(facts);
        packet = Keys.packet(keys, boxNetwork);
        hook = Keys.hook(keys);
        answer = new Verdicts(loaded, boxNetwork).packet(packet, hook);
        asWritten = written == null ? null : new Verdicts(written, boxNetwork).packet(packet, hook);
        path = Collections.unmodifiableList(path());
    }

    /** The verdict at one time, if rules match by time. */
    public static final class Now {
        public final Verdict verdict;
        /** As in {@link Answer}. */
        public final TrailEntry decidedBy;
        /** HH:MM:SS in UTC when the deciding rule or one before it begins or ends; null when unknown. */
        public final String until;

        private Now(Verdict verdict, TrailEntry decidedBy, String until) {
            this.verdict = verdict;
            this.decidedBy = decidedBy;
            this.until = until;
        }
    }

    /** The verdict at a second since 1970; null when the clock isn't set, or no rule with known hours matters. */
    public Now now(Long second) {
        boolean depends = false;
        for (TrailEntry entry : answer.trail) {
            Hours hours = entry.rule == null ? null : Hours.of(entry.rule);
            depends |= hours != null && hours.holds(second) != null && answer.dependsOn.contains(entry.origin());
        }
        if (!depends) { return null; }
        Family family = packet.family;
        Answer now = new Verdicts(Hours.at(loaded, family, second), boxNetwork).packet(packet, hook);
        TrailEntry by = now.decidedBy;
        if (by != null && by.rule != null) {
            // the rule as written, with its hours
            by = new TrailEntry(by.table, loaded.chain(family, by.table, by.chain), by.number, by.certain);
        }
        return new Now(now.verdict, by, by == null ? null : until(second, by));
    }

    private String until(long second, TrailEntry by) {
        int shortest = 0;
        String end = null;
        String result = null;
        for (TrailEntry entry : answer.trail) {
            Hours hours = entry.rule == null ? null : Hours.of(entry.rule);
            int left = hours == null || hours.holds(second) == null ? 0 : hours.left(second);
            if (left > 0 && (shortest == 0 || left < shortest)) {
                shortest = left;
                end = hours.end(second, left);
            }
            // the last such entry: a chain may be called twice
            if (entry.table == by.table && entry.chain.equals(by.chain) && entry.number == by.number) { result = end; }
        }
        return result;
    }

    private List<String> path() {
        List<String> lines = new ArrayList<>();
        boolean fromBox = (hook == null ? boxNetwork.start(packet) : hook) == Hook.OUTPUT;
        boolean toBox = !fromBox && (hook == Hook.INPUT || hook == null && packet.dst() != null
                && (boxNetwork.isLocal(packet.dst()) || BoxNetwork.startsOnItsLink(packet.src())));
        String in = fromBox ? null : nonEmpty(packet.in());
        String out = toBox ? null : nonEmpty(packet.out()) != null ? packet.out() : packet.dst() == null ? null
                : boxNetwork.interfaceTo(packet.dst());
        lines.add(fromBox ? "the box" : in == null ? "no interface given" : name(in));
        if (isWan(in)) { lines.add("AVM's dsld: " + dsld(true, toBox)); }
        lines.add("netfilter: " + (in != null && in.equals(out)
                ? "not visible to netfilter: both ends are behind " + in
                        + ", which forwards it without netfilter (except with BRIDGE_NETFILTER); if it is visible: "
                : "") + answer + accelerated(fromBox || toBox) + port(in) + port(out));
        if (isWan(out)) { lines.add("AVM's dsld: " + dsld(false, toBox)); }
        lines.add(toBox ? "the box" : out == null ? "where routing leads; unknown here" : name(out));
        return lines;
    }

    private static String nonEmpty(String name) { return name == null || name.length() == 0 ? null : name; }

    private boolean isWan(String name) { return facts.wan != null && facts.wan.name.equals(name); }

    private String name(String name) {
        Interface device = find(name);
        return device == null ? name + ", which this box doesn't have"
                : device.role == Interface.Role.WAN ? name + ", the Internet side"
                : name.equals(device.role.word()) ? name : name + " (" + device.role.word() + ")";
    }

    private String port(String name) {
        Interface device = find(name);
        return device == null || device.role != Interface.Role.PORT || device.ip != null ? ""
                : "; " + name + " is not visible to netfilter if it is a port of a bridge: rules see the bridge's name";
    }

    private Interface find(String name) {
        for (Interface device : facts.interfaces) {
            if (device.name.equals(name)) { return device; }
        }
        return null;
    }

    /** Packet Acceleration takes established connections; not fragments, nor segments that open or end one. */
    private String accelerated(boolean byBox) {
        Acceleration pa = facts.acceleration;
        Integer flags = packet.flags();
        boolean slow = packet.state() == ConnectionState.NEW || Boolean.TRUE.equals(packet.fragment())
                || flags != null && (flags.intValue() & (Packet.SYN | Packet.FIN | Packet.RST)) != 0;
        return slow || byBox || !pa.mayBypass() ? "" : "; not visible to netfilter once the connection is accelerated";
    }

    private String dsld(boolean in, boolean toBox) {
        if (facts.surroundings.dsld.value().equals("absent")) { return "not on this box"; }
        String running = facts.surroundings.dsld.value().equals("running") ? "" : " (unknown whether it runs)";
        AvmFirewall avm = facts.avmFirewall;
        if (!avm.known) { return "not known: ar7.cfg was not read" + running; }
        if (packet.family == Family.IPV6 || packet.protocol() == null) {
            return "not known: "
                    + (packet.protocol() == null ? "no protocol given" : "its IPv6 filter is not in ar7.cfg") + running;
        }
        String protocol = FieldBytes.protocolName(packet.protocol().intValue());
        int dport = packet.dport() == null ? -1 : packet.dport().intValue();
        AvmAccess access = AvmFirewall.decides(in ? avm.in : avm.out, protocol, packet.src(), packet.dst(), dport);
        if (access != null && !access.permits) { return "DROP by " + access.line + running; }
        if (in && !toBox && packet.state() == ConnectionState.NEW) { return forward(protocol, dport) + running; }
        return (access == null ? "ACCEPT, no line of ar7.cfg decides" : "ACCEPT by " + access.line) + running;
    }

    /** Netfilter sees a forwarded packet after dsld's translation, with the address and port of the LAN host. */
    private String forward(String protocol, int dport) {
        for (AvmFirewall.Forward forward : facts.avmFirewall.forwards) {
            boolean port = forward.toPort == 0 || dport >= forward.toPort && dport < forward.toPort + forward.count;
            if (forward.protocol.equals(protocol) && port && forward.host != null
                    && Arrays.equals(forward.host, packet.dst())) {
                return "ACCEPT, translated by " + forward.line;
            }
        }
        return "DROP: no forwarding in ar7.cfg leads there (forwardings by UPnP are not in that file)";
    }
}
