package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Option;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The effects of targets: the packet goes on to the next rule (changed or not), or the chain ends; and whether the
 * targets of a whole ruleset can stop any packet at all.
 */
public final class Targets {
    private static final Set<String> GOES_ON = new HashSet<>(Arrays.asList("LOG", "ULOG", "NFLOG", "TOS", "DSCP", "ECN",
            "TTL", "HL", "TCPMSS", "TCPOPTSTRIP", "CLASSIFY", "AUDIT", "CHECKSUM", "TRACE", "SET", "RATEEST", "LED",
            "IDLETIMER", "TEE", "SECMARK", "CONNSECMARK", "MARK", "CONNMARK", "NOTRACK", "CT", "HMARK"));
    private static final Set<String> TRANSLATES =
            new HashSet<>(Arrays.asList("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "SAME"));

    private Targets() {}

    /** Whether the packet goes on to the next rule. */
    static boolean goesOn(Target target) {
        return target == null || GOES_ON.contains(target.name);
    }

    /** Whether the target belongs to nat: the table accepts the packet, with other addresses. */
    static boolean translates(Target target) {
        return TRANSLATES.contains(target.name);
    }

    /** Whether the target leaves every field of the packet unchanged. */
    static boolean changesNothing(Target target) {
        return target == null || !target.name.equals("MARK") && !target.name.equals("CONNMARK")
                && !target.name.equals("HMARK") && !untracks(target);
    }

    /** Whether the packet is UNTRACKED afterwards. */
    static boolean untracks(Target target) {
        return target.name.equals("NOTRACK") || target.name.equals("CT") && target.option("--notrack") != null;
    }

    /** The effect of MARK, (mark and not clear) xor flip, as clear and flip; null when every bit may change. */
    static long[] mark(Target target) {
        if (!target.name.equals("MARK") || target.options.size() != 1) { return null; }
        // the parser converts the other options (--or-mark, --set-mark) to this one
        Option option = target.option("--set-xmark");
        long[] masked = option == null ? null : option.masked();
        return masked == null ? null : new long[] {masked[1], masked[0]};
    }

    /** Whether CONNMARK only reads the packet's mark (--save-mark, --set-…). */
    static boolean keepsMark(Target target) {
        return target.name.equals("CONNMARK") && target.option("--restore-mark") == null;
    }

    /** The single address that DNAT writes ({@code 10.0.0.2}, {@code 10.0.0.2:80}, {@code [fd00::2]:80}), or null. */
    static byte[] address(Target target, Family family) {
        Option option = target.option("--to-destination");
        byte[][] range = option == null || target.options.size() != 1 ? null : option.natAddresses(family);
        return range == null || !Arrays.equals(range[0], range[1]) ? null : range[0];
    }

    /** Whether DNAT writes a port only. */
    static boolean keepsAddress(Target target, Family family) {
        Option destination = target.option("--to-destination");
        return destination != null && destination.natAddresses(family) == null && destination.natPorts(family) != null;
    }

    /** The single port that DNAT or REDIRECT writes; -1 for the packet's own port, -2 for one of several ports. */
    static int port(Target target, Family family) {
        Option option = target.option("--to-ports");
        option = option == null ? target.option("--to-destination") : option;
        Ports ports = option == null ? null : option.natPorts(family);
        return ports == null ? -1 : ports.count() == 1 ? ports.ranges.get(0)[0] : -2;
    }

    /** Whether a policy, or a rule of a chain that packets can reach, may stop a packet; an unknown target may. */
    public static boolean stopsAnything(Ruleset ruleset) {
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                for (Chain chain : ruleset.chains(family, table)) {
                    if (chain.isBuiltin() && stops(ruleset, family, table, chain)) { return true; }
                }
            }
        }
        return false;
    }

    /** The same for one chain and the chains that it calls. */
    public static boolean stops(Ruleset ruleset, Family family, Table table, Chain start) {
        List<Chain> open = new ArrayList<>(Collections.singletonList(start));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Chain chain = open.remove(open.size() - 1);
            if (!seen.add(chain.name)) { continue; }
            if (chain.policy == Policy.DROP) { return true; }
            for (Rule rule : chain.rules) {
                Target target = rule.target;
                Chain called = target == null ? null : ruleset.chain(family, table, target.name);
                if (called != null) {
                    open.add(called);
                } else if (!Targets.goesOn(target) && !Targets.translates(target) && !target.equals(Target.ACCEPT)
                        && !target.equals(Target.RETURN)) {
                    return true;
                }
            }
        }
        return false;
    }
}
