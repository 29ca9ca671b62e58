package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.apply.BootPlane;
import boxwall.http.Client;
import boxwall.syntax.Source;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.util.concurrent.locks.ReentrantLock;

/** Turns a text into a plan and has the boot plane try it, for a request or for the daemon itself. */
final class Changes {
    final Sys sys;
    final Config config;
    /** Tries go through {@link #apply}, which notes their time; everything else may call it directly. */
    final BootPlane plane;
    /** Held by whoever changes the live rules: a request, or the daemon itself when the box's addresses changed. */
    final ReentrantLock applying = new ReentrantLock();
    private volatile long triedMillis;
    /** Number of tries since the daemon started, and milliseconds that they took in total; written under the lock. */
    volatile int applied;
    volatile long appliedMillis;

    Changes(Sys sys, Config config, BootPlane plane) {
        this.sys = sys;
        this.config = config;
        this.plane = plane;
    }

    /** Checks a text that a request sent or that was saved; {@code client} is null for the daemon itself. */
    Candidate checked(String text, Box box, byte[] client) {
        return Candidate.of(new Source("rules", text), presets(), box, config, client, false);
    }

    /** The only files that a text without a folder of its own can include. */
    PresetFolder presets() {
        return new PresetFolder(sys, config.get("PRESETS"), null);
    }

    /** Writes a candidate's plan for {@link #apply} and returns its folder; heavy work. */
    String write(Candidate candidate) throws BoxException {
        String folder = config.get("RUN") + (candidate.compiled.stateful ? "/candidate" : "/candidate.stateless");
        candidate.write(sys, folder);
        return folder;
    }

    /** Tries a plan that was written; the outcome is pending when it is live. */
    Outcome apply(String folder, int seconds, boolean force, boolean replace) throws BoxException {
        long began = sys.uptimeMillis();
        Outcome outcome = plane.tryPlan(folder, seconds, force, replace);
        triedMillis = sys.uptimeMillis();
        applied++;
        appliedMillis += triedMillis - began;
        return outcome;
    }

    /**
     * Whether a connection was opened after the last try: only such a connection shows that the administrator still has
     * access. Uptime has a resolution of 10 ms; within the same 10 ms the rules were loaded first, because a try ends
     * after loading.
     */
    boolean isNewer(Client client) { return client.acceptedMillis >= triedMillis; }
}
