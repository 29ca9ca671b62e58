package boxwall.syntax;

import boxwall.netfilter.Origin;

/** Something the user should read that is no error: what was left out or assumed, by the line it stands on. */
public final class Note {
    public final Origin origin;
    public final String text;
    /** What to write instead of a rule that is left out with its function; null when nothing is lost. */
    public final String instead;

    /** About that line. */
    public Note(Origin origin, String text) { this(origin, text, null); }

    /** Of a rule with a function that is left out, and what to write instead. */
    public Note(Origin origin, String text, String instead) {
        this.origin = origin;
        this.text = text;
        this.instead = instead;
    }
}
