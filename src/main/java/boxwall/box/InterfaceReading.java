package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import boxwall.box.Interface.Role;
import boxwall.netfilter.Words;

/** Which interface is the LAN, which the WAN, which the guests': by AVM's names first, then by the default route. */
public final class InterfaceReading {
    /** What rules may name of a box. */
    public static final List<String> NAMES = Collections.unmodifiableList(Arrays.asList("LAN_IF", "LAN_IP", "LAN_NET",
            "LAN_IP6", "LAN_NET6", "WAN_IF", "GUEST_IF", "GUEST_IP", "GUEST_NET", "GUEST_IP6", "GUEST_NET6"));

    public final List<Interface> all = new ArrayList<>();

    /** As these readings say. */
    public InterfaceReading(Readings readings) {
        AddressReading addresses = new AddressReading(readings);
        String route = defaultRoute(readings);
        Set<String> names = new LinkedHashSet<>(addresses.names());
        if (names.isEmpty()) { fromLog(readings, names); }
        for (String name : names) {
            if (Interface.isName(name)) { all.add(addresses.bare(name).classified(name.equals(route))); }
        }
        electWan();
    }

    /** What {@code ip addr} or {@code ifconfig} says alone; none for "". */
    public static InterfaceReading of(String text) {
        // "3: lan: <…" is how ip begins, "lan Link encap" ifconfig
        boolean ip = text.length() > 0 && Character.isDigit(text.charAt(0));
        return new InterfaceReading(new Readings(Collections.<String, String>emptyMap(),
                Collections.singletonMap(ip ? "ip_addr" : "ifconfig_-a", text)));
    }

    /**
     * {@code lan: port 1(eth0) entered forwarding state}, {@code IPv6: ADDRCONF(NETDEV_UP): guest: link is not ready}.
     */
    private static void fromLog(Readings readings, Set<String> names) {
        for (Line line : KernelLog.find(readings, " forwarding state")) {
            int port = Words.find(line.text, ": port ", 0);
            int open = port < 1 ? -1 : line.text.indexOf('(', port);
            int close = open < 0 ? -1 : line.text.indexOf(')', open);
            if (close > 0) {
                names.add(line.text.substring(0, port));
                names.add(line.text.substring(open + 1, close));
            }
        }
        for (Line line : KernelLog.find(readings, "ADDRCONF(NETDEV_")) {
            int name = Words.find(line.text, "): ", 0) + 3;
            int end = name < 3 ? -1 : line.text.indexOf(": link ", name);
            if (end > 0) { names.add(line.text.substring(name, end)); }
        }
    }

    /**
     * The interface of the default route, or null: {@code dsl 00000000 010071CB 0003 …}, destination and mask all zero.
     */
    private static String defaultRoute(Readings readings) {
        for (Line line : readings.all("/proc/net/route", "route -n")) {
            String[] words = line.words();
            boolean hex = line.source.startsWith("/");
            if (words.length >= 8 && words[hex ? 1 : 0].equals(hex ? "00000000" : "0.0.0.0")
                    && words[hex ? 7 : 2].equals(hex ? "00000000" : "0.0.0.0")) {
                return words[hex ? 0 : 7];
            }
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
                all.set(i,
                        all.get(i).as(Role.OTHER, "another Internet side; " + elected.name + " is taken for the WAN"));
            }
        }
    }

    private static int rank(Interface wan) {
        return wan.reason.startsWith("the default route") ? 0 : wan.name.equals("dsl") ? 1 : 2;
    }

    /** The first interface of that role, or null. */
    public Interface of(Role role) {
        for (Interface one : all) {
            if (one.role == role) { return one; }
        }
        return null;
    }

    /** Those of {@link #NAMES} that have a value here, with it. */
    public Map<String, String> names() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : NAMES) {
            Interface of = of(name.startsWith("LAN") ? Role.LAN : name.startsWith("WAN") ? Role.WAN : Role.GUEST);
            String part = name.substring(name.indexOf('_') + 1);
            String value = of == null ? null : part.equals("IF") ? of.name : part.equals("IP") ? of.ip
                    : part.equals("NET") ? of.net : part.equals("IP6") ? of.ip6 : of.net6;
            if (value != null) { values.put(name, value); }
        }
        return Collections.unmodifiableMap(values);
    }
}
