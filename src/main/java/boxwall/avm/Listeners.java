package boxwall.avm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.box.Interface;
import boxwall.box.Readings;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;

/**
 * What listens on the box: /proc/net/tcp, tcp6, udp and udp6, a line a socket with its address and port, its peer's,
 * and its state (0A for a TCP port that listens, 07 for a UDP port without a peer), all in hex; the program from
 * {@code netstat -lntup}, where it was read: <pre>
 *    0: 0100007F:1FF5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1204 …
 * tcp        0      0 127.0.0.1:8181          0.0.0.0:*               LISTEN      512/jamvm
 * </pre> An address is printed as words of the machine's own byte order, so that 127.0.0.1 is 0100007F on one box and
 * 7F000001 on another.
 */
public final class Listeners {
    /** Ports and what is known to be there on a FRITZ!Box or by IANA; 0 for both protocols. */
    private static final Object[][] PORTS = {{6, 21, "FTP"}, {6, 22, "ssh"}, {6, 23, "telnet"}, {0, 53, "DNS"},
            {17, 67, "DHCP"}, {17, 68, "DHCP client"}, {6, 80, "web page"}, {6, 81, "Freetz web page"},
            {17, 123, "NTP"}, {0, 137, "SMB names"}, {17, 138, "SMB"}, {6, 139, "SMB"}, {17, 161, "SNMP"},
            {6, 443, "web page, TLS"}, {6, 445, "SMB"}, {17, 500, "IPsec"}, {17, 546, "DHCPv6 client"},
            {17, 547, "DHCPv6"}, {6, 554, "RTSP"}, {6, 1012, "call monitor"}, {0, 1194, "OpenVPN"}, {17, 1900, "UPnP"},
            {17, 4500, "IPsec"}, {6, 5031, "CAPI"}, {0, 5060, "SIP"}, {0, 5061, "SIP, TLS"}, {17, 5351, "port mapping"},
            {17, 5353, "mDNS"}, {17, 5355, "names"}, {6, 7547, "TR-069"}, {6, 8089, "TR-069"}, {6, 8181, "boxwall"},
            {6, 8200, "DLNA"}, {6, 49000, "TR-064, UPnP"}, {6, 49200, "DLNA"}, {6, 49443, "TR-064, TLS"},
            {17, 51820, "WireGuard"},};

    /** Something that listens on the box: a UDP or TCP port, on one address or on all of them. Immutable. */
    public static final class Service {
        public final Family family;
        /** 6 or 17. */
        public final int protocol;
        /** The one it is bound to, or null for every one of the box. */
        public final byte[] address;
        public final int port;
        /** The process or what the port is known for, or null. */
        public final String name;

        /** Makes a service. */
        public Service(Family family, int protocol, byte[] address, int port, String name) {
            this.family = family;
            this.protocol = protocol;
            this.address = address;
            this.port = port;
            this.name = name;
        }

        /** {@code tcp 8181 (boxwall)}, {@code tcp 127.0.0.1 port 5031}, {@code udp6 5060 (SIP)}. */
        @Override
        public String toString() {
            return (protocol == 6 ? "tcp" : "udp") + (family == Family.IPV6 ? "6" : "")
                    + (address == null ? " " : " " + Addresses.print(address) + " port ") + port
                    + (name == null ? "" : " (" + name + ")");
        }
    }

    private static final List<String> LITTLE = Collections.unmodifiableList(
            Arrays.asList("mipsel", "armv5l", "armv6l", "armv7l", "aarch64", "i386", "i486", "i586", "i686", "x86_64"));

    private final Boolean little;
    private final Map<String, String> programs = new LinkedHashMap<>();
    private final Map<String, Service> found = new LinkedHashMap<>();

    private Listeners(Boolean little) { this.little = little; }

    /** The services in the order of the files; null when none of the files was read, so that nobody knows. */
    public static List<Service> of(Readings readings) {
        Listeners listeners = new Listeners(littleEndian(readings));
        for (String line : readings.commandLines("netstat_-lntup")) {
            listeners.program(Words.of(line));
        }
        boolean read = false;
        for (String name : new String[] {"tcp", "udp", "tcp6", "udp6"}) {
            read |= readings.file("/proc/net/" + name) != null;
            for (String line : readings.lines("/proc/net/" + name)) {
                listeners.socket(name.startsWith("tcp") ? 6 : 17, Words.of(line));
            }
        }
        return read ? new ArrayList<Service>(listeners.found.values()) : null;
    }

