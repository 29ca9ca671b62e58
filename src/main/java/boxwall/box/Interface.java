package boxwall.box;

import java.util.Locale;

/** A network interface of the box with what it is for, and why that is thought. Immutable. */
public final class Interface {
    /** What an interface is for. */
    public enum Role {
        LOOPBACK, LAN, ALIAS, WAN, GUEST, PORT, TUNNEL, OTHER;

        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    private final String name;
    public final Role role;
    /** Why it has this role; one sentence. */
    public final String reason;
    private final String ip;
    private final String net;
    private final String ip6;
    private final String net6;

    Interface(String name, Role role, String reason, String ip, String net, String ip6, String net6) {
        this.name = name;
        this.role = role;
        this.reason = reason;
        this.ip = ip;
        this.net = net;
        this.ip6 = ip6;
        this.net6 = net6;
    }

    /** What an interface of that name is for on a FRITZ!Box, whether this box has one or not. */
    public static Interface byName(String name) {
        return InterfaceReading.classify(new Interface(name, Role.OTHER, "", null, null, null, null), false);
    }

    Interface as(Role other, String why) { return new Interface(name, other, why, ip, net, ip6, net6); }

    public String name() { return name; }

    /** Its first IPv4 address, {@code 192.168.178.1}, or null. */
    public String ip() { return ip; }

    /** The network of that address, {@code 192.168.178.0/24}, or null. */
    public String net() { return net; }

    /** Its lasting IPv6 address (a unique local one before a global one, no link-local one), or null. */
    public String ip6() {
        return ip6;
    }

    /** The network of that address, or null. */
    public String net6() { return net6; }

    @Override
    public String toString() { return name + " (" + role.word() + ": " + reason + ")"; }
}
