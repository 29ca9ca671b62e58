package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parses commands of valid words in the wrong order and number: the result is an error with its position or a ruleset
 * that parses again, never an exception.
 */
class WrongOrderTest {
    private static final List<String> WORDS = new ArrayList<>(List.of("-A", "-I", "-D", "-R", "-N", "-X", "-F", "-P",
            "-E", "-Z", "-C", "-L", "-S", "INPUT", "OUTPUT", "own", "-t", "nat", "filter", "-s", "-d", "-i", "-o", "-p",
            "-m", "-j", "-g", "-f", "-c", "-w", "-n", "-4", "-6", "-v", "-h", "--", "-", "!", "-i-lan", "-ptcp", "-s!",
            "-jDROP", "10.0.0.1,10.0.0.2", "0/0", "fd00::1", "lan", "tcp", "udp", "icmp", "all", "1", "0", "-1",
            "99999999999", "1:2", "ACCEPT", "DROP", "LOG", "REJECT", "DNAT", "layer7", "[1:2]", "", "=", "--=", "--x=y",
            "a,b", "255", "0x1/0x2", "any", "\u00e2\u0080\u0093", "\u00c3\u0084", "many".repeat(300),
            "1.2.3.4" + ",1.2.3.4".repeat(70)));

    static {
        WORDS.addAll(CommandParser.longNames());
        for (Family family : Family.values()) {
            for (boolean target : new boolean[] {false, true}) {
                for (String name : Extensions.get().names(target, family)) {
                    WORDS.add(name);
                    Extension e = target ? Extensions.get().target(name, family) : Extensions.get().match(name, family);
                    e.options.forEach(o -> WORDS.addAll(o.names));
                }
            }
        }
    }

    private final UnknownExtensions foreign = UnknownExtensions.of(List.of("libxt_layer7.so"));

