package boxwall.syntax;

import boxwall.netfilter.Origin;

/**
 * A host name where an address belongs; it is an error too, since a ruleset that needs DNS at boot can't be trusted.
 */
public final class HostName {
    public final String name;
    public final Origin origin;

    HostName(String name, Origin origin) {
        this.name = name;
        this.origin = origin;
    }
}
