package boxwall.probe;

import boxwall.avm.AvmFirewall;
import boxwall.facts.BoxFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Random secrets of a box, made from a seed, each in every form that it may have, as lines for its readings.
 */
public final class Planted {
    /** A line and the secret in it. */
    public record Line(String text, String secret) {
    }

    public final long seed;
    private final Random random;
    private final List<Line> lines = new ArrayList<>();
    private final String mac;
    private final String wan;
    private final String wan6;
    private final String host;
    private String eui;

    public Planted(long seed) {
        this.seed = seed;
        random = new Random(seed);
        mac = hex(12);
        // the last byte has a hex letter: an address of decimal digits only could be read as the size of a module
        wan = (20 + random.nextInt(80)) + "." + (64 + random.nextInt(190)) + "." + random.nextInt(256) + "."
                + (0xA0 + random.nextInt(95));
        wan6 = "2a0" + hex(1).replace('0', '7') + ":" + (1 + random.nextInt(900)) + ":"
                + Integer.toHexString(0x1000 + random.nextInt(0xe000));
        host = word() + "-box";
        macs();
        keys();
        addresses();
    }

    private String hex(int digits) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            out.append(Integer.toHexString(random.nextInt(16)));
        }
        return out.toString();
    }

    private String word() {
        StringBuilder out = new StringBuilder("Zq");
        for (int i = 0; i < 7; i++) {
            out.append((char) ('g' + random.nextInt(20)));
        }
        return out.append(random.nextInt(1000)).toString().toLowerCase(Locale.ROOT);
    }

    private static String grouped(String digits, int size, String separator) {
        return String.join(separator, digits.split("(?<=\\G.{" + size + "})"));
    }

    private void add(String text, String secret) { lines.add(new Line(text, secret)); }

    private void macs() {
        List<String> forms = new ArrayList<>();
        for (String digits : new String[] {mac, mac.toUpperCase(Locale.ROOT)}) {
            forms.add(grouped(digits, 2, ":"));
            forms.add(grouped(digits, 2, "-"));
            forms.add(grouped(digits, 4, "."));
            forms.add(grouped(digits, 4, "-"));
            forms.add(grouped(digits, 6, "-"));
            forms.add(digits);
            forms.add(grouped("0" + digits.substring(1), 2, "-").replaceAll("\\b0", ""));
            forms.add(grouped("0" + digits.substring(1), 2, ":").replaceAll("\\b0", ""));
        }
        for (String form : forms) {
            for (String line : new String[] {"iptables -A INPUT -m mac --mac-source %s -j DROP",
                    "ip6tables -A FORWARD -m mac ! --mac-source '%s' -j ACCEPT",
                    "iptables -A INPUT -j LOG --log-prefix \"dev-%s: \"", "eth0: address %s, link up",
                    "wland: sta(%s) gone", "MAC:%s", "x=%s;y", "at %s"}) {
                if (!form.matches("[0-9a-fA-F]{1,2}:.*") || form.length() == 17 || !line.startsWith("MAC:")) {
                    add(line.formatted(form), form);
                }
            }
        }
        eui = mac.substring(0, 6) + "fffe" + mac.substring(6);
        String id = grouped(eui, 4, ":").replaceAll("\\b0{1,3}", "");
        add("iptables -A INPUT -j LOG # " + grouped(mac, 2, ":") + ":" + grouped(mac, 2, ":") + ":08:00",
                grouped(mac, 2, ":"));
        add("iptables -A INPUT -j LOG -s fe80::" + id, id);
        add("inet6 addr: fe80::" + id.toUpperCase(Locale.ROOT) + "/64 Scope:Link", id.toUpperCase(Locale.ROOT));
        add("at fe80000000000000" + eui + " 05 40 20 80     lan", eui);
        add("  9: 000080FE00000000"
                + (eui.substring(6, 8) + eui.substring(4, 6) + eui.substring(2, 4) + eui.substring(0, 2)
                        + eui.substring(14) + eui.substring(12, 14) + eui.substring(10, 12) + eui.substring(8, 10))
                        .toUpperCase(Locale.ROOT)
                + ":0050 00000000000000000000000000000000:0000 0A",
                eui.substring(14).toUpperCase(Locale.ROOT) + eui.substring(12, 14).toUpperCase(Locale.ROOT)
                        + eui.substring(10, 12).toUpperCase(Locale.ROOT));
    }

    private void keys() {
        for (String name : new String[] {"wlan_key", "WLAN_KEY", "password", "passwd", "Passphrase", "psk", "wpa_psk",
                "key", "pwd", "token", "secret", "SerialNumber", "serial", "CONFIG_SERIAL", "tr069_passphrase",
                "username", "account", "email", "hostname"}) {
            String secret = word();
            add("[avm] " + name + "=" + secret, secret);
            add("export " + name + "='" + secret + "'; iptables -A INPUT -j DROP", secret);
            add(name + " = \"" + secret + "\";", secret);
            add("conf, " + name + ": " + secret + " set", secret);
            add("iptables -A INPUT -m comment --comment \"" + name + ": " + secret + " of mine\" -j DROP", secret);
            add("iptables -A INPUT -j DROP # " + name + "=" + secret, secret);
            add("iptables -A INPUT -m comment --comment " + name + "=" + secret + " -j DROP", secret);
        }
        String password = word();
        for (String url : new String[] {"http://me:%s@example.org/x", "ftp://%s@192.168.178.20/",
                "https://u:%s@[2001:db8::1]:81/"}) {
            add("wget " + url.formatted(password) + " | iptables-restore", password);
            add("got " + url.formatted(password), password);
        }
    }

    private void addresses() {
        String[] octets = wan.split("\\.");
        String big = "%02X%02X%02X%02X".formatted(Integer.parseInt(octets[0]), Integer.parseInt(octets[1]),
                Integer.parseInt(octets[2]), Integer.parseInt(octets[3]));
        String little = big.substring(6) + big.substring(4, 6) + big.substring(2, 4) + big.substring(0, 2);
        add("iptables -A INPUT -d " + wan + "/32 -j DROP", wan);
        add("dsl: new address " + wan + ":80, was none", wan);
        add("dsl " + little + " 00000000 0005 0 0 0 FFFFFFFF 0 0 0", little);
        add("   7: " + big + ":0050 00000000:0000 0A 0", big);
        add("ip6tables -A INPUT -d " + wan6 + "::2 -j DROP", wan6 + ":");
        add("route to " + wan6 + ":12::/64 by dsl", wan6 + ":");
        add("listens on [" + wan6 + ":12:1:2:3:4]:80", wan6 + ":");
        add("up: " + host + " is here", host);
        add("Jan  1 01:00:54 " + host + " kern.notice kernel: [    0.000000] hello", host);
        String other = word();
        add("iptables -A FORWARD -s " + other + ".fritz.box -j DROP", other);
        add("iptables -A FORWARD -s " + other + ".myfritz.net -j DROP", other);
        add("dhcp: " + other + ".fritz.box has 192.168.178.33", other);
    }

    /** Every form of every secret, one per line. */
    public List<Line> lines() { return lines; }

    /** The output of the box's commands, with its addresses and its name. */
    public Map<String, String> commands() {
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("uname -r", "2.6.32.61\n");
        commands.put("uname -a", "Linux " + host + " 2.6.32.61 #1 Tue Nov 3 10:00:00 CET 2015 mips GNU/Linux\n");
        commands.put("iptables --version", "iptables v1.4.11.1\n");
        commands.put("ifconfig -a",
                "lan       Link encap:Ethernet  HWaddr " + grouped(mac, 2, ":")
                        + "\n          inet addr:192.168.178.1  Bcast:192.168.178.255  Mask:255.255.255.0\n"
                        + "dsl       Link encap:Point-to-Point Protocol\n          inet addr:" + wan + "  P-t-P:" + wan
                        + "  Mask:255.255.255.255\n");
        commands.put("ip addr",
                "2: lan: <UP> mtu 1500\n    inet 192.168.178.1/24 scope global lan\n7: dsl: <UP> mtu 1492\n    inet "
                        + wan + "/32 scope global dsl\n    inet6 " + wan6 + "::2/64 scope global\n");
        for (String name : new String[] {"route -n", "lsmod", "netstat -lntup", "dmesg", "iptables-save"}) {
            commands.put(name, "");
        }
        return commands;
    }

    /** All files that may be read, most of them with an empty line. */
    public Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        for (String[] row : BoxReader.PATHS) {
            if (!row[1].endsWith(".gz") && (row[0].equals("file") || row[0].equals("plan"))) {
                files.put(row[1], "\n");
            }
        }
        files.put("/proc/net/dev", "  lan: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  dsl: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
        files.put("/proc/net/if_inet6",
                "fe80000000000000" + eui + " 05 40 20 80     lan\nfd00000000000000" + eui + " 05 40 00 80     lan\n");
        files.put("/proc/modules", "ip_tables 1 0 - Live 0xc0000000\n");
        files.put("/proc/net/ip_tables_names", "filter\n");
        files.put("/proc/net/avm_pa/brief", "State          : enabled\n");
        files.put("/lib/modules/2.6.32.61/modules.dep", "kernel/net/netfilter/xt_tcpudp.ko:\n");
        return files;
    }

    /** The facts as text. */
    public static String facts(BoxFacts facts) { return Golden.of(facts); }

    /** The rules of dsld's filter, one per line. */
    public static String lines(AvmFirewall firewall) {
        StringBuilder lines = new StringBuilder();
        firewall.forwards.forEach(forward -> lines.append(forward.line).append('\n'));
        firewall.in.forEach(access -> lines.append(access.line).append('\n'));
        firewall.out.forEach(access -> lines.append(access.line).append('\n'));
        return lines.toString();
    }
}
