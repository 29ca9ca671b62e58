package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
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

    /** Name to IPv4 {address, mask}, null for an interface without one; in the order found. */
    private final Map<String, byte[][]> v4 = new LinkedHashMap<>();
    private final Map<String, byte[]> v6 = new LinkedHashMap<>();
    private final Map<String, Integer> v6Prefix = new LinkedHashMap<>();

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

    private void name(String name) { if (Interface.isName(name) && !v4.containsKey(name)) { v4.put(name, null); } }

    private void read(List<String> lines, boolean ip, boolean inet6) {
        String current = null;
        for (String line : lines) {
            String[] words = Words.of(line);
            String head = words.length == 0 || line.charAt(0) <= ' ' ? null : ip ? ipHead(words) : words[0];
            if (head != null) {
                current = head;
                name(current);
            }
            for (int i = 0; current != null && i + 1 < words.length; i++) {
                if (head == null && inet6 && words[i].equals("inet6")) { inet6(current, words); }
                if (words[i].equals("inet") && ip && i == 0) {
                    ipInet(current, words);
                } else if (words[i].equals("inet") && !ip && words[i + 1].startsWith("addr:")) {
                    String mask = "";
                    for (String word : words) {
                        mask = word.startsWith("Mask:") ? word.substring(5) : mask;
                    }
                    address(current, words[i + 1].substring(5), Addresses.parse(mask));
                }
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

    /** {@code inet 192.168.178.1/24 brd … scope global lan:0}, an alias' label at the end. */
    private void ipInet(String current, String[] words) {
        int slash = words[1].indexOf('/');
        int prefix = slash < 0 ? 32 : number(words[1].substring(slash + 1), 32);
        String label = words[words.length - 1];
        if (prefix >= 0) {
            address(label.startsWith(current + ":") ? label : current,
                    slash < 0 ? words[1] : words[1].substring(0, slash), Network.maskOf(Family.IPV4, prefix));
        }
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
            int slash = word.indexOf('/');
            byte[] address = slash < 0 ? null : Addresses.parse(word.substring(0, slash));
            int prefix = address == null || address.length != 16 ? -1 : number(word.substring(slash + 1), 128);
            if (prefix >= 0) { keep6(name, address, prefix); }
        }
    }

    private void address(String name, String ip, byte[] mask) {
        byte[] address = Addresses.parse(ip);
        if (Interface.isName(name) && address != null && address.length == 4 && mask != null && mask.length == 4
                && v4.get(name) == null && new Network(Family.IPV4, address, mask).prefix >= 0) {
            v4.put(name, new byte[][] {address, mask});
        }
    }

    private void readInet6(String[] words) {
        if (words.length != 6 || words[0].length() != 32 || !Interface.isName(words[5])) { return; }
        int prefix = number("0x" + words[2], 128);
        int scope = number("0x" + words[3], 255);
        int flags = number("0x" + words[4], 0xffff);
        byte[] address = Words.bytes(words[0]);
        name(words[5]);
        if (prefix < 0 || scope != 0 || flags < 0 || (flags & PASSING) != 0 || address == null) { return; }
        keep6(words[5], address, prefix);
    }

    private void keep6(String name, byte[] address, int prefix) {
        byte[] before = v6.get(name);
        if (before == null || isUniqueLocal(address) && !isUniqueLocal(before)) {
            v6.put(name, address);
            v6Prefix.put(name, prefix);
        }
    }

    /** fc00::/7. */
    private static boolean isUniqueLocal(byte[] address) { return (address[0] & 0xfe) == 0xfc; }

    /** The number, or -1 when it is none, has a sign or is above the limit. */
    private static int number(String text, int most) {
        return text.indexOf('+') >= 0 ? -1 : (int) Words.number(text, most);
    }

    /** All interfaces, aliases too, in the order found. */
    List<String> names() { return new ArrayList<>(v4.keySet()); }

    /** The interface with its addresses and a role still to be given. */
    Interface bare(String name) {
        byte[][] four = v4.get(name);
        byte[] six = v6.get(name);
        return new Interface(name, Interface.Role.OTHER, "", four == null ? null : Addresses.print(four[0]),
                four == null ? null : new Network(Family.IPV4, four[0], four[1]).toString(),
                six == null ? null : Addresses.print(six),
                six == null ? null : Network.ofPrefix(Family.IPV6, six, v6Prefix.get(name)).toString());
    }
}
