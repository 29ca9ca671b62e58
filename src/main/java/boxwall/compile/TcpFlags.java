package boxwall.compile;

import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** TCP flag conditions added to a rule: mask and wanted bits, as {@code --tcp-flags MASK COMP} has them. */
final class TcpFlags {
    /** First, because the constants below are made with it. */
    private static final List<String> ORDER = Arrays.asList("FIN", "SYN", "RST", "PSH", "ACK", "URG");

    /** An opening segment, what {@code --syn} means. */
    static final TcpFlags OPENING = new TcpFlags("FIN,SYN,RST,ACK", "SYN");
    /** Everything that belongs to a connection already open carries ACK. */
    static final TcpFlags ACK = new TcpFlags("ACK", "ACK");
    /** A reset may come without ACK; with SYN it is none. */
    static final TcpFlags RESET = new TcpFlags("SYN,RST", "RST");

    private final int mask;
    private final int wanted;

    private TcpFlags(String mask, String wanted) {
        this(bits(mask), bits(wanted));
    }

    private TcpFlags(int mask, int wanted) {
        this.mask = mask;
        this.wanted = wanted;
    }

    private static int bits(String flags) {
        if (flags.equals("ALL")) {
            return 63;
        }
        int bits = 0;
        for (String flag : flags.split(",")) {
            int at = ORDER.indexOf(flag);
            bits |= at < 0 ? 0 : 1 << at;
        }
        return bits;
    }

    private static String words(int bits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ORDER.size(); i++) {
            if ((bits & 1 << i) != 0) {
                text.append(text.length() == 0 ? "" : ",").append(ORDER.get(i));
            }
        }
        return text.length() == 0 ? "NONE" : text.toString();
    }

    /** The rule for TCP segments with these flags only; null when its own flag condition contradicts them. */
    Rule on(Rule rule) {
        List<Match> matches = new ArrayList<>(rule.matches());
        Match tcp = rule.match("tcp");
        Option own = tcp == null ? null : tcp.option("--tcp-flags");
        TcpFlags merged = this;
        if (own != null && !own.negated) {
            TcpFlags other = new TcpFlags(own.values.get(0), own.values.get(1));
            if ((mask & other.mask & (wanted ^ other.wanted)) != 0) {
                return null;
            }
            merged = new TcpFlags(mask | other.mask, wanted | other.wanted);
        }
        Option flags = Option.of("--tcp-flags", words(merged.mask), words(merged.wanted));
        if (tcp == null || own != null && own.negated) {
            // a negated condition of the rule's own can't be merged: a second -m tcp is asked beside it
            matches.add(0, Match.of("tcp", flags));
        } else {
            matches.set(matches.indexOf(tcp), new Match("tcp", withFlags(tcp, flags)));
        }
        return rule.copy().matches(matches).protocol(boxwall.netfilter.Negatable.is("tcp")).build();
    }

    /** iptables-save prints ports, then --tcp-option, then --tcp-flags (libxt_tcp.c, tcp_save). */
    private static List<Option> withFlags(Match tcp, Option flags) {
        List<Option> options = new ArrayList<>();
        for (Option option : tcp.options) {
            if (!option.name.equals("--tcp-flags")) {
                options.add(option);
            }
        }
        options.add(flags);
        return options;
    }
}
