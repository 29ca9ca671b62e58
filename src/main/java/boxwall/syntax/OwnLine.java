package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;

/** An {@code own TABLE} line: a table that AVM's firmware uses itself and that boxwall owns anyway. */
public final class OwnLine {
    private final Table table;
    public final Origin origin;

    OwnLine(Table table, Origin origin) {
        this.table = table;
        this.origin = origin;
    }

    public Table table() { return table; }
}
