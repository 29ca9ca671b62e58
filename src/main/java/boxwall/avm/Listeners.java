package boxwall.avm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import boxwall.box.Interface;
import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;

/**
 * The sockets that listen on the box, from /proc/net/tcp, tcp6, udp and udp6: on each line a socket with its address
 * and port, its peer's, and its state (0A for a listening TCP port, 07 for a UDP port without a peer), all in hex; the
 * program from {@code netstat -lntup}, if that was read: <pre>
 *    0: 0100007F:1FF5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1204 …
 * tcp        0      0 127.0.0.1:8181          0.0.0.0:*               LISTEN      512/jamvm
 * </pre> An address is printed as words of the machine's own byte order, so that 127.0.0.1 is 0100007F on one box and
 * 7F000001 on another.
 */
public final class Listeners {
    /** The rows of the resource {@code services}: protocol, port, name, and perhaps the name in a warning. */
    public static final List<String[]> SERVICES = ResourceRows.of("/boxwall/avm/services");
    private static final List<String> LITTLE_ENDIAN =
            Arrays.asList("mipsel", "armv5l", "armv6l", "armv7l", "aarch64", "i386", "i486", "i586", "i686", "x86_64");

    /** A listening UDP or TCP port, on one address or on all of them. Immutable. */
    public static final class Service {
        public final Family family;
        /** 6 or 17. */
        public final int protocol;
        /** The address that it is bound to; null for every address of the box. */
        public final byte[] address;
        public final int port;
        /** The program or the port's usual service, or null. */
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

    /** The byte order of /proc; null if unknown. */
    private final Boolean littleEndian;
    /** The program by protocol and port: {@code tcp 80}. */
    private final Map<String, String> programs = new HashMap<>();
    /** Each service by its text, once. */
    private final Map<String, Service> found = new LinkedHashMap<>();

    private Listeners(Boolean littleEndian) { this.littleEndian = littleEndian; }

    /** The services in the files' order; null if no file was read, so that they are unknown. */
    public static List<Service> of(Readings readings) {
        Listeners listeners = new Listeners(littleEndian(readings));
        for (String line : readings.lines("netstat_-lntup")) {
            listeners.program(Words.of(line));
        }
        boolean read = false;
        for (String name : new String[] {"tcp", "udp", "tcp6", "udp6"}) {
            read |= readings.text("/proc/net/" + name) != null;
            for (String line : readings.lines("/proc/net/" + name)) {
                listeners.socket(name.startsWith("tcp") ? "tcp" : "udp", Words.of(line));
            }
        }
        return read ? new ArrayList<Service>(listeners.found.values()) : null;
    }

    /** {@code tcp 0 0 :::80 :::* LISTEN 512/ctlmgr}; a dash for an unknown program. */
    private void program(String[] words) {
        String last = words.length == 0 ? "" : words[words.length - 1];
        int slash = last.indexOf('/');
        if (words.length >= 6 && slash > 0 && slash < last.length() - 1 && last.length() < 64) {
            String port = words[3].substring(words[3].lastIndexOf(':') + 1);
            String protocol = words[0].substring(0, Math.min(3, words[0].length()));
            programs.put(protocol + " " + port, last.substring(slash + 1));
        }
    }

    private void socket(String protocol, String[] words) {
        String listening = protocol.equals("tcp") ? "0A" : "07";
        if (words.length < 4 || !words[0].endsWith(":") || !words[3].equals(listening)) { return; }
        int colon = words[1].indexOf(':');
        String hex = colon < 0 ? "" : words[1].substring(0, colon);
        byte[] printed = Words.bytes(hex);
        int port =
                words[1].length() != colon + 5 ? -1 : (int) Words.number("0x" + words[1].substring(colon + 1), 65535);
        if (printed == null || printed.length != 4 && printed.length != 16 || port <= 0) { return; }
        boolean any = hex.replace('0', ' ').trim().length() == 0;
        byte[] address = any || littleEndian == null ? null : address(printed);
        Family family = hex.length() == 8 ? Family.IPV4 : Family.IPV6;
        if (address != null && address.length == 16 && Addresses.print(address).startsWith("::ffff:")) {
            address = Arrays.copyOfRange(address, 12, 16);
            family = Family.IPV4;
        }
        add(family, protocol, address, port);
        if (family == Family.IPV6 && address == null) {
            // a socket on :: accepts IPv4 too unless its program disabled that, which /proc doesn't show
            add(Family.IPV4, protocol, null, port);
        }
    }

    private void add(Family family, String protocol, byte[] address, int port) {
        String program = programs.get(protocol + " " + port);
        String known = null;
        for (String[] row : SERVICES) {
            known = row[0].equals(protocol) && row[1].equals(String.valueOf(port)) ? row[2].replace('~', ' ') : known;
        }
        String name = known == null ? program : program == null ? known : known + ": " + program;
        Service service = new Service(family, protocol.equals("tcp") ? 6 : 17, address, port, name);
        found.put(service.toString(), service);
    }

    private byte[] address(byte[] printed) {
        byte[] bytes = printed.clone();
        for (int i = 0; littleEndian.booleanValue() && i < bytes.length; i++) {
            bytes[i / 4 * 4 + 3 - i % 4] = printed[i];
        }
        return bytes;
    }

    /**
     * The byte order that /proc shows: a network mask in /proc/net/route begins with ones, and most boxes have a socket
     * on 127.0.0.1. Else the processor's; null for an unknown one.
     */
    private static Boolean littleEndian(Readings readings) {
        for (String line : readings.lines("/proc/net/route")) {
            String[] words = Words.of(line);
            String mask = words.length > 7 && words[7].length() == 8 && Words.bytes(words[7]) != null ? words[7] : "";
            if (mask.startsWith("FF") != mask.endsWith("FF")) { return mask.endsWith("FF"); }
        }
        for (ReadingLine line : readings.all("/proc/net/tcp", "/proc/net/udp")) {
            boolean little = line.text.contains(": 0100007F:");
            if (little || line.text.contains(": 7F000001:")) { return little; }
        }
        for (String line : readings.lines("uname_-a")) {
            if (!Collections.disjoint(LITTLE_ENDIAN, Arrays.asList(Words.of(line)))) { return Boolean.TRUE; }
        }
        return null;
    }

    /**
     * The interfaces that a client may be behind and whose packets netfilter sees: no loopback, no aliases, no ports of
     * a bridge, no tunnels that were never set up.
     */
    public static List<String> exposedInterfaces(List<Interface> interfaces) {
        List<String> names = new ArrayList<>();
        for (Interface candidate : interfaces) {
            boolean hasAddress = candidate.ip != null || candidate.ip6 != null;
            boolean main = candidate.role == Interface.Role.LAN || candidate.role == Interface.Role.WAN
                    || candidate.role == Interface.Role.GUEST;
            if (main || hasAddress && candidate.role != Interface.Role.LOOPBACK
                    && candidate.role != Interface.Role.ALIAS) {
                names.add(candidate.name);
            }
        }
        return names;
    }
}
