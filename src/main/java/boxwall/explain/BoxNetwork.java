package boxwall.explain;

import boxwall.box.Interface;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The box's interfaces with its own addresses, and the routes. Complete before its first use. Without own addresses of
 * a family nothing is known of its routing.
 */
public final class BoxNetwork {
    /**
     * Link-local IPv6 addresses: no router forwards a packet from or to them (RFC 4291, 2.5.6 and 2.7; in the kernel
     * ip6_forward and ip6_mc_input). The mask of {@code ff02::} ignores the flags: ff12:: and ff32:: have the same
     * scope.
     */
    static final List<Network> LINK_DESTINATIONS = Arrays.asList(Network.parse("fe80::/10"),
            new Network(Family.IPV6, Addresses.parse("ff01::"), Addresses.parse("ff0f::")),
            new Network(Family.IPV6, Addresses.parse("ff02::"), Addresses.parse("ff0f::")));
    static final List<Network> LINK_SOURCES = Collections.singletonList(Network.parse("fe80::/10"));
    /** Loopback, link-local addresses of IPv6, multicast, broadcast. */
    private static final String[] LOCAL =
            {"127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::1/128", "fe80::/10", "ff00::/8"};

    private final Map<String, List<byte[]>> own = new LinkedHashMap<>();
    private final Map<Network, String> routes = new LinkedHashMap<>();
    private final Map<String, String> roles = new LinkedHashMap<>();
    /** The networks of {@link #isLocal}. */
    final List<Network> local = new ArrayList<>();

    BoxNetwork() {
        for (String network : LOCAL) {
            local.add(Network.parse(network));
        }
    }

    /** A box of which nothing is known. */
    public static BoxNetwork unknown() { return new BoxNetwork(); }

    /** Reads the facts; an alias ({@code lan:0}) is another address of its interface, as in the kernel. */
    public static BoxNetwork of(BoxFacts facts) {
        BoxNetwork boxNetwork = new BoxNetwork();
        for (Interface device : facts.interfaces) {
            int colon = device.name.indexOf(':');
            String name = colon > 0 ? device.name.substring(0, colon) : device.name;
            boxNetwork.add(name).attach(name, device.ip, device.net).attach(name, device.ip6, device.net6);
        }
        if (facts.wan != null) {
            boxNetwork.route(Network.parse("0.0.0.0/0"), facts.wan.name).route(Network.parse("::/0"), facts.wan.name);
        }
        return boxNetwork.role("lan", name(facts.lan)).role("wan", name(facts.wan)).role("guest", name(facts.guest));
    }

    /** The interfaces' names in the order of the facts; empty when unknown. */
    public Set<String> interfaces() {
        return Collections.unmodifiableSet(own.keySet());
    }

    /** Whether the box has that interface; true when no interface is known. */
    public boolean has(String name) {
        return own.isEmpty() || own.containsKey(name);
    }

    /** The interface of a role ({@code lan}, {@code wan}, {@code guest}); the word itself when none is known. */
    public String interfaceFor(String word) {
        return !own.containsKey(word) && roles.containsKey(word) ? roles.get(word) : word;
    }

    /** The addresses of one interface, or of all of them when the name is null. */
    public List<byte[]> addresses(Family family, String name) {
        List<byte[]> found = new ArrayList<>();
        for (Map.Entry<String, List<byte[]>> entry : own.entrySet()) {
            if (name == null || entry.getKey().equals(name)) {
                for (byte[] address : entry.getValue()) {
                    if (address.length * 8 == family.addressBits) { found.add(address.clone()); }
                }
            }
        }
        return found;
    }

    /** The networks with their interfaces: attached networks, routes, and the default route. */
    public Map<Network, String> routes() {
        return Collections.unmodifiableMap(routes);
    }

    /** Whether own addresses of that family are known, so that INPUT and FORWARD can be distinguished. */
    public boolean knows(Family family) {
        return !addresses(family, null).isEmpty();
    }

