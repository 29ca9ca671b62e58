package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;

/**
 * Interfaces and their addresses, from what there is of {@code ip addr}, {@code ifconfig}, /proc/net/dev and
 * /proc/net/if_inet6: <pre>
 * 3: lan: &lt;BROADCAST,…&gt; mtu 1500 …             lan       Link encap:Ethernet …
 *     inet 192.168.178.1/24 brd … scope global lan          inet addr:192.168.178.1  Bcast:…  Mask:255.255.255.0
 * fd000178000000000000000000000001 03 40 00 80      lan     address, index, prefix length, scope, flags: all hex
 * </pre>
 */
final class AddressReading {
    /** IFA_F_TEMPORARY, DEPRECATED and TENTATIVE: addresses that don't last (linux/if_addr.h). */
    private static final int PASSING = 0x01 | 0x20 | 0x40;

    private static final String[] NONE = {null, null};

    /** Name to IPv4 address and network, NONE for an interface without one; in the order found. */
    private final Map<String, String[]> v4 = new LinkedHashMap<>();
    private final Map<String, String[]> v6 = new HashMap<>();

    AddressReading(Readings readings) {
        for (String line : readings.lines("/proc/net/dev")) {
            int colon = line.lastIndexOf(':');
            // "eth0:123 …": old kernels leave no blank after the colon, aliases have one more
            if (colon > 0 && line.indexOf('|') < 0) { name(line.substring(0, colon).trim()); }
        }
        boolean inet6 = readings.file("/proc/net/if_inet6") != null;
        for (String command : readings.commandNames()) {
            if (command.startsWith("ip_a") || command.equals("ifconfig") || command.startsWith("ifconfig_")) {
                read(readings.commandLines(command), command.startsWith("ip_a"), !inet6);
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
     * {@code inet6 addr: fd00::1/64 Scope:Global}, {@code inet6 fd00::1/64 scope global temporary …}: those that last.
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
        boolean lasts =
                Words.number("0x" + words[3], 255) == 0 && (Words.number("0x" + words[4], 0xffff) & PASSING) == 0;
        if (lasts && address != null) {
            keep(words[5], Addresses.print(address) + "/" + Words.number("0x" + words[2], 128));
        }
    }

    /**
     * Takes {@code 192.168.178.1/24}; the first IPv4 address counts, and the first IPv6 address that is unique local.
     */
    private void keep(String name, String text) {
        Network net = Network.parse(text);
        if (net == null || !Interface.isName(name)) { return; }
        String[] found = {Addresses.print(Addresses.parse(text.substring(0, text.indexOf('/')))), net.toString()};
        if (net.family == Family.IPV6) {
            String[] before = v6.get(name);
            if (before == null || isUniqueLocal(found[0]) && !isUniqueLocal(before[0])) { v6.put(name, found); }
        } else if (v4.get(name) == null || v4.get(name) == NONE) { v4.put(name, found); }
    }

    /** fc00::/7. */
    private static boolean isUniqueLocal(String address) {
        return address.startsWith("fc") || address.startsWith("fd");
    }

    /** All interfaces, aliases too, in the order found. */
    List<String> names() { return new ArrayList<>(v4.keySet()); }

    /** The interface with its addresses and a role still to be given. */
    Interface bare(String name) {
        String[] four = v4.containsKey(name) ? v4.get(name) : NONE;
        String[] six = v6.containsKey(name) ? v6.get(name) : NONE;
        return new Interface(name, Interface.Role.OTHER, "", four[0], four[1], six[0], six[1]);
    }
}
