package boxwall.syntax;

/** Finds what {@code include NAME} means; whoever implements it decides which places are allowed. */
public interface Includes {
    /** The text of that name, or null when it isn't there or not allowed. */
    Source find(String name, String fromFile);

    /** Finds nothing. */
    Includes NONE = new Includes() {
        @Override
        public Source find(String name, String fromFile) { return null; }
    };
}
