package boxwall.compile;

import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.TcpFlags;

import java.util.ArrayList;
import java.util.List;

/** The TCP segments that states stand for, as a condition on their flags that a rule gets. */
final class TcpSegments {
    /** An opening segment, what {@code --syn} means. */
    static final TcpFlags OPENING = TcpFlags.parse("FIN,SYN,RST,ACK", "SYN");
    /** Everything that belongs to a connection already open carries ACK. */
    static final TcpFlags ACK = TcpFlags.parse("ACK", "ACK");
    /** A reset may come without ACK; with SYN it is none. */
    static final TcpFlags RESET = TcpFlags.parse("SYN,RST", "RST");

    /** The rule for TCP segments with these flags only; null when its own flag condition contradicts them. */
    static Rule of(TcpFlags flags, Rule rule) {
        List<Match> matches = new ArrayList<>(rule.matches());
        Match tcp = rule.match("tcp");
        Option own = tcp == null ? null : tcp.option("--tcp-flags");
        TcpFlags merged = flags;
        if (own != null && !own.negated) {
            TcpFlags other = own.flags();
            if ((flags.mask & other.mask & (flags.set ^ other.set)) != 0) { return null; }
            merged = new TcpFlags(flags.mask | other.mask, flags.set | other.set);
        }
        Option option = Option.of("--tcp-flags", TcpFlags.words(merged.mask), TcpFlags.words(merged.set));
        if (tcp == null || own != null && own.negated) {
            // a negated condition of the rule's own can't be merged: a second -m tcp is asked beside it
            matches.add(0, Match.of("tcp", option));
        } else {
            matches.set(matches.indexOf(tcp), new Match("tcp", withFlags(tcp, option)));
        }
        return rule.copy().matches(matches).protocol(boxwall.netfilter.Negatable.is("tcp")).build();
    }

    /** iptables-save prints ports, then --tcp-option, then --tcp-flags (libxt_tcp.c, tcp_save). */
    private static List<Option> withFlags(Match tcp, Option flags) {
        List<Option> options = new ArrayList<>();
        for (Option option : tcp.options) {
            if (!option.name.equals("--tcp-flags")) { options.add(option); }
        }
        options.add(flags);
        return options;
    }
}
