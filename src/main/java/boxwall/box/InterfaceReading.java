package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.box.Interface.Role;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;

/**
 * The interfaces with their addresses, from {@code ip addr}, {@code ifconfig}, /proc/net/dev and /proc/net/if_inet6:
 * <pre>
 * 3: lan: &lt;BROADCAST,…&gt; mtu 1500 …             lan       Link encap:Ethernet …
 *     inet 192.168.178.1/24 brd … scope global lan          inet addr:192.168.178.1  Bcast:…  Mask:255.255.255.0
 * fd000178000000000000000000000001 03 40 00 80      lan     address, index, prefix length, scope, flags: all hex
 * </pre> AVM's names determine the LAN, the WAN and the guest network, else the default route.
 */
public final class InterfaceReading {
    /** The names of a box's properties in rules. */
    private static final List<String> NAMES = Collections.unmodifiableList(Arrays.asList("LAN_IF", "LAN_IP", "LAN_NET",
            "LAN_IP6", "LAN_NET6", "WAN_IF", "GUEST_IF", "GUEST_IP", "GUEST_NET", "GUEST_IP6", "GUEST_NET6"));

    /** IFA_F_TEMPORARY, DEPRECATED and TENTATIVE (linux/if_addr.h). */
    private static final int NOT_PERMANENT = 0x01 | 0x20 | 0x40;
    private static final String[] NONE = {null, null};

    public final List<Interface> all = new ArrayList<>();
    /** Name to IPv4 address and network, NONE for an interface without one; in the order found. */
    private final Map<String, String[]> v4 = new LinkedHashMap<>();
    private final Map<String, String[]> v6 = new HashMap<>();

    /** The interfaces in these readings. */
    public InterfaceReading(Readings readings) {
        addresses(readings);
        if (v4.isEmpty()) { fromLog(readings); }
        String route = defaultRoute(readings);
        for (String name : v4.keySet()) {
            String[] four = v4.get(name);
            String[] six = v6.containsKey(name) ? v6.get(name) : NONE;
            all.add(new Interface(name, Role.OTHER, "", four[0], four[1], six[0], six[1])
                    .classified(name.equals(route)));
        }
        selectWan();
    }

    /** The interfaces in the output of {@code ip addr} or {@code ifconfig}; none for "". */
    public static InterfaceReading of(String text) {
        // the first line is "3: lan: <…" for ip, "lan Link encap" for ifconfig
        boolean ip = text.length() > 0 && Character.isDigit(text.charAt(0));
        return new InterfaceReading(Readings.none().with(ip ? "ip_addr" : "ifconfig_-a", text));
    }

    private void addresses(Readings readings) {
        for (String line : readings.lines("/proc/net/dev")) {
            int colon = line.lastIndexOf(':');
            // "eth0:123 …": old kernels print no blank after the colon; aliases have another colon
            if (colon > 0 && line.indexOf('|') < 0) { name(line.substring(0, colon).trim()); }
        }
        boolean inet6 = readings.text("/proc/net/if_inet6") != null;
        for (String command : readings.commandNames()) {
            if (command.startsWith("ip_a") || command.equals("ifconfig") || command.startsWith("ifconfig_")) {
                read(readings.lines(command), command.startsWith("ip_a"), !inet6);
            }
        }
        for (String line : readings.lines("/proc/net/if_inet6")) {
            readInet6(Words.of(line));
        }
    }

    private void name(String name) { if (Interface.isName(name) && !v4.containsKey(name)) { v4.put(name, NONE); } }

    private void read(List<String> lines, boolean ip, boolean inet6) {
        String current = null;
        for (String line : lines) {
            String[] words = Words.of(line);
            String head = words.length == 0 || line.charAt(0) <= ' ' ? null : ip ? ipHead(words) : words[0];
            current = head != null ? head : current;
            if (head != null) { name(head); }
            if (current == null || words.length < 2) { continue; }
            if (words[0].equals("inet6") && head == null && inet6) {
                inet6(current, words);
            } else if (words[0].equals("inet") && ip) {
                String label = words[words.length - 1];
                keep(label.startsWith(current + ":") ? label : current,
                        words[1].indexOf('/') < 0 ? words[1] + "/32" : words[1]);
            } else if (words[0].equals("inet") && words[1].startsWith("addr:")) {
                byte[] mask = null;
                for (String word : words) {
                    mask = word.startsWith("Mask:") ? Addresses.parse(word.substring(5)) : mask;
                }
                boolean four = mask != null && mask.length == 4;
                keep(current, words[1].substring(5) + "/" + (four ? new Network(Family.IPV4, mask, mask).prefix : -1));
            }
        }
    }

    /** The name in {@code 3: lan: <…} and {@code 7: eth0@if2: <…}, or null. */
    private static String ipHead(String[] words) {
        boolean is = words.length > 2 && words[2].startsWith("<") && words[1].length() > 1 && words[1].endsWith(":")
                && Words.digits(words[0], 0) == words[0].length() - 1 && words[0].endsWith(":");
        int at = is ? words[1].indexOf('@', 1) : -1;
        return is ? words[1].substring(0, at > 0 ? at : words[1].length() - 1) : null;
    }

