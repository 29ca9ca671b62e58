package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;

/** A {@code keep TABLE CHAIN} line: a foreign chain that is left alone. */
public final class KeepLine {
    private final Table table;
    private final String chain;
    public final Origin origin;

    KeepLine(Table table, String chain, Origin origin) {
        this.table = table;
        this.chain = chain;
        this.origin = origin;
    }

    public Table table() { return table; }

    public String chain() { return chain; }
}
