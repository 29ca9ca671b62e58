package boxwall.syntax;

import boxwall.netfilter.Origin;

/** An {@code include} line: what it took in, by the name that the origins of those lines have, and where it stands. */
public final class Included {
    public final String name;
    public final Origin origin;
    /** Whether it is a preset that is shipped, and not a file of the user's. */
    public final boolean preset;

    Included(String name, Origin origin, boolean preset) {
        this.preset = preset;
        this.name = name;
        this.origin = origin;
    }
}
