package boxwall.imports;

/** A value that only the box, or whoever runs the script, could tell: what it is, and what to write instead. */
final class Undecided extends Exception {
    private static final long serialVersionUID = 1L;

    private final String todo;
    private final String meant;

    Undecided(String what, String todo) { this(what, todo, null); }

    /** {@code meant}: the box's own name for such a value, as {@code $WAN_IF}, or null. */
    Undecided(String what, String todo, String meant) {
        super(what);
        this.todo = todo;
        this.meant = meant;
    }

    String meant() { return meant; }

    String todo() { return todo; }
}