    private ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("r", text), Map.of(), Includes.NONE, foreign);
    }

    private static String quoted(String word) { return "'" + word.replace("'", "") + "'"; }

    /**
     * A valid rule with some words moved, duplicated, removed, joined or replaced; or random words.
     */
    private static List<String> words(Random random) {
        List<String> words = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            Generated rule = new RuleGenerator(random.nextLong(), 3, Set.of()).next();
            words.addAll(List.of("-t", rule.table().word(), "-A", rule.chain()));
            words.addAll(rule.words());
        }
        for (int n = words.isEmpty() ? 1 + random.nextInt(12) : 1 + random.nextInt(3); n > 0; n--) {
            int at = words.isEmpty() ? 0 : random.nextInt(words.size());
            int to = words.isEmpty() ? 0 : random.nextInt(words.size());
            int how = words.isEmpty() ? 4 : random.nextInt(6);
            if (how == 0) {
                words.add(to, words.remove(at));
            } else if (how == 1) {
                words.add(to, words.get(at));
            } else if (how == 2) {
                words.remove(at);
            } else if (how == 3 && at + 1 < words.size()) {
                words.set(at, words.get(at) + (random.nextBoolean() ? "=" : "") + words.remove(at + 1));
            } else {
                words.add(to, WORDS.get(random.nextInt(WORDS.size())));
            }
        }
        return words;
    }

    @Property(tries = 4000)
    void wrongOrderGivesErrorOrRulesetThatParsesAgain(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> words = words(random);
        String command = List.of("iptables", "ip6tables", "ip46tables").get(random.nextInt(3));
        String line = command + " " + words.stream().map(WrongOrderTest::quoted).collect(Collectors.joining(" "));
        check("iptables -N own\n" + line + "\n");
        check("*filter\n" + words.stream().map(w -> "\"" + w.replace("\"", "") + "\"").collect(Collectors.joining(" "))
                + "\nCOMMIT\n");
    }

    private void check(String text) {
        ParsedRules parsed = parse(text);
        parsed.errors().forEach(
                e -> assertTrue(e.line >= 1 && e.column >= 1 && !e.what.isEmpty() && !e.todo.isEmpty(), text + e));
        if (!parsed.errors().isEmpty()) { return; }
        for (Family family : Family.values()) {
            String written = RuleWriter.restore(parsed.ruleset(), family).text;
            String block = family == Family.IPV4 ? written : written.replaceAll("(?m)^(\\*\\w+)$", "$16");
            ParsedRules again = parse(block);
            assertEquals(List.of(), again.errors(), text + block);
            parsed.ruleset().tables(family).forEach(t -> assertEquals(parsed.ruleset().chains(family, t),
                    again.ruleset().chains(family, t), text + block));
        }
    }

    /** Lines other than iptables commands, with too few and too many words. */
    @Property(tries = 1000)
    void otherLinesGiveErrorsWithPosition(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> first = Arrays.asList("modprobe", "include", "keep", "own", "expect", "*filter", ":INPUT",
                "COMMIT", "[1:2]", "A=1", "A=$A", "$A", "=", "expect ACCEPT", "keep filter");
        StringBuilder text = new StringBuilder();
        for (int lines = 1 + random.nextInt(4); lines > 0; lines--) {
            text.append(first.get(random.nextInt(first.size())));
            for (int n = random.nextInt(4); n > 0; n--) {
                text.append(' ')
                        .append(random.nextInt(4) == 0 ? "in=,dport=" : WORDS.get(random.nextInt(WORDS.size())));
            }
            text.append('\n');
        }
        parse(text.toString()).errors().forEach(e -> assertTrue(e.line >= 1 && e.column >= 1, text.toString()));
    }

    @Test
    void earlierFaultsStayFixed() {
        assertEquals("! beside a list of addresses",
                parse("iptables ! -s 10.0.0.1,10.0.0.2 -A\n").errors().get(1).what);
        String many = String.join(",", java.util.Collections.nCopies(70, "10.0.0.1"));
        assertTrue(parse("iptables -s " + many + " -d " + many + " -A\n").errors().toString()
                .contains("more than 4096 rules"));
        assertFalse(parse("iptables -A INPUT -i-lan\n").errors().isEmpty());
    }

    /** Limits of a line, a word and a list; for files and includes see {@link DangerousInputTest}. */
    @Test
    void numberAndLengthOfArgumentsAreLimited() {
        assertTrue(parse("iptables -A INPUT" + " -v".repeat(300) + "\n").errors().toString()
                .contains("more than 250 words"));
        assertTrue(parse("iptables -A INPUT -s " + "1".repeat(2000) + "\n").errors().toString()
                .contains("more than 1023 characters"));
        StringBuilder doubled = new StringBuilder("A=aaaaaaaa\n");
        for (int i = 0; i < 60; i++) {
            doubled.append("A=$A$A\n");
        }
        assertTrue(parse(doubled + "iptables -N $A\n").errors().toString().contains("more than 1023 characters"));
        StringBuilder chains = new StringBuilder("iptables -N c0\n");
        for (int i = 1; i < 3000; i++) {
            chains.append("iptables -N c").append(i).append("\niptables -A c").append(i - 1).append(" -j c").append(i)
                    .append('\n');
        }
        assertEquals(List.of(), parse(chains + "iptables -A INPUT -j c0\n").errors(), "nested chains need no stack");
    }

    /** Parsing can stop after every kind of line. */
    @Test
    void parsingStopsWhenThreadIsInterrupted() {
        for (String line : List.of("A=1\n", "expect ACCEPT in=lan\n", "modprobe x\n", "iptables -A INPUT\n",
                "*filter\n-A INPUT\n")) {
            Thread.currentThread().interrupt();
            boolean stopped = false;
            try {
                parse(line);
            } catch (boxwall.netfilter.Cancelled e) {
                stopped = true;
            }
            assertTrue(Thread.interrupted() && stopped, line);
        }
    }
}
