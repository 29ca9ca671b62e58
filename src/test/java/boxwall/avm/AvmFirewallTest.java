package boxwall.avm;

import boxwall.box.Readings;
import boxwall.probe.Planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Addresses;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AvmFirewallTest {
    private static AvmFirewall read(String text) {
        return new AvmFirewall(Readings.none().with(AvmFirewall.FILE, text));
    }

    private static AvmFirewall withForwards(String list) {
        return read("ar7cfg { dslifaces { name = \"internet\"; dsldpconfig { forwardrules = " + list + "; } } }");
    }

    @Test
    void portForwardingIsParsed() {
        AvmFirewall firewall = withForwards(
                "\"tcp 0.0.0.0:7000+3 192.168.178.21:80 0 # x\", \"udp 0.0.0.0:5060 0.0.0.0:5060\", \"gre 0.0.0.0 192.168.178.9 0\"");
        assertEquals(3, firewall.forwards.size());
        AvmFirewall.Forward first = firewall.forwards.get(0);
        assertEquals("tcp 7000 3 192.168.178.21 80", first.protocol + " " + first.port + " " + first.count + " "
                + Addresses.print(first.host) + " " + first.toPort);
        assertNull(firewall.forwards.get(1).host, "0.0.0.0 means the box");
        assertEquals("gre 0", firewall.forwards.get(2).protocol + " " + firewall.forwards.get(2).port);
    }

    @Test
    void disabledOrInvalidPortForwardingIsIgnored() {
        for (String rule : new String[] {"# tcp 0.0.0.0:80 192.168.178.20:80 0", "tcp 0.0.0.0:0 1.2.3.4:80",
                "tcp 0.0.0.0:80 host:80", "tcp :80", "tcp 0.0.0.0:65535+2 1.2.3.4:80", "tcp 0.0.0.0 1.2.3.4",
                "sctp 0.0.0.0:1 1.2.3.4:1", "tcp 0.0.0.0:99999 1.2.3.4:1", ""}) {
            assertEquals(0, withForwards("\"" + rule + "\"").forwards.size(), rule);
        }
    }

    @Test
    void firstMatchingLineDecidesThenPolicy() {
        AvmFirewall firewall = read(
                "ar7cfg { dslifaces { dsldpconfig { lowinput { policy = \"deny\"; accesslist = \"permit tcp host 10.0.0.1 any eq 22\","
                        + " \"deny tcp any any range 20 30\", \"permit ip any 192.168.0.0 255.255.0.0\", \"permit ip any any connection outgoing-related\"; } } } }");
        byte[] allowed = Addresses.parse("10.0.0.1");
        byte[] lan = Addresses.parse("192.168.7.7");
        assertTrue(AvmFirewall.decides(firewall.in, "tcp", allowed, null, 22).permits);
        assertFalse(AvmFirewall.decides(firewall.in, "tcp", allowed, null, 23).permits);
        assertFalse(AvmFirewall.decides(firewall.in, "tcp", null, lan, 22).permits);
        assertTrue(AvmFirewall.decides(firewall.in, "udp", null, lan, 22).permits);
        assertTrue(AvmFirewall.decides(firewall.in, "udp", null, null, 22).policy);
        assertEquals(4, firewall.in.size(), "a line with unknown words is skipped");
    }

    @Test
    void onlyInternetSectionIsRead() {
        AvmFirewall firewall = read(
                "dslifaces { name = \"voip\"; dsldpconfig { lowinput { accesslist = \"deny udp any any eq 1\"; } } } "
                        + "{ name = \"internet\"; dsldpconfig { lowinput { accesslist = \"deny udp any any eq 2\"; } } }");
        assertEquals(1, firewall.in.size());
        assertEquals(2, firewall.in.get(0).low);
    }

    @Test
    void truncatedFileIsReadAsFarAsPossible() {
        assertEquals(1, withForwards("\"tcp 0.0.0.0:1 1.2.3.4:1\", \"tcp 0.0.0.0:2 1.2.3.4").forwards.size());
        assertFalse(read("").known);
        assertFalse(read("ar7cfg { mode = dsldmode_router; }").known);
        assertEquals(1, read("dsldpconfig { forwardrules = \"tcp 0.0.0.0:1 1.2.3.4:1\" }").forwards.size());
        assertFalse(new AvmFirewall(Readings.none()).known);
    }

    @Test
    void keptTextHasSameContent() throws Exception {
        for (String box : new String[] {"7270v2-0554", "7490-0683"}) {
            String text = java.nio.file.Files
                    .readString(java.nio.file.Path.of("src/test/resources/boxes", box, "var/flash/ar7.cfg"));
            String kept = AvmFirewall.kept(text);
            assertEquals(Planted.lines(read(text)), Planted.lines(read(kept)), kept);
            assertEquals(kept, AvmFirewall.kept(kept));
        }
    }

    /** Random files cause no exception, and the kept text contains nothing but rules. */
    @Test
    void keptTextOfRandomFileContainsNoSecret() {
        long seed = Long.getLong("boxwall.seed", System.nanoTime());
        System.out.println("AvmFirewallTest seed " + seed);
        Random random = new Random(seed);
        String[] words = {"{", "}", "=", ";", ",", "\"", "ar7cfg", "dslifaces", "dsldpconfig", "lowinput", "accesslist",
                "forwardrules", "policy", "secret123", "\"geheim\"", "\"deny tcp any any eq 1\"",
                "\"tcp 0.0.0.0:1 1.2.3.4:1 0 # geheim\"", "/*", "*/", "\n", "\\", "#", "name"};
        for (int i = 0; i < 20000; i++) {
            StringBuilder text =
                    new StringBuilder(i % 2 == 0 ? "ar7cfg { dslifaces { dsldpconfig { forwardrules = " : "");
            for (int k = random.nextInt(40); k > 0; k--) {
                text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            String kept = AvmFirewall.kept(text.toString());
            assertFalse(kept.contains("secret123") || kept.contains("geheim"), text + "\n" + kept);
            assertEquals(Planted.lines(read(text.toString())), Planted.lines(read(kept)), "seed " + seed + ": " + text);
        }
    }
}
