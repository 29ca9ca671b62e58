package boxwall.syntax;

import boxwall.netfilter.Origin;

/** Information for the user that is no error: an omission or an assumption at a line. */
public final class Note {
    public final Origin origin;
    public final String text;
    /** What to write instead of an omitted rule; null if no function is lost. */
    public final String instead;

    public Note(Origin origin, String text) { this(origin, text, null); }

    /** {@code instead} may be null. */
    public Note(Origin origin, String text, String instead) {
        this.origin = origin;
        this.text = text;
        this.instead = instead;
    }
}
