package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import boxwall.box.Interface.Role;
import boxwall.netfilter.Words;

/** Which interface is the LAN, which the WAN, which the guests': by AVM's names first, then by the default route. */
public final class InterfaceReading {
    private static final List<String> PORTS = Arrays.asList("eth", "lan", "ath", "wlan", "wifi", "wl", "tiwlan",
            "cpmac", "wdsup", "wdsdw", "usbrndis", "wasp", "plc", "usb", "bcmsw");
    /** Below dsld, whose own interface is what netfilter sees of the Internet: DSL, fibre and serial devices. */
    private static final List<String> BELOW_DSLD =
            Arrays.asList("dsl", "adsl", "vdsl", "ptm", "atm", "nas", "ppptty", "VANI", "ptm_vr");
    private static final List<String> TUNNELS = Arrays.asList("sit", "tunl", "ip6tnl", "gre", "gretap", "erspan", "tun",
            "tap", "wg", "ip6gre", "ip_vti", "ip6_vti", "teql", "dummy", "ifb", "imq", "6rd", "ipsec");
    private static final List<String> DIALLED = Arrays.asList("ppp", "wwan", "wan", "wanmodem", "inet", "voip");
    /** What carries no traffic of the networks: by name, with the reason. */
    private static final String[][] INNER =
            {{"cpunet", "the link between the box's own processors"}, {"br-omci", "management of the fibre line"},
                    {"archer", "Broadcom's packet accelerator"}, {"ing", "the kernel's queue for what comes in"},};

    private final List<Interface> all = new ArrayList<>();

    /** As these readings say. */
    public InterfaceReading(Readings readings, KernelLog log) {
        AddressReading addresses = new AddressReading(readings);
        String route = defaultRoute(readings);
        Set<String> names = new LinkedHashSet<>(addresses.names());
        if (names.isEmpty()) { fromLog(log, names); }
        for (String name : names) {
            all.add(classify(addresses.bare(name), name.equals(route)));
        }
        electWan();
    }

    /**
     * {@code lan: port 1(eth0) entered forwarding state}, {@code IPv6: ADDRCONF(NETDEV_UP): guest: link is not ready}.
     */
    private static void fromLog(KernelLog log, Set<String> names) {
        for (KernelLog.Line line : log.find(" forwarding state")) {
            int port = Words.find(line.text, ": port ", 0);
            int open = port < 1 ? -1 : line.text.indexOf('(', port);
            int close = open < 0 ? -1 : line.text.indexOf(')', open);
            if (close > 0) {
                add(names, line.text.substring(0, port));
                add(names, line.text.substring(open + 1, close));
            }
        }
        for (KernelLog.Line line : log.find("ADDRCONF(NETDEV_")) {
            int name = Words.find(line.text, "): ", 0) + 3;
            int end = name < 3 ? -1 : line.text.indexOf(": link ", name);
            if (end > 0) { add(names, line.text.substring(name, end)); }
        }
    }

    private static void add(Set<String> names, String name) { if (AddressLine.isName(name)) { names.add(name); } }

    /**
     * Whether a name is one of those with a number behind it, perhaps none: {@code eth0}, {@code eth0.8}; with
     * {@code more}, also {@code eth0-x}.
     */
    private static boolean isOne(String name, List<String> stems, boolean more) {
        for (String stem : stems) {
            int end = stem.length();
            while (name.startsWith(stem) && end < name.length()
                    && (Words.digits(name, end) > end || name.charAt(end) == '.')) {
                end++;
            }
            if (name.startsWith(stem) && (end == name.length()
                    || more && (name.charAt(end - 1) == '.' || ":_-".indexOf(name.charAt(end)) >= 0))) {
                return true;
            }
        }
        return false;
    }

    /** Why an interface belongs to the box's inside alone, or null. */
    public static String inner(String name) {
        for (String[] one : INNER) {
            if (isOne(name, Collections.singletonList(one[0]), false)) { return one[1]; }
        }
        return null;
    }

    static Interface classify(Interface bare, boolean defaultRoute) {
        String name = bare.name();
        if (name.equals("lo")) {
            return bare.as(Role.LOOPBACK, "the kernel's name for loopback");
        } else if (name.indexOf(':') > 0) {
            return bare.as(Role.ALIAS, "a further address of " + name.substring(0, name.indexOf(':')));
        } else if (name.equals("lan")) {
            return bare.as(Role.LAN, "AVM's name for the bridge of LAN and WLAN");
        } else if (name.equals("guest")) {
            return bare.as(Role.GUEST, "AVM's name for the guest network's bridge");
        } else if (name.length() > 6 && name.startsWith("guest") && "0123456789_.:-".indexOf(name.charAt(5)) >= 0
                || name.equals("hotspot")) {
            return bare.as(Role.PORT, "a port of the guest network by AVM's naming");
        } else if (name.equals("dsl")) {
            return bare.as(Role.WAN, "AVM's name for the Internet side");
        } else if (defaultRoute) {
            return bare.as(Role.WAN, "the default route leads there");
        } else if (isOne(name, DIALLED, false)) {
            return bare.as(Role.WAN, "a name for an Internet side; no default route seen there");
        } else if (isOne(name, TUNNELS, false)) {
            return bare.as(Role.TUNNEL, "a tunnel or dummy by its name");
        } else if (isOne(name, PORTS, true)) {
            return bare.as(Role.PORT, "a port by its name, normally part of the bridge lan");
        } else if (isOne(name, BELOW_DSLD, true)) {
            return bare.as(Role.PORT, "a device below AVM's dsld by its name: netfilter sees none of its packets");
        } else if (inner(name) != null) { return bare.as(Role.OTHER, inner(name)); }
        return bare.as(Role.OTHER, "no rule for this name");
    }

    /**
     * The interface of the default route, or null: {@code dsl 00000000 010071CB 0003 …}, destination and mask all zero.
     */
    private static String defaultRoute(Readings readings) {
        for (String line : readings.lines("/proc/net/route")) {
            String[] words = Words.of(line);
            if (words.length >= 8 && words[1].equals("00000000") && words[7].equals("00000000")) { return words[0]; }
        }
        for (String line : readings.commandLines("route_-n")) {
            String[] words = Words.of(line);
            if (words.length >= 8 && words[0].equals("0.0.0.0") && words[2].equals("0.0.0.0")) { return words[7]; }
        }
        return null;
    }

    /** Only one WAN: dsl before the default route's before a mere name; the others become OTHER. */
    private void electWan() {
        Interface elected = null;
        for (Interface one : all) {
            if (one.role == Role.WAN && (elected == null || rank(one) < rank(elected))) { elected = one; }
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).role == Role.WAN && all.get(i) != elected) {
                all.set(i, all.get(i).as(Role.OTHER,
                        "another Internet side; " + elected.name() + " is taken for the WAN"));
            }
        }
    }

    private static int rank(Interface wan) {
        return wan.reason.startsWith("the default route") ? 0 : wan.name().equals("dsl") ? 1 : 2;
    }

    public List<Interface> all() { return Collections.unmodifiableList(all); }

    /** The first interface of that role, or null. */
    public Interface of(Role role) {
        for (Interface one : all) {
            if (one.role == role) { return one; }
        }
        return null;
    }
}
