package boxwall.box;

/** Something that several readings may tell, best first: the first that tells it counts. */
public final class Fact<T> {
    private T value;
    private String evidence = "";

    /** Nothing is told yet. */
    public Fact() { this(null); }

    /** What counts while nothing is told. */
    public Fact(T unknown) { value = unknown; }

    /** The first value that is not null counts. */
    void offer(T offered, Line line) { offer(offered, line.evidence()); }

    void offer(T offered, String line) {
        if (value == null && offered != null) {
            value = offered;
            evidence = line;
        }
    }

    /** Forgets what was told before. */
    public void replace(T by, String line) {
        value = by;
        evidence = line;
    }

    public T value() { return value; }

    /** The line that tells it, with its source; empty when none does. */
    public String evidence() { return evidence; }
}
