package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.compile.Compiled;
import boxwall.facts.BoxFacts;
import boxwall.http.Client;
import boxwall.netfilter.Words;
import boxwall.plan.Plan;
import boxwall.plan.Stamp;
import boxwall.syntax.Line;
import boxwall.syntax.Source;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/** Turns a candidate into a plan directory and asks the boot plane to try, keep or drop it. */
public final class Changes {
    final Sys sys;
    final Config config;
    /** Asked through here only to try; what is tried is dated. */
    final BootPlane plane;
    /** Held by whoever changes the live rules: a request, or the daemon itself when the box's addresses changed. */
    final ReentrantLock applying = new ReentrantLock();
    private volatile long triedMillis;
    /** Tries since the daemon is there, and milliseconds that they took together; written under the lock. */
    volatile int applied;
    volatile long appliedMillis;

    Changes(Sys sys, Config config, BootPlane plane) {
        this.sys = sys;
        this.config = config;
        this.plane = plane;
    }

    /** A text that came over HTTP, or that was saved, checked for a box; {@code client} is null for nobody. */
    Candidate checked(String text, Box box, byte[] client) {
        return Candidate.of(new Source("rules", text), new PresetFolder(sys, config.get("PRESETS"), null), box,
                CompileOptions.of(config, false), client, config.number("PORT"));
    }

    /** The stamp of a plan for this box. */
    static Stamp stamp(Sys sys, BoxFacts facts, Candidate candidate) {
        Stamp stamp = new Stamp().put("id", uuid(sys)).put("created", String.valueOf(System.currentTimeMillis() / 1000))
                .put("kernel", facts.kernel.value()).put("userland", facts.userland.version.value())
                .put("lan.if", facts.lan == null ? "" : facts.lan.name);
        candidate.admin.addTo(stamp);
        for (Map.Entry<String, String> name : candidate.parsed.namesUsed.entrySet()) {
            stamp.put("name." + name.getKey(), name.getValue());
        }
        // keep.filter=VPN PROXY: chains that stay as they are; own=mangle: tables whose strangers' rules may go
        Map<String, Set<String>> strangers = new TreeMap<>();
        for (Line keep : candidate.parsed.keeps) {
            add(strangers, "keep." + keep.table.word(), keep.name);
        }
        for (Line own : candidate.parsed.owns) {
            add(strangers, "own", own.table.word());
        }
        for (Map.Entry<String, Set<String>> each : strangers.entrySet()) {
            stamp.put(each.getKey(), Words.join(each.getValue(), " "));
        }
        return stamp.put("lacks", Words.join(facts.lackingNames(), " "));
    }

    private static void add(Map<String, Set<String>> to, String key, String word) {
        if (!to.containsKey(key)) { to.put(key, new TreeSet<String>()); }
        to.get(key).add(word);
    }

    /** A number that nobody had before; a desk may have no /proc. */
    static String uuid(Sys sys) {
        String uuid = sys.read("/proc/sys/kernel/random/uuid", 64);
        return uuid != null ? uuid.trim()
                : Long.toHexString(System.currentTimeMillis()) + "-" + Long.toHexString(System.nanoTime());
    }

    /**
     * Writes a candidate's plan where {@link #apply} takes it from; compiles its twin, so it is heavy work. Gives the
     * folder.
     */
    public String write(Candidate candidate, BoxFacts facts) throws BoxException {
        String directory = config.get("RUN") + (candidate.compiled.stateful ? "/candidate" : "/candidate.stateless");
        write(directory, candidate, sys, facts, config);
        return directory;
    }

    /** Tries a plan that was written; the outcome is pending when it is live. */
    BootPlane.Reached apply(String directory, int seconds, boolean force, boolean replace) throws BoxException {
        long began = sys.uptimeMillis();
        BootPlane.Reached reached = plane.tryPlan(directory, seconds, force, replace);
        triedMillis = sys.uptimeMillis();
        applied++;
        appliedMillis += triedMillis - began;
        return reached;
    }

    /** Writes a candidate's plan, with its stateless form if it has states, to a new folder of its own. */
    public static void write(String directory, Candidate candidate, Sys sys, BoxFacts facts, Config config)
            throws BoxException {
        Map<String, String> plan = plan(candidate.compiled, candidate, sys, facts, config);
        Compiled twin = candidate.twin();
        BootPlane.write(sys, directory, plan, twin == null ? null : plan(twin, candidate, sys, facts, config));
    }

    /** The plan of one of a candidate's forms. */
    static Map<String, String> plan(Compiled form, Candidate candidate, Sys sys, BoxFacts facts, Config config) {
        return Plan.files(form, candidate.text, stamp(sys, facts, candidate), config.get("PA"));
    }

    /**
     * Whether a connection was opened after the last try: only such a one shows that the administrator still gets in.
     * In the same hundredth of a second, all that uptime tells, the rules had been loaded before: a try ends after
     * that.
     */
    boolean isNewer(Client client) { return client.acceptedMillis >= triedMillis; }
}
