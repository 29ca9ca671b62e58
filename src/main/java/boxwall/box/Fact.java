package boxwall.box;

/** A value that several readings can contain: the first one offered counts, so the best reading comes first. */
public final class Fact<T> {
    private T value;
    private String evidence = "";

    /** A fact without a value. */
    public Fact() { this(null); }

    /** A fact with a value for "unknown", which only {@link #replace} changes. */
    public Fact(T unknown) {
        value = unknown;
    }

    /** Sets the value unless there is one; ignores null. */
    void offer(T offered, ReadingLine line) {
        offer(offered, line.evidence());
    }

    void offer(T offered, String line) {
        if (value == null && offered != null) {
            value = offered;
            evidence = line;
        }
    }

    /** Sets another value. */
    public void replace(T by, String line) {
        value = by;
        evidence = line;
    }

    public T value() { return value; }

    /** The line that contains the value, after its source; empty for none. */
    public String evidence() {
        return evidence;
    }
}
