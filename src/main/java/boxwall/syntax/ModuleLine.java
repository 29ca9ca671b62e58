package boxwall.syntax;

import boxwall.netfilter.Origin;

/** A {@code modprobe NAME} line: a module beyond those that the rules imply. */
public final class ModuleLine {
    private final String name;
    public final Origin origin;

    ModuleLine(String name, Origin origin) {
        this.name = name;
        this.origin = origin;
    }

    public String name() { return name; }
}
