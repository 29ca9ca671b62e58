package boxwall.syntax;

import boxwall.netfilter.Origin;

/** Something the user should read that is no error: what was left out or assumed, by the line it stands on. */
public final class Note {
    private final Origin origin;
    private final String text;

    /** A note about the line that the origin names. */
    public Note(Origin origin, String text) {
        this.origin = origin;
        this.text = text;
    }

    public Origin origin() {
        return origin;
    }

    public String text() {
        return text;
    }
}
