package boxwall.box;

/** A yes-or-no fact that may not have been read. */
public enum Known {
    YES, NO, UNKNOWN
}