    /** Whether the address is the box's own on any interface. */
    public boolean isOwn(byte[] address) {
        for (byte[] own : addresses(address.length == 4 ? Family.IPV4 : Family.IPV6, null)) {
            if (Arrays.equals(own, address)) { return true; }
        }
        return false;
    }

    /**
     * Whether a packet to that address ends on the box: own addresses, loopback, broadcast, multicast, and link-local
     * IPv6 addresses. (Multicast routing is ignored: the box itself gets those packets in any case.)
     */
    boolean isLocal(byte[] dst) { return isIn(dst, local); }

    /** Whether a packet to that address stays on its link; false for null. */
    static boolean endsOnItsLink(byte[] dst) {
        return isIn(dst, LINK_DESTINATIONS);
    }

    /** Whether a packet from that address stays on its link; false for null. */
    static boolean startsOnItsLink(byte[] src) {
        return isIn(src, LINK_SOURCES);
    }

    private static boolean isIn(byte[] address, List<Network> networks) {
        for (Network network : networks) {
            if (address != null && network.contains(address)) { return true; }
        }
        return false;
    }

    /** Whether it is a loopback address, to which nobody outside can send. */
    static boolean isLoopback(byte[] address) {
        return address.length == 4 ? address[0] == 127 : Arrays.equals(address, FieldBytes.bytes(1, 16));
    }

    /** The interface of the route to that address, or null when none is known. */
    public String interfaceTo(byte[] dst) {
        String best = null;
        int bestPrefix = -1;
        for (Map.Entry<Network, String> route : routes.entrySet()) {
            if (route.getKey().contains(dst) && route.getKey().prefix > bestPrefix) {
                best = route.getValue();
                bestPrefix = route.getKey().prefix;
            }
        }
        return best;
    }

    /**
     * The hook of a packet: OUTPUT from the box, FORWARD with both interfaces if it may be forwarded; null: routing
     * decides.
     */
    Hook start(Packet packet) {
        boolean in = packet.in() != null && packet.in().length() > 0;
        boolean out = packet.out() != null && packet.out().length() > 0;
        byte[] src = packet.src();
        boolean linkLocal = startsOnItsLink(src) || endsOnItsLink(packet.dst());
        if (in) { return out && !linkLocal ? Hook.FORWARD : null; }
        boolean foreign = src != null && knows(packet.family) && !isOwn(src) && !linkLocal;
        if (out) { return foreign ? Hook.FORWARD : Hook.OUTPUT; }
        return src != null && isOwn(src) ? Hook.OUTPUT : null;
    }

    /** Adds an interface, if it isn't known yet. */
    BoxNetwork add(String name) {
        if (!own.containsKey(name)) { own.put(name, new ArrayList<byte[]>()); }
        return this;
    }

    /** Adds an interface's own address with its network, as in 192.168.178.1 and 24. */
    BoxNetwork add(String name, byte[] address, int prefix) {
        add(name).own.get(name).add(address.clone());
        Family family = address.length == 4 ? Family.IPV4 : Family.IPV6;
        Network network = Network.ofPrefix(family, address, prefix);
        local.add(Network.ofPrefix(family, address, family.addressBits));
        if (family == Family.IPV4 && prefix > 0 && prefix < 31) {
            local.add(Network.ofPrefix(family, FieldBytes.last(network), 32));
        }
        return route(network, name);
    }

    private BoxNetwork attach(String name, String address, String net) {
        return address == null || net == null ? this
                : add(name, Addresses.parse(address), Integer.parseInt(net.substring(net.indexOf('/') + 1)));
    }

    /** Adds a route; {@code 0.0.0.0/0} or {@code ::/0} for the default route. */
    BoxNetwork route(Network network, String name) {
        add(name).routes.put(network, name);
        return this;
    }

    /** Sets the interface of a role ({@code lan}, {@code wan}, {@code guest}), used when no interface has that name. */
    BoxNetwork role(String word, String name) {
        if (name != null) { roles.put(word, name); }
        return this;
    }

    private static String name(Interface device) { return device == null ? null : device.name; }
}
