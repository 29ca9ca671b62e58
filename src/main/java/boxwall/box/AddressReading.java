package boxwall.box;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;

/**
 * Interfaces and their addresses, from what there is of {@code ip addr}, {@code ifconfig -a}, /proc/net/dev and /proc/net/if_inet6:
 * <pre>
 * 3: lan: &lt;BROADCAST,…&gt; mtu 1500 …             lan       Link encap:Ethernet …
 *     inet 192.168.178.1/24 brd … scope global lan          inet addr:192.168.178.1  Bcast:…  Mask:255.255.255.0
 * fd000178000000000000000000000001 03 40 00 80      lan     address, index, prefix length, scope, flags: all hex
 * </pre>
 */
final class AddressReading {
    /** IFA_F_TEMPORARY, DEPRECATED and TENTATIVE: addresses that don't last (linux/if_addr.h). */
    private static final int PASSING = 0x01 | 0x20 | 0x40;

    /** Name to IPv4 {address, mask}, null for an interface without one; in the order found. */
    private final Map<String, byte[][]> v4 = new LinkedHashMap<String, byte[][]>();
    private final Map<String, byte[]> v6 = new LinkedHashMap<String, byte[]>();
    private final Map<String, Integer> v6Prefix = new LinkedHashMap<String, Integer>();

    AddressReading(Readings readings) {
        for (String line : readings.lines("/proc/net/dev")) {
            int colon = line.lastIndexOf(':');
            // "eth0:123 …": old kernels leave no blank after the colon, aliases have one more
            if (colon > 0 && line.indexOf('|') < 0) {
                name(line.substring(0, colon).trim());
            }
        }
        readIp(readings.commandLines("ip_addr"));
        readIfconfig(readings.commandLines("ifconfig_-a"));
        for (String line : readings.lines("/proc/net/if_inet6")) {
            readInet6(line.trim().split(" +"));
        }
    }

    private void name(String name) {
        if (AddressLine.isName(name) && !v4.containsKey(name)) {
            v4.put(name, null);
        }
    }

    private void readIp(List<String> lines) {
        String current = null;
        for (String line : lines) {
            String head = AddressLine.ipHead(line);
            String[] inet = AddressLine.ipInet(line);
            if (head != null) {
                current = head;
                name(current);
            } else if (current != null && inet != null) {
                int prefix = inet[1] == null ? 32 : number(inet[1], 10, 32);
                // "scope global lan:0" at the end is the alias' label
                String label = line.trim().substring(line.trim().lastIndexOf(' ') + 1);
                String owner = label.startsWith(current + ":") ? label : current;
                if (prefix >= 0) {
                    address(owner, inet[0], Network.maskOf(Family.IPV4, prefix));
                }
            }
        }
    }

    private void readIfconfig(List<String> lines) {
        String current = null;
        for (String line : lines) {
            if (line.length() > 0 && line.charAt(0) != ' ' && line.charAt(0) != '\t') {
                current = line.indexOf(' ') < 0 ? line : line.substring(0, line.indexOf(' '));
                name(current);
            }
            String[] inet = AddressLine.ifconfigInet(line);
            if (current != null && inet != null) {
                address(current, inet[0], Addresses.parse(inet[1]));
            }
        }
    }

    private void address(String name, String ip, byte[] mask) {
        byte[] address = Addresses.parse(ip);
        if (AddressLine.isName(name) && address != null && mask != null && mask.length == 4 && v4.get(name) == null
                && new Network(Family.IPV4, address, mask).prefix() >= 0) {
            v4.put(name, new byte[][] {address, mask});
        }
    }

    private void readInet6(String[] words) {
        if (words.length != 6 || words[0].length() != 32 || !AddressLine.isName(words[5])) {
            return;
        }
        int prefix = number(words[2], 16, 128);
        int scope = number(words[3], 16, 255);
        int flags = number(words[4], 16, 0xffff);
        byte[] address = bytes(words[0]);
        name(words[5]);
        if (prefix < 0 || scope != 0 || flags < 0 || (flags & PASSING) != 0 || address == null) {
            return;
        }
        byte[] before = v6.get(words[5]);
        if (before == null || isUniqueLocal(address) && !isUniqueLocal(before)) {
            v6.put(words[5], address);
            v6Prefix.put(words[5], prefix);
        }
    }

    /** fc00::/7: does not change when the provider does. */
    private static boolean isUniqueLocal(byte[] address) {
        return (address[0] & 0xfe) == 0xfc;
    }

    private static byte[] bytes(String hex) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < 16; i++) {
            int value = number(hex.substring(2 * i, 2 * i + 2), 16, 255);
            if (value < 0) {
                return null;
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    /** The number, or -1 when it is none or above the limit. */
    private static int number(String text, int radix, int max) {
        try {
            int value = Integer.parseInt(text, radix);
            return value < 0 || value > max || text.charAt(0) == '+' ? -1 : value;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Every interface found, aliases too, in the order found. */
    List<String> names() {
        return new ArrayList<String>(v4.keySet());
    }

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
