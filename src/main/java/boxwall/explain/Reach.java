package boxwall.explain;

import boxwall.avm.Service;

/** Who reaches one service through one interface with a new connection. */
public final class Reach {
    /** How many of those who could send there. PERHAPS: it depends on a match that can't be foreseen. */
    public enum Who {
        EVERYONE, SOME, PERHAPS, NOBODY
    }

    public final Service service;
    public final String interfaceName;
    public final Who who;
    /** For SOME and PERHAPS the source addresses in words, else null. */
    public final String sources;

    Reach(Service service, String interfaceName, Who who, String sources) {
        this.service = service;
        this.interfaceName = interfaceName;
        this.who = who;
        this.sources = sources;
    }

    /** {@code tcp 8181 (boxwall) from lan: everyone}. */
    @Override
    public String toString() {
        return service + " from " + interfaceName + ": " + who.name().toLowerCase(java.util.Locale.ROOT)
                + (sources == null ? "" : " (" + sources + ")");
    }
}
