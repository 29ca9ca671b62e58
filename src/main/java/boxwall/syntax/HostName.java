package boxwall.syntax;

import boxwall.netfilter.Origin;

/** A host name where an address belongs; it is an error too, since a ruleset that needs DNS at boot can't be trusted. */
public final class HostName {
    private final String name;
    private final Origin origin;

    HostName(String name, Origin origin) {
        this.name = name;
        this.origin = origin;
    }

    public String name() {
        return name;
    }

    public Origin origin() {
        return origin;
    }
}
