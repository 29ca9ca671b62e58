package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;

import org.junit.jupiter.api.Test;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Characters that web pages and editors put into a text. Texts are strings of bytes here, as {@code Sys.read} returns
 * them.
 */
class TypedTextTest {
    private static ParsedRules parse(String text, Charset saved) {
        return RulesetParser.parse(new Source("r", new String(text.getBytes(saved), StandardCharsets.ISO_8859_1)),
                Map.of(), Includes.NONE);
    }

    private static ParsedRules parse(String text) { return parse(text, StandardCharsets.UTF_8); }

    private static String shown(SyntaxError error) {
        return new String(error.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Test
    void typographicCharacterIsReportedAsDisplayed() {
        String[][] table = {
                {"iptables -A INPUT \u2013p tcp \u2013dport 22 \u2013j ACCEPT",
                        "r:1:19: \u2013 is a dash as web pages write it; write - or --"},
                {"iptables \u2014append INPUT", "\u2014 is a dash"},
                {"iptables -A INPUT -m comment --comment \u201cweb\u201d",
                        "\u201c is a quote as web pages write it; write \""},
                {"iptables -A INPUT -m comment --comment \u201eweb\u201c", "\u201e is a quote"},
                {"iptables -A INPUT -m comment --comment \u2019web\u2019",
                        "\u2019 is a quote as web pages write it; write '"},
                {"iptables -A\u00a0INPUT",
                        "r:1:12: a non-breaking space or another blank of web pages (U+00A0); write an ordinary blank"},
                {"iptables -A INPUT\u200b -j DROP", "a character that nobody sees (U+200B)"},
                {"iptables -A INPUT \u2026", "is one character, not three dots"},
                {"*filter\n-A INPUT \u2013j DROP\nCOMMIT", "r:2:10: \u2013 is a dash"},
                {"expect DROP in=lan \u2013", "\u2013 is a dash"},};
        for (String[] row : table) {
            List<SyntaxError> errors = parse(row[0] + "\n").errors();
            assertTrue(errors.stream().anyMatch(e -> shown(e).contains(row[1])),
                    row[0] + ": " + errors.stream().map(TypedTextTest::shown).toList());
        }
    }

    @Test
    void dashInWindows1252IsReported() {
        String errors = parse("iptables -A INPUT \u2013j DROP\n", Charset.forName("windows-1252")).errors().toString();
        assertTrue(errors.contains("is a dash as web pages write it"), errors);
    }

    @Test
    void byteOrderMarkIsSkippedAndCrLfEndsLine() {
        for (String text : List.of("\ufeffiptables -P INPUT DROP\n", "\ufeffiptables -P INPUT DROP\r\n# x\r\n",
                "# x\n\ufeffiptables -P INPUT DROP\n", "\ufeff*filter\r\n:INPUT DROP [0:0]\r\nCOMMIT\r\n",
                "iptables -P \\\r\n INPUT DROP\r\n", "\ufeff")) {
            assertEquals(List.of(), parse(text).errors(), text);
        }
        assertEquals("r:1:1: unknown command \"x\"; a line is",
                parse("\ufeffx\n").errors().get(0).toString().substring(0, 37));
    }

    @Test
    void utf16TextIsOneError() {
        List<SyntaxError> errors = parse("\ufeffiptables -P INPUT DROP\n", StandardCharsets.UTF_16LE).errors();
        assertEquals(1, errors.size());
        assertTrue(errors.get(0).toString().contains("UTF-16"), errors.toString());
    }

    /** Capital umlauts contain bytes that are control characters on their own. */
    @Test
    void anyLetterIsAllowedInQuotes() {
        ParsedRules parsed = parse(
                "iptables -A INPUT -m comment --comment '\u00dcbung \u2013 \u201eNAS\u201c' -j DROP\niptables -A INPUT -m string --algo bm --string \u00e4 -j DROP\n");
        assertEquals(List.of(), parsed.errors());
        String written = RuleWriter.restore(parsed.ruleset(), Family.IPV4).text;
        String text = new String(written.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        assertTrue(text.contains("--comment \"\u00dcbung \u2013 \u201eNAS\u201c\" -j DROP"), text);
        assertTrue(text.contains("--string \"\u00e4\""), text);
        assertEquals(List.of(), RulesetParser.parse(new Source("r", written), Map.of(), Includes.NONE).errors());
    }
}
