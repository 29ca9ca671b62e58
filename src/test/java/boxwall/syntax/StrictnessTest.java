package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Has a line for each row of the table in docs/language.md that iptables accepts and boxwall rejects with that message.
 */
class StrictnessTest {
    /** Message | line. {@code SpellingsIT} checks the lines with the real iptables. */
    static final String[] REJECTED = {"runs backwards | iptables -A INPUT -m iprange --src-range 10.0.0.9-10.0.0.1",
            "matches no packet | iptables -A INPUT -p tcp ! --dport 0:65535",
            "leading zero | iptables -A INPUT -m ttl --ttl-eq 010",
            "not a number from | iptables -A INPUT -m ttl --ttl-eq +10",
            "an empty text | iptables -A FORWARD -m physdev --physdev-is-out ! --physdev-out ''",
            "a port is missing | iptables -A INPUT -p udp --dport ''",
            "not a rate | iptables -A INPUT -m limit --limit 5x/s",
            "a value with | iptables -A INPUT -m hashlimit --hashlimit-upto 10mb/s --hashlimit-name x",
            "unknown port | iptables -A INPUT -p tcp --dport +80", "is missing after | iptables -A INPUT -i -lan",
            "not a value | iptables -A INPUT -i-lan",
            "not a name | iptables -A INPUT -m hashlimit --hashlimit-upto 5/s --hashlimit-name a,b",
            "a name is missing | iptables -A INPUT -p tcp -m osf --genre ''",
            "an empty name | iptables -A INPUT -j REJECT --reject-with ''",
            "unknown TCP flag | iptables -A INPUT -p tcp --tcp-flags SYN, SYN",
            "not an address | iptables -A INPUT -s 010.0.0.1", "a host name | iptables -A INPUT -s localhost",
            "mask beside --set-xmark | iptables -t mangle -A INPUT -j CONNMARK --set-mark 1 --nfmask 2",
            "--rdest beside --rsource | iptables -A INPUT -m recent --set --rsource --rdest",
            "beside --zone | iptables -t raw -A PREROUTING -j CT --zone 1 --zone-orig 2",
            "shift-mark beside -- | iptables -t mangle -A INPUT -j CONNMARK --set-mark 1 --left-shift-mark 2 --right-shift-mark 3",
            "--clamp-mss-to-pmtu beside | iptables -t mangle -A FORWARD -p tcp --syn -j TCPMSS --set-mss 1400 --clamp-mss-to-pmtu",
            "beside --notrack | iptables -t raw -A PREROUTING -j CT --notrack --helper ftp",
            " beside --srh- | ip6tables -A INPUT -m srh --srh-segs-left-eq 1 --srh-segs-left-gt 2",
            "takes longer than | iptables -A INPUT -m limit --limit 1/hour --limit-burst 47",
            "with a port needs the protocol | iptables -t nat -A POSTROUTING ! -p tcp -j MASQUERADE --to-ports 5",
            "where packets of | iptables -A OUTPUT -m physdev --physdev-out eth0",
            "-m ipcomp needs --ipcompspi | iptables -A INPUT -p 108 -m ipcomp",
            "port 0 | iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:0",
            "a loop:  | iptables -N a\niptables -A a -j a", "is taken | iptables -N a\niptables -E a LOG",};

    @Test
    void linesAreRejectedWithMessagesOfDocument() {
        List<String> wrong = new ArrayList<>();
        Set<String> messages = new LinkedHashSet<>();
        for (String row : REJECTED) {
            int bar = row.indexOf(" | ");
            messages.add(row.substring(0, bar));
            List<SyntaxError> errors = RulesetParser
                    .parse(new Source("r", row.substring(bar + 3) + "\n"), Map.of(), Includes.NONE).errors();
            if (errors.stream().noneMatch(e -> e.toString().contains(row.substring(0, bar)))) {
                wrong.add(row + "\n    " + errors);
            }
        }
        assertEquals("", String.join("\n", wrong));
        assertEquals(Strictness.messages(), messages);
    }
}
