package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.ResourceTexts;

/** Information for the user that is no error: an omission or an assumption at a line. */
public final class Note {
    private static final ResourceTexts ROWS = new ResourceTexts("/boxwall/syntax/notes", 3);

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

    /** A note from a row of the resource {@code notes}. */
    public static Note of(String name, Origin origin, Object... values) {
        String[] row = ROWS.rows(name).get(0);
        return new Note(origin, text(name, values), row.length < 3 ? null : ResourceTexts.filled(row[2], "", values));
    }

    /** The text of a row. */
    public static String text(String name, Object... values) {
        return ResourceTexts.filled(ROWS.rows(name).get(0)[1], "", values);
    }
}