    /**
     * Keeps permanent global addresses: {@code inet6 addr: fd00::1/64 Scope:Global},
     * {@code inet6 fd00::1/64 scope global temporary …}.
     */
    private void inet6(String name, String[] words) {
        List<String> all = Arrays.asList(words);
        boolean global = all.contains("Scope:Global")
                || all.indexOf("global") == all.indexOf("scope") + 1 && all.contains("scope");
        if (!global || all.contains("temporary") || all.contains("deprecated") || all.contains("tentative")) { return; }
        for (String word : words) {
            keep(name, word);
        }
    }

    private void readInet6(String[] words) {
        if (words.length != 6 || words[0].length() != 32) { return; }
        name(words[5]);
        byte[] address = Words.bytes(words[0]);
        boolean permanent =
                Words.number("0x" + words[3], 255) == 0 && (Words.number("0x" + words[4], 0xffff) & NOT_PERMANENT) == 0;
        if (permanent && address != null) {
            keep(words[5], Addresses.print(address) + "/" + Words.number("0x" + words[2], 128));
        }
    }

    /**
     * Keeps {@code 192.168.178.1/24} if it is the first IPv4 address, the first IPv6 address or the first unique local
     * one.
     */
    private void keep(String name, String text) {
        Network net = Network.parse(text);
        if (net == null || !Interface.isName(name)) { return; }
        String[] found = {Addresses.print(Addresses.parse(Words.before(text, '/'))), net.toString()};
        if (net.family == Family.IPV6) {
            String[] before = v6.get(name);
            if (before == null || isUniqueLocal(found[0]) && !isUniqueLocal(before[0])) { v6.put(name, found); }
        } else if (v4.get(name) == null || v4.get(name) == NONE) { v4.put(name, found); }
    }

    /** fc00::/7. */
    private static boolean isUniqueLocal(String address) {
        return address.startsWith("fc") || address.startsWith("fd");
    }

    /**
     * {@code lan: port 1(eth0) entered forwarding state}, {@code IPv6: ADDRCONF(NETDEV_UP): guest: link is not ready}.
     */
    private void fromLog(Readings readings) {
        for (ReadingLine line : KernelLog.find(readings, " forwarding state")) {
            int port = Words.find(line.text, ": port ", 0);
            int open = port < 1 ? -1 : line.text.indexOf('(', port);
            int close = open < 0 ? -1 : line.text.indexOf(')', open);
            if (close > 0) {
                name(line.text.substring(0, port));
                name(line.text.substring(open + 1, close));
            }
        }
        for (ReadingLine line : KernelLog.find(readings, "ADDRCONF(NETDEV_")) {
            int name = Words.find(line.text, "): ", 0) + 3;
            int end = name < 3 ? -1 : line.text.indexOf(": link ", name);
            if (end > 0) { name(line.text.substring(name, end)); }
        }
    }

    /**
     * The interface of the default route, or null: {@code dsl 00000000 010071CB 0003 …}, destination and mask all zero.
     */
    private static String defaultRoute(Readings readings) {
        for (ReadingLine line : readings.all("/proc/net/route", "route -n")) {
            String[] words = line.words();
            boolean hex = line.source.startsWith("/");
            if (words.length >= 8 && words[hex ? 1 : 0].equals(hex ? "00000000" : "0.0.0.0")
                    && words[hex ? 7 : 2].equals(hex ? "00000000" : "0.0.0.0")) {
                return words[hex ? 0 : 7];
            }
        }
        return null;
    }

    /** Selects one WAN: the default route's before dsl before another name; the others become OTHER. */
    private void selectWan() {
        Interface wan = null;
        for (Interface one : all) {
            if (one.role == Role.WAN && (wan == null || rank(one) < rank(wan))) { wan = one; }
        }
        for (int i = 0; i < all.size(); i++) {
            Interface one = all.get(i);
            if (one.role == Role.WAN && one != wan) {
                all.set(i, one.as(Role.OTHER, "another Internet side; " + wan.name + " is taken for the WAN"));
            }
        }
    }

    private static int rank(Interface wan) {
        return wan.reason.startsWith("the default route") ? 0 : wan.name.equals("dsl") ? 1 : 2;
    }

    /** The first interface of that role, or null. */
    public Interface of(Role role) {
        for (Interface one : all) {
            if (one.role == role) { return one; }
        }
        return null;
    }

    /** The values of {@link #NAMES}; null for a name that the box lacks, such as that of a guest network. */
    public Map<String, String> names() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : NAMES) {
            Interface of = of(name.startsWith("LAN") ? Role.LAN : name.startsWith("WAN") ? Role.WAN : Role.GUEST);
            String part = Words.after(name, '_');
            values.put(name, of == null ? null : part.equals("IF") ? of.name : part.equals("IP") ? of.ip
                    : part.equals("NET") ? of.net : part.equals("IP6") ? of.ip6 : of.net6);
        }
        return Collections.unmodifiableMap(values);
    }
}
