package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The "strong basic protection" of the wiki page, tested from the box and from its three networks. */
@SharedBox.Used
class StrongProtectionIT {
    private static final String WAN6 = "2001:db8:d51::2";
    private static final String LAN6 = "fd00:178::1";
    private static final String GUEST6 = "fd00:179::1";
    private static final int[] PORTS = {22, 80, 8181, 9999};
    /** An unused LAN address. */
    private static final String FORGED = "192.168.178.99";
    private static final String FORGED6 = "fd00:178::99";
    private static final String SPOOF_RULE = "-A INPUT -s 192.168.178.0/24 -i dsl -j DROP";

    @Test
    void everyRuleIsLiveInOrderAndAllPoliciesAreDrop(VirtualBox box, @TempDir Path folder) {
        DeskPlan plan = DeskPlan.of(folder, DeskPlan.plain());
        String live = box.rules();
        assertEquals(plan.liveRules(), live);
        for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
            assertEquals(2, live.lines().filter((":" + chain + " DROP")::equals).count(), live);
        }
        // the comparison is not empty: each line with a rule has become a rule
        long rules = DeskPlan.plain().lines().filter(l -> l.matches("ip6?tables .*-[AI] .*")).count();
        assertEquals(rules, live.lines().filter(l -> l.startsWith("-A ")).count());
    }

    @Test
    void neededModulesAreLoaded(VirtualBox box) {
        String modules = box.run("cat /proc/modules").ok().out();
        for (String name : List.of("ip_tables", "iptable_filter", "x_tables", "xt_tcpudp", "xt_LOG", "xt_multiport",
                "xt_conntrack", "nf_conntrack")) {
            assertTrue(modules.lines().anyMatch(l -> l.startsWith(name + " ")),
                    () -> name + " is missing in\n" + modules);
        }
        for (String name : List.of("_nat ", "REJECT ", "xt_iprange ")) {
            assertFalse(modules.contains(name), "no rule needs " + name);
        }
    }

    @Test
    void controlPortAnswersOnlyTheLan(VirtualBox box) {
        assertEquals("open", box.peer("lan", "boxnet", "tcp", "-", VirtualBox.LAN, "8181").out().trim());
        for (String net : new String[] {"dsl", "guest"}) {
            assertEquals("silent", box.peer(net, "boxnet", "tcp", "-", VirtualBox.LAN, "8181").out().trim(), net);
        }
    }

    @Test
    void noPortOfTheBoxAnswersInternetOrGuests(VirtualBox box) {
        listen(box);
        List<String> every = List.of(VirtualBox.WAN, VirtualBox.GUEST, WAN6, GUEST6);
        assertEquals(all(every, "open"), probeUntilOpen(box, every),
                "the listeners are up: the LAN reaches them at the same addresses");
        assertEquals(all(List.of(VirtualBox.WAN, VirtualBox.GUEST, WAN6, LAN6), "silent"),
                probe(box, "dsl", List.of(VirtualBox.WAN, VirtualBox.GUEST, WAN6, LAN6)));
        assertEquals(all(List.of(VirtualBox.WAN, VirtualBox.GUEST, GUEST6, LAN6), "silent"),
                probe(box, "guest", List.of(VirtualBox.WAN, VirtualBox.GUEST, GUEST6, LAN6)));
        assertEquals("answer hello", udp(box, "lan", "-", VirtualBox.LAN));
        assertEquals("answer hello", udp(box, "lan", "-", LAN6));
        assertEquals("silent", udp(box, "dsl", "-", VirtualBox.WAN));
        assertEquals("silent", udp(box, "dsl", "-", WAN6));
        assertEquals("silent", udp(box, "guest", "-", VirtualBox.GUEST));
        assertEquals("silent", udp(box, "guest", "-", GUEST6));
        assertEquals(List.of("192.168.178.20", "fd00:178::20"),
                box.run("cut -d' ' -f1 /tmp/heard.udp /tmp/heard.udp6").ok().out().lines().toList());
    }

    @Test
    void noHostBehindTheBoxAnswersInternetOrGuests(VirtualBox box) {
        box.peer("lan", "sh", "-c",
                "boxnet listen tcp 192.168.178.20 80 300 >/dev/null 2>&1 & boxnet listen tcp fd00:178::20 80 300 >/dev/null 2>&1 &")
                .ok();
        for (String host : new String[] {"192.168.178.20", "fd00:178::20"}) {
            assertTrue(VirtualBox.waitUntil(120, () -> box.run("boxnet", "tcp", "-", host, "80").status() == 0),
                    "the box must reach " + host);
            for (String net : new String[] {"dsl", "guest"}) {
                assertEquals("silent", box.peer(net, "boxnet", "tcp", "-", host, "80").out().trim(),
                        net + " to " + host);
            }
        }
    }

    @Test
    void forgedLanAddressFromTheInternetReachesNothing(VirtualBox box) {
        listen(box);
        probeUntilOpen(box, List.of(VirtualBox.WAN, WAN6));
        long dropped = packets(box, SPOOF_RULE);
        box.peer("dsl", "sh", "-c",
                "ip addr add " + FORGED + "/32 dev eth0 && ip -6 addr add " + FORGED6 + "/128 dev eth0").ok();
        try {
            box.peer("dsl", "boxnet", "forge", "192.168.178.20", "40000", VirtualBox.WAN, "22", "S").ok();
            assertEquals("silent", box.peer("dsl", "boxnet", "tcp", FORGED, VirtualBox.WAN, "22", "2").out().trim());
            assertEquals("silent", box.peer("dsl", "boxnet", "tcp", FORGED, VirtualBox.LAN, "8181", "2").out().trim());
            assertEquals("silent", box.peer("dsl", "boxnet", "tcp", FORGED6, WAN6, "22", "2").out().trim());
            assertEquals("silent", udp(box, "dsl", FORGED, VirtualBox.WAN));
            assertEquals("silent", udp(box, "dsl", FORGED, VirtualBox.LAN));
            assertEquals("silent", udp(box, "dsl", FORGED6, WAN6));
        } finally {
            box.peer("dsl", "sh", "-c",
                    "ip addr del " + FORGED + "/32 dev eth0; ip -6 addr del " + FORGED6 + "/128 dev eth0");
        }
        assertTrue(packets(box, SPOOF_RULE) >= dropped + 5, "the packets arrived, and the rule dropped them");
        // these packets are sent later, so earlier ones would be in the list, too
        assertEquals("answer hello", udp(box, "lan", "-", VirtualBox.LAN));
        assertEquals("answer hello", udp(box, "lan", "-", LAN6));
        assertEquals(List.of("192.168.178.20", "fd00:178::20"),
                box.run("cut -d' ' -f1 /tmp/heard.udp /tmp/heard.udp6").ok().out().lines().toList());
    }

    /**
     * Starts listeners on all ports that a test probes; the daemon listens at port 8181 of the LAN address, so that
     * port is opened per address.
     */
    private static void listen(VirtualBox box) {
        // end the old listeners first: their ports must be free
        assertTrue(
                VirtualBox.waitUntil(120, () -> box.run("killall -9 boxnet 2>/dev/null; pidof boxnet").out().isBlank()),
                "the old listeners must end");
        StringBuilder script = new StringBuilder("rm -f /tmp/heard.*\n");
        for (int port : PORTS) {
            List<String> at = port == 8181 ? List.of(VirtualBox.WAN, VirtualBox.GUEST) : List.of("0.0.0.0");
            at.forEach(address -> script.append("boxnet listen tcp ").append(address).append(' ').append(port)
                    .append(" 300 >/dev/null 2>&1 &\n"));
            script.append("boxnet listen tcp :: ").append(port).append(" 300 >/dev/null 2>&1 &\n");
        }
        script.append(
                "boxnet listen udp 0.0.0.0 9999 300 >/tmp/heard.udp 2>&1 &\nboxnet listen udp :: 9999 300 >/tmp/heard.udp6 2>&1 &\n");
        box.run(script.toString()).ok();
        assertTrue(VirtualBox.waitUntil(120, () -> udpSockets(box, "udp") == 1 && udpSockets(box, "udp6") == 1),
                () -> "the UDP listeners are not up\n"
                        + box.run("cat /proc/net/udp /proc/net/udp6 /tmp/heard.*; ps; free; dmesg | tail -n 20"));
    }

    private static long udpSockets(VirtualBox box, String file) {
        return box.run("cat /proc/net/" + file).ok().out().lines().filter(l -> l.contains(":270F")).count();
    }

    private static String udp(VirtualBox box, String net, String from, String to) {
        return box.peer(net, "boxnet", "udp", from, to, "9999", "hello", "2").out().trim();
    }

    /** Probes from the LAN until all ports are open, because listeners need time to start. */
    private static Map<String, String> probeUntilOpen(VirtualBox box, List<String> addresses) {
        List<Map<String, String>> last = new ArrayList<>(Collections.singletonList(Map.of()));
        VirtualBox.waitUntil(120, () -> {
            last.set(0, probe(box, "lan", addresses));
            return last.get(0).equals(all(addresses, "open"));
        });
        return last.get(0);
    }

    /** Probes all ports of the addresses at once; returns boxnet's result for each {@code address/port}. */
    private static Map<String, String> probe(VirtualBox box, String net, List<String> addresses) {
        StringBuilder script = new StringBuilder();
        for (String target : all(addresses, "").keySet()) {
            String[] parts = target.split("/");
            script.append("echo \"").append(target).append(" $(boxnet tcp - ").append(parts[0]).append(' ')
                    .append(parts[1]).append(" 4)\" &\n");
        }
        Map<String, String> results = new TreeMap<>();
        box.peer(net, "sh", "-c", script + "wait\n").ok().out().lines()
                .forEach(l -> results.put(l.split(" ")[0], l.split(" ")[1]));
        return results;
    }

    private static Map<String, String> all(List<String> addresses, String result) {
        Map<String, String> results = new TreeMap<>();
        for (String address : addresses) {
            for (int port : PORTS) {
                results.put(address + "/" + port, result);
            }
        }
        return results;
    }

    /** The packet counter of a rule. */
    private static long packets(VirtualBox box, String rule) {
        String line = box.run("iptables-save -c -t filter").ok().out().lines().filter(l -> l.endsWith("] " + rule))
                .findFirst().orElseThrow();
        return Long.parseLong(line.substring(1, line.indexOf(':')));
    }
}
