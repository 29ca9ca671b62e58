package boxwall.http;

/** The machine's own time. */
public interface Clock {
    /** Milliseconds since the machine started; connections are dated with it. */
    long uptimeMillis();
}
