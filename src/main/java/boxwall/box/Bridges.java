package boxwall.box;

import java.util.Collections;

import boxwall.box.Interface.Role;

/**
 * AVM's two bridges, by their names, from what {@code ifconfig} or {@code ip addr} says of them: whom a daemon may
 * answer before it has read the whole box. A box whose LAN has another name has neither here. Immutable.
 */
public final class Bridges {
    /** The LAN's bridge, or null. */
    public final Interface lan;
    /** The guest network's bridge, or null. */
    public final Interface guest;

    /** The two of a box that was read. */
    public Bridges(Interface lan, Interface guest) {
        this.lan = lan;
        this.guest = guest;
    }

    /** Reads either program's words; "" gives a box without bridges. */
    public static Bridges of(String words) {
        // "3: lan: <…" is how ip begins, "lan Link encap" ifconfig
        boolean ip = words.length() > 0 && Character.isDigit(words.charAt(0));
        AddressReading addresses = new AddressReading(new Readings(Collections.<String, String>emptyMap(),
                Collections.singletonMap(ip ? "ip_addr" : "ifconfig_-a", words)));
        return new Bridges(bridge(addresses, "lan", Role.LAN), bridge(addresses, "guest", Role.GUEST));
    }

    private static Interface bridge(AddressReading addresses, String name, Role role) {
        return addresses.names().contains(name) ? addresses.bare(name).as(role, "AVM's name") : null;
    }
}
