package boxwall.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rules as users type them, in check, compile and import: old spellings, short addresses, dashes, a byte order mark,
 * words in the wrong order.
 */
class TypedRulesTest {
    private static final String BOX = "src/test/resources/boxes/virtual";

    @TempDir
    Path folder;
    private String out;
    private String err;

    private int run(String verb, String text, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("x.rules"), text);
        List<String> words = new ArrayList<>(List.of(verb, file.toString()));
        words.addAll(Arrays.asList(more));
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        ByteArrayOutputStream e = new ByteArrayOutputStream();
        int status = Main.run(words, new PrintStream(o, true, StandardCharsets.UTF_8),
                new PrintStream(e, true, StandardCharsets.UTF_8));
        out = o.toString(StandardCharsets.UTF_8);
        err = e.toString(StandardCharsets.UTF_8);
        return status;
    }

    private String plan(String text, String family) throws IOException {
        Path plan = folder.resolve("plan" + System.nanoTime());
        run("compile", text, "--root", BOX, "--out", plan.toString());
        return Files.readString(plan.resolve(family));
    }

    @Test
    void oldSpellingsAndShortAddressesAreParsedAsByIptables() throws IOException {
        String v4 = plan(
                "iptables -I FORWARD -m set --set BadNets src,dst -j DROP\niptables -A INPUT -s 0/0 -d 0/0 -j ACCEPT\n"
                        + "iptables -I INPUT -s 10/8 -j DROP\niptables -I INPUT -s 127/8 -j DROP\n",
                "restore4");
        for (String rule : List.of("-A FORWARD -m set --match-set BadNets src,dst -j DROP",
                "-A INPUT -s 10.0.0.0/8 -j DROP", "-A INPUT -s 127.0.0.0/8 -j DROP", "-A INPUT -j ACCEPT")) {
            assertTrue(v4.contains(rule + "\n"), v4);
        }
        String v6 = plan("ip6tables -A INPUT -p icmpv6 -m icmpv6 --icmpv6-type 128 -j ACCEPT\n", "restore6");
        assertTrue(v6.contains("-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT\n"), v6);
    }

    @Test
    void typographicDashIsReportedAsDisplayed() throws IOException {
        assertEquals(1, run("check", "iptables -A INPUT \u2013p tcp \u2013dport 22 \u2013j ACCEPT\n", "--root", BOX));
        assertTrue(err.contains("x.rules:1:19: refuse syntax: \u2013 is a dash as web pages write it; write - or --"),
                err);
    }

    @Test
    void byteOrderMarkIsIgnored() throws IOException {
        run("check", "\ufeffiptables -P INPUT DROP\r\n", "--root", BOX);
        assertFalse(err.contains("syntax"), err);
    }

    @Test
    void wordsInWrongOrderAreReportedWithPosition() throws IOException {
        assertEquals(1, run("check", "iptables ! -s 10.0.0.1,10.0.0.2 -A\n", "--root", BOX));
        assertTrue(err.contains("x.rules:1:33: refuse syntax: the chain's name is missing after -A"), err);
        assertTrue(err.contains("x.rules:1:12: refuse syntax: ! beside a list of addresses"), err);
    }

    @Test
    void tooLongLogPrefixIsTruncatedWithNote() throws IOException {
        run("check", "iptables -A INPUT -j LOG --log-prefix 123456789012345678901234567890\n", "--root", BOX);
        assertTrue(out.contains("x.rules:1: note: --log-prefix is shortened to 29 bytes"), out);
    }

    /** UTF-8 input gives UTF-8 output. */
    @Test
    void importKeepsNonAsciiCharactersOfComments() throws IOException {
        assertEquals(0,
                run("import", "#!/bin/sh\niptables -A INPUT -m comment --comment '\u00dcbung K\u00fcche' -j DROP\n"));
        assertTrue(out.contains("\u00dcbung K\u00fcche"), out);
    }
}
