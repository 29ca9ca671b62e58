package boxwall.explain;

import boxwall.box.Interface;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a ruleset stands: the box's interfaces with their own addresses, and which networks lie behind which interface.
 * Nothing is added to it once it is asked. Without own addresses of a family nothing is known of its routing.
 */
public final class Site {
    /**
     * IPv6 addresses of one link: no router forwards a packet from or to them (RFC 4291, 2.5.6 and 2.7; in the kernel
     * ip6_forward and ip6_mc_input), whatever its own addresses are. {@code ff02::} under a mask that leaves the flags
     * open: ff12:: and ff32:: are of the same scope.
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
    /** What {@link #isLocal} is true for. */
    final List<Network> local = new ArrayList<>();

    Site() {
        for (String network : LOCAL) {
            local.add(Network.parse(network));
        }
    }

    /** A site of which nothing is known. */
    public static Site unknown() { return new Site(); }

    /** What is known of a box; an alias ({@code lan:0}) is a further address of its interface, as in the kernel. */
    public static Site of(BoxFacts facts) {
        Site site = new Site();
        for (Interface each : facts.interfaces) {
            int colon = each.name.indexOf(':');
            String name = colon > 0 ? each.name.substring(0, colon) : each.name;
            site.add(name).attach(name, each.ip, each.net).attach(name, each.ip6, each.net6);
        }
        if (facts.wan != null) {
            site.route(Network.parse("0.0.0.0/0"), facts.wan.name).route(Network.parse("::/0"), facts.wan.name);
        }
        return site.role("lan", name(facts.lan)).role("wan", name(facts.wan)).role("guest", name(facts.guest));
    }

    /** The interfaces' names, in the order in which they were given; empty when not known. */
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
        for (Map.Entry<String, List<byte[]>> each : own.entrySet()) {
            if (name == null || each.getKey().equals(name)) {
                for (byte[] address : each.getValue()) {
                    if (address.length * 8 == family.addressBits) { found.add(address.clone()); }
                }
            }
        }
        return found;
    }

    /** Networks, and behind which interface each lies: attached ones and routes, by default everything. */
    public Map<Network, String> routes() {
        return Collections.unmodifiableMap(routes);
    }

    /** Whether own addresses of that family are known, so that INPUT and FORWARD can be distinguished. */
    public boolean knows(Family family) {
        return !addresses(family, null).isEmpty();
    }

    /** Whether the address is the box's own on any interface. */
    public boolean isOwn(byte[] address) {
        for (byte[] mine : addresses(address.length == 4 ? Family.IPV4 : Family.IPV6, null)) {
            if (Arrays.equals(mine, address)) { return true; }
        }
        return false;
    }

    /**
     * Whether a packet to that address ends on the box: own addresses, loopback, broadcast, multicast; in IPv6
     * link-local ones. (Multicast routing is left out: the box's own stack is asked in any case.)
     */
    boolean isLocal(byte[] dst) { return isIn(dst, local); }

    /** Whether a packet to that address stays on its link; null is not known to. */
    static boolean endsOnItsLink(byte[] dst) {
        return isIn(dst, LINK_DESTINATIONS);
    }

    /** Whether a packet from that address stays on its link; null is not known to. */
    static boolean startsOnItsLink(byte[] src) {
        return isIn(src, LINK_SOURCES);
    }

    private static boolean isIn(byte[] address, List<Network> networks) {
        for (Network network : networks) {
            if (address != null && network.contains(address)) { return true; }
        }
        return false;
    }

    /** Whether nobody outside can send to the address. */
    static boolean isLoopback(byte[] address) {
        return address.length == 4 ? address[0] == 127 : Arrays.equals(address, Numbers.bytes(1, 16));
    }

    /** The interface through which the box would send to that address, or null when no route is known. */
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

    /** Adds an interface; harmless when it is there already. */
    Site add(String name) {
        if (!own.containsKey(name)) { own.put(name, new ArrayList<byte[]>()); }
        return this;
    }

    /** Adds an interface's own address with the network around it, say 192.168.178.1 and 24. */
    Site add(String name, byte[] address, int prefix) {
        add(name).own.get(name).add(address.clone());
        Family family = address.length == 4 ? Family.IPV4 : Family.IPV6;
        Network network = Network.ofPrefix(family, address, prefix);
        local.add(Network.ofPrefix(family, address, family.addressBits));
        if (family == Family.IPV4 && prefix > 0 && prefix < 31) {
            local.add(Network.ofPrefix(family, Numbers.last(network), 32));
        }
        return route(network, name);
    }

    private Site attach(String name, String address, String net) {
        return address == null || net == null ? this
                : add(name, Addresses.parse(address), Integer.parseInt(net.substring(net.indexOf('/') + 1)));
    }

    /** Adds a network that lies behind an interface; {@code 0.0.0.0/0} or {@code ::/0} for the default route. */
    Site route(Network network, String name) {
        add(name).routes.put(network, name);
        return this;
    }

    /** Says which interface plays a role ({@code lan}, {@code wan}, {@code guest}) when none has that name. */
    Site role(String word, String name) {
        if (name != null) { roles.put(word, name); }
        return this;
    }

    private static String name(Interface one) { return one == null ? null : one.name; }
}
