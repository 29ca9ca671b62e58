package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

/** What all parts of the daemon that answer have at hand. Immutable. */
class Replies {
    final Sys sys;
    final Config config;
    final EventLog log;
    final BoxState box;
    final BootPlane plane;
    final Changes changes;
    final History history;
    final Watch watch;
    final WorkQueue heavy;

    Replies(Watch watch, WorkQueue heavy) {
        sys = watch.sys;
        config = watch.config;
        log = watch.log;
        box = watch.box;
        changes = watch.changes;
        plane = changes.plane;
        history = watch.history;
        this.watch = watch;
        this.heavy = heavy;
    }

    Replies(Replies all) { this(all.watch, all.heavy); }

    /** A whole number within bounds; -1 for anything else, null too. */
    static int number(String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            return number < least || number > most ? -1 : number;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
