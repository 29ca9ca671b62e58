package boxwall.sys;

/**
 * An operation on the box failed: a program can't be started, a file can't be written. The message is for the
 * administrator.
 */
public final class BoxException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What was asked, what came back, what to do. */
    public BoxException(String message) { super(message); }

    /** Makes one with the cause's words at the end of the message. */
    public BoxException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
