package boxwall.sys;

/**
 * An operation on the box failed: a program can't be started, a file can't be written. The message is for the
 * administrator.
 */
public final class BoxException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The message contains the operation, its result, and what to do. */
    public BoxException(String message) {
        super(message);
    }

    /** Appends the cause's message. */
    public BoxException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
