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
    final WorkQueue heavy;
    final Watch watch;

    Replies(Sys sys, Config config, EventLog log, BoxState box, BootPlane plane, Changes changes, History history,
            WorkQueue heavy, Watch watch) {
        this.sys = sys;
        this.config = config;
        this.log = log;
        this.box = box;
        this.plane = plane;
        this.changes = changes;
        this.history = history;
        this.heavy = heavy;
        this.watch = watch;
    }

    Replies(Replies all) {
        this(all.sys, all.config, all.log, all.box, all.plane, all.changes, all.history, all.heavy, all.watch);
    }
}
