package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

import boxwall.box.Interface.Role;

/** Which interface is the LAN, which the WAN, which the guests': by AVM's names first, then by the default route. */
final class InterfaceReading {
    private static final Pattern PORT = Pattern.compile("(eth|lan|ath|wlan|wifi|wl|tiwlan|cpmac|wdsup|usbrndis|wasp|plc|usb)[0-9.]*([.:_-].*)?");
    private static final Pattern TUNNEL = Pattern.compile("(sit|tunl|ip6tnl|gre|gretap|erspan|tun|tap|wg|ip6gre|ip_vti|ip6_vti|teql|"
            + "dummy|ifb|imq|6rd|ipsec)[0-9.]*");
    private static final Pattern GUEST_PORT = Pattern.compile("guest[0-9_.:-].*");
    private static final Pattern DIALLED = Pattern.compile("(ppp|wwan|wan|wanmodem|inet|voip)[0-9.]*");

    private final List<Interface> all = new ArrayList<Interface>();

    InterfaceReading(Readings readings) {
        AddressReading addresses = new AddressReading(readings);
        String route = defaultRoute(readings);
        for (String name : addresses.names()) {
            all.add(classify(addresses.bare(name), name.equals(route)));
        }
        electWan();
    }

    private static Interface classify(Interface bare, boolean defaultRoute) {
        String name = bare.name();
        if (name.equals("lo")) {
            return bare.as(Role.LOOPBACK, "the kernel's name for loopback");
        } else if (name.indexOf(':') > 0) {
            return bare.as(Role.ALIAS, "a further address of " + name.substring(0, name.indexOf(':')));
        } else if (name.equals("lan")) {
            return bare.as(Role.LAN, "AVM's name for the bridge of LAN and WLAN");
        } else if (name.equals("guest")) {
            return bare.as(Role.GUEST, "AVM's name for the guest network's bridge");
        } else if (GUEST_PORT.matcher(name).matches() || name.equals("hotspot")) {
            return bare.as(Role.PORT, "a port of the guest network by AVM's naming");
        } else if (name.equals("dsl")) {
            return bare.as(Role.WAN, "AVM's name for the Internet side");
        } else if (defaultRoute) {
            return bare.as(Role.WAN, "the default route leads there");
        } else if (DIALLED.matcher(name).matches()) {
            return bare.as(Role.WAN, "a name for an Internet side; no default route seen there");
        } else if (TUNNEL.matcher(name).matches()) {
            return bare.as(Role.TUNNEL, "a tunnel or dummy by its name");
        } else if (PORT.matcher(name).matches()) {
            return bare.as(Role.PORT, "a port by its name, normally part of the bridge lan");
        }
        return bare.as(Role.OTHER, "no rule for this name");
    }

    /** The interface of the default route, or null: {@code dsl 00000000 010071CB 0003 …}, destination and mask all zero. */
    private static String defaultRoute(Readings readings) {
        for (String line : readings.lines("/proc/net/route")) {
            String[] words = line.trim().split("\\s+");
            if (words.length >= 8 && words[1].equals("00000000") && words[7].equals("00000000")) {
                return words[0];
            }
        }
        for (String line : readings.commandLines("route_-n")) {
            String[] words = line.trim().split("\\s+");
            if (words.length >= 8 && words[0].equals("0.0.0.0") && words[2].equals("0.0.0.0")) {
                return words[7];
            }
        }
        return null;
    }

    /** Only one WAN: dsl before the default route's before a mere name; the others become OTHER. */
    private void electWan() {
        Interface elected = null;
        for (Interface one : all) {
            if (one.role() == Role.WAN && (elected == null || rank(one) < rank(elected))) {
                elected = one;
            }
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).role() == Role.WAN && all.get(i) != elected) {
                all.set(i, all.get(i).as(Role.OTHER, "another Internet side; " + elected.name() + " is taken for the WAN"));
            }
        }
    }

    private static int rank(Interface wan) {
        return wan.reason().startsWith("the default route") ? 0 : wan.name().equals("dsl") ? 1 : 2;
    }

    List<Interface> all() {
        return Collections.unmodifiableList(all);
    }

    /** The first interface of that role, or null. */
    Interface of(Role role) {
        for (Interface one : all) {
            if (one.role() == role) {
                return one;
            }
        }
        return null;
    }
}
