package boxwall.box;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import boxwall.netfilter.Words;

/** A network interface of the box with its role and the reason for it. Immutable. */
public final class Interface {
    /** The purpose of an interface. */
    public enum Role {
        LOOPBACK, LAN, ALIAS, WAN, GUEST, PORT, TUNNEL, OTHER;

        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    private static final List<String> PORTS = Arrays.asList("eth", "lan", "ath", "wlan", "wifi", "wl", "tiwlan",
            "cpmac", "wdsup", "wdsdw", "usbrndis", "wasp", "plc", "usb", "bcmsw");
    /** Devices for DSL, fibre and serial lines below dsld, whose interface is the one that netfilter sees. */
    private static final List<String> BELOW_DSLD =
            Arrays.asList("dsl", "adsl", "vdsl", "ptm", "atm", "nas", "ppptty", "VANI", "ptm_vr");
    private static final List<String> TUNNELS = Arrays.asList("sit", "tunl", "ip6tnl", "gre", "gretap", "erspan", "tun",
            "tap", "wg", "ip6gre", "ip_vti", "ip6_vti", "teql", "dummy", "ifb", "imq", "6rd", "ipsec");
    private static final List<String> DIALLED = Arrays.asList("ppp", "wwan", "wan", "wanmodem", "inet", "voip");
    /** Interfaces without traffic of the networks: name and reason. */
    private static final String[][] INNER =
            {{"cpunet", "the link between the box's own processors"}, {"br-omci", "management of the fibre line"},
                    {"archer", "Broadcom's packet accelerator"}, {"ing", "the kernel's queue for what comes in"},};

    public final String name;
    public final Role role;
    /** The reason for this role; one sentence. */
    public final String reason;
    /** Its first IPv4 address, {@code 192.168.178.1}, or null. */
    public final String ip;
    /** The network of that address, {@code 192.168.178.0/24}, or null. */
    public final String net;
    /** Its permanent IPv6 address (a unique local one before a global one, no link-local one), or null. */
    public final String ip6;
    /** The network of that address, or null. */
    public final String net6;

    Interface(String name, Role role, String reason, String ip, String net, String ip6, String net6) {
        this.name = name;
        this.role = role;
        this.reason = reason;
        this.ip = ip;
        this.net = net;
        this.ip6 = ip6;
        this.net6 = net6;
    }

    /** The interface of that name on any FRITZ!Box. */
    public static Interface byName(String name) {
        return new Interface(name, Role.OTHER, "", null, null, null, null).classified(false);
    }

    /**
     * Whether a name is a stem, alone or with a number: {@code eth0}, {@code eth0.8}; {@code more}: also
     * {@code eth0-x}.
     */
    private static boolean hasStem(String name, List<String> stems, boolean more) {
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

    /** The reason why an interface carries no traffic of the networks, or null. */
    public static String inner(String name) {
        for (String[] one : INNER) {
            if (hasStem(name, Collections.singletonList(one[0]), false)) { return one[1]; }
        }
        return null;
    }

    /** This interface with its role. */
    Interface classified(boolean defaultRoute) {
        if (name.equals("lo")) { return as(Role.LOOPBACK, "the kernel's name for loopback"); }
        if (name.indexOf(':') > 0) { return as(Role.ALIAS, "a further address of " + Words.before(name, ':')); }
        if (name.equals("lan")) { return as(Role.LAN, "AVM's name for the bridge of LAN and WLAN"); }
        if (name.equals("guest")) { return as(Role.GUEST, "AVM's name for the guest network's bridge"); }
        if (name.equals("hotspot")
                || name.length() > 6 && name.startsWith("guest") && "0123456789_.:-".indexOf(name.charAt(5)) >= 0) {
            return as(Role.PORT, "a port of the guest network by AVM's naming");
        }
        if (name.equals("dsl")) { return as(Role.WAN, "AVM's name for the Internet side"); }
        if (defaultRoute) { return as(Role.WAN, "the default route leads there"); }
        if (hasStem(name, DIALLED, false)) {
            return as(Role.WAN, "a name for an Internet side; no default route seen there");
        }
        if (hasStem(name, TUNNELS, false)) { return as(Role.TUNNEL, "a tunnel or dummy by its name"); }
        if (hasStem(name, PORTS, true)) { return as(Role.PORT, "a port by its name, normally part of the bridge lan"); }
        if (hasStem(name, BELOW_DSLD, true)) {
            return as(Role.PORT, "a device below AVM's dsld by its name: netfilter sees none of its packets");
        }
        return as(Role.OTHER, inner(name) != null ? inner(name) : "no rule for this name");
    }

    /** Whether a text can be an interface's name: IFNAMSIZ is 16 with the end; an alias adds ":0". */
    static boolean isName(String text) {
        return text.length() < 32 && Words.isName(text, "_.:@+-");
    }

    Interface as(Role other, String why) { return new Interface(name, other, why, ip, net, ip6, net6); }

    @Override
    public String toString() { return name + " (" + role.word() + ": " + reason + ")"; }
}