    /** {@code tcp 0 0 :::80 :::* LISTEN 512/ctlmgr}; a dash where the program isn't known. */
    private void program(String[] words) {
        String last = words.length == 0 ? "" : words[words.length - 1];
        int slash = last.indexOf('/');
        if (words.length >= 6 && slash > 0 && slash < last.length() - 1 && last.length() < 64) {
            String port = words[3].substring(words[3].lastIndexOf(':') + 1);
            programs.put(words[0].substring(0, Math.min(3, words[0].length())) + port, last.substring(slash + 1));
        }
    }

    private void socket(int protocol, String[] words) {
        if (words.length < 4 || !words[0].endsWith(":") || !words[3].equals(protocol == 6 ? "0A" : "07")) { return; }
        int colon = words[1].indexOf(':');
        String hex = colon < 0 ? "" : words[1].substring(0, colon);
        byte[] printed = Words.bytes(hex);
        int port =
                words[1].length() != colon + 5 ? -1 : (int) Words.number("0x" + words[1].substring(colon + 1), 65535);
        if (printed == null || printed.length != 4 && printed.length != 16 || port <= 0) { return; }
        boolean any = hex.replace('0', ' ').trim().length() == 0;
        byte[] address = any || little == null ? null : address(printed);
        Family family = hex.length() == 8 ? Family.IPV4 : Family.IPV6;
        if (address != null && address.length == 16 && Addresses.print(address).startsWith("::ffff:")) {
            address = Arrays.copyOfRange(address, 12, 16);
            family = Family.IPV4;
        }
        add(family, protocol, address, port);
        if (family == Family.IPV6 && address == null) {
            // a socket on :: takes IPv4 too, unless it said otherwise, which can't be seen from here
            add(Family.IPV4, protocol, null, port);
        }
    }

    private void add(Family family, int protocol, byte[] address, int port) {
        String program = programs.get((protocol == 6 ? "tcp" : "udp") + port);
        String known = null;
        for (Object[] each : PORTS) {
            boolean fits = each[0].equals(protocol) || each[0].equals(0);
            known = fits && each[1].equals(port) ? (String) each[2] : known;
        }
        String name = known == null ? program : program == null ? known : known + ": " + program;
        Service service = new Service(family, protocol, address, port, name);
        found.put(service.toString() + family, service);
    }

    private byte[] address(byte[] printed) {
        byte[] bytes = printed.clone();
        for (int i = 0; little.booleanValue() && i < bytes.length; i++) {
            bytes[i / 4 * 4 + 3 - i % 4] = printed[i];
        }
        return bytes;
    }

    /**
     * Which byte order /proc prints, told by what must be there: a network mask in /proc/net/route is a run of ones
     * from the left, and something mostly listens on 127.0.0.1. Null when nothing tells.
     */
    private static Boolean littleEndian(Readings readings) {
        for (String line : readings.lines("/proc/net/route")) {
            String[] words = Words.of(line);
            String mask = words.length > 7 && words[7].length() == 8 && Words.bytes(words[7]) != null ? words[7] : "";
            if (mask.startsWith("FF") != mask.endsWith("FF")) { return mask.endsWith("FF"); }
        }
        for (String name : Arrays.asList("/proc/net/tcp", "/proc/net/udp")) {
            for (String line : readings.lines(name)) {
                if (line.contains(": 0100007F:") || line.contains(": 7F000001:")) {
                    return line.contains(": 0100007F:");
                }
            }
        }
        for (String line : readings.commandLines("uname_-a")) {
            for (String word : Words.of(line)) {
                if (LITTLE.contains(word)) { return Boolean.TRUE; }
            }
        }
        return null;
    }

    /**
     * Interfaces whose packets netfilter sees and somebody may be behind: not loopback, aliases, ports of a bridge,
     * tunnels never set up.
     */
    public static List<String> doors(List<Interface> interfaces) {
        List<String> doors = new ArrayList<>();
        for (Interface one : interfaces) {
            boolean set = one.ip != null || one.ip6 != null;
            boolean main = one.role == Interface.Role.LAN || one.role == Interface.Role.WAN
                    || one.role == Interface.Role.GUEST;
            if (main || set && one.role != Interface.Role.LOOPBACK && one.role != Interface.Role.ALIAS) {
                doors.add(one.name);
            }
        }
        return Collections.unmodifiableList(doors);
    }
}
