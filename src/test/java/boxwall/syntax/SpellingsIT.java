package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares the tables of {@link SpellingsTest} and {@link StrictnessTest} with the real iptables of the host. */
class SpellingsIT {
    /** Lines that iptables 1.8 no longer accepts, and lines with an object that the host lacks (a set). */
    private static boolean isOld(String line) {
        return line.contains(" ! ") && !line.matches(".* ! --?[a-z].*") || line.contains("-m set ")
        // a name of /etc/protocols, which a box may not have
                || line.contains(" IP ") || line.contains("--proto ipcomp");
    }

    private static RealIptables.Answer real(String line) throws Exception {
        Family family = line.startsWith("ip6") ? Family.IPV6 : Family.IPV4;
        List<Map.Entry<Table, String>> lines = new ArrayList<>();
        for (String each : line.split("\n")) {
            String rule = each.substring(each.indexOf(' ') + 1).replace('\'', '"');
            boolean other = rule.startsWith("-t ");
            Table table = other ? Table.of(rule.split(" ")[1]) : Table.FILTER;
            lines.add(Map.entry(table, other ? rule.substring(rule.indexOf(' ', 3) + 1) : rule));
        }
        return RealIptables.restore(family, List.of(RealIptables.text(lines))).get(0);
    }

    @Test
    void iptablesAcceptsAndPrintsSpellingsEqually() throws Exception {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (String row : SpellingsTest.ACCEPTED) {
            List<String> parts = List.of(row.split(" \\| ?"));
            if (isOld(parts.get(0))) { continue; }
            compared++;
            RealIptables.Answer answer = real(parts.get(0));
            List<String> rules = answer.rules().stream().map(r -> r.substring(r.indexOf('-'))).toList();
            // boxwall copies the value unchanged: iptables must print our line the same
            if (parts.size() == 2 && !rules.equals(parts.subList(1, 2)) && answer.accepted()
                    && real(parts.get(0).substring(0, parts.get(0).indexOf(' ') + 1) + parts.get(1)).rules()
                            .equals(answer.rules())) {
                continue;
            }
            if (answer.accepted() != parts.size() > 1
                    || parts.size() > 1 && !rules.equals(parts.subList(1, parts.size()))) {
                wrong.add(row + "\n    " + answer.message() + rules);
            }
        }
        System.out.println(compared + " spellings compared");
        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void iptablesAcceptsLinesThatBoxwallRejects() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String row : StrictnessTest.REJECTED) {
            RealIptables.Answer answer = real(row.substring(row.indexOf(" | ") + 3));
            // kernels since 5.17 reject a bridge port there themselves
            if (!answer.accepted() && !row.contains("--physdev-out")) { wrong.add(row + "\n    " + answer.message()); }
        }
        assertEquals("", String.join("\n", wrong), "iptables rejects these too");
    }
}
