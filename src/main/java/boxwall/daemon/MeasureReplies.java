package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.plan.LiveRules;
import boxwall.plan.LoggedPackets;
import boxwall.plan.Origins;
import boxwall.probe.BoxReader;
import boxwall.report.CountersJson;
import boxwall.report.LogJson;
import boxwall.report.MetricsText;
import boxwall.report.Version;
import boxwall.sys.BoxException;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * GET /counters, /metrics and /log: the live rules with what they counted and logged. The tables are read once a second
 * at most.
 */
final class MeasureReplies extends Replies {
    private static final int MAX_TABLE = 8 << 20;
    private static final String[] STATES = {"active", "pending", "inactive", "failed", "fallback", "drifted", "open",
            "locked", "unsaved", "rollback-failed"};
    private static final String[] CONNTRACK = {"/proc/sys/net/netfilter/nf_conntrack_", "/proc/sys/net/nf_conntrack_",
            "/proc/sys/net/ipv4/netfilter/ip_conntrack_"};

    private static final int LINES = 100;
    private static final int MAX_LINES = 1000;

    private final ReadReplies reads;
    private Map<String, String> logs = Collections.emptyMap();
    private long logsMillis = -BoxState.SHARED_MILLIS;
    private Box counted;
    private LiveRules rules;

    MeasureReplies(Replies all, ReadReplies reads) {
        super(all);
        this.reads = reads;
    }

    /** The live rules, with the user's lines; read now, or a moment ago. */
    LiveRules rules() {
        return rules(box.live());
    }

    private synchronized LiveRules rules(Box now) {
        if (counted != now) {
            Map<Family, List<String>> saved = new TreeMap<>();
            Map<Family, Origins> origins = new HashMap<>();
            Outcome last = changes.last();
            LivePlan plan = LivePlan.of(sys, config, last.get("plan"));
            for (Family family : Family.values()) {
                saved.put(family, now.readings.commandLines(family.command() + "-save"));
                origins.put(family,
                        plan == null ? Origins.none() : origins(family, plan, last.state().equals("pending")));
            }
            rules = LiveRules.of(saved, origins);
            counted = now;
        }
        return rules;
    }

    private Origins origins(Family family, LivePlan plan, boolean pending) {
        String folder = config.get("RUN") + (pending ? "/tx/live" : "/live");
        Map<String, String> live = new HashMap<>();
        List<String> names = sys.list(folder);
        for (String name : names == null ? new java.util.ArrayList<String>() : names) {
            String text = name.startsWith(family.digit() + ".") ? sys.read(folder + "/" + name, MAX_TABLE) : null;
            if (text != null) { live.put(name.substring(2), text); }
        }
        return Origins.of(family, plan.file("restore" + family.digit()), plan.file("origin"), live);
    }

    Reply counters(boolean withSamples) {
        LiveRules live = rules();
        CounterRing ring = watch.ring;
        synchronized (ring) {
            List<Long> times = ring.times();
            long at = box.tablesMillis();
            if (times.isEmpty() || times.get(times.size() - 1) != at) { ring.add(live, at); }
            List<long[]> samples = ring.samples();
            boolean whole = !samples.isEmpty() && samples.get(0).length == live.rules.size();
            return Reply.json(200, CountersJson.of(live, at, withSamples && whole ? ring.times() : null, samples));
        }
    }

    Reply metrics() {
        watch.notice();
        Outcome last = changes.last();
        MetricsText text =
                new MetricsText().counters(rules()).name("state", "gauge", "1 for the state that the box is in.");
        for (String state : STATES) {
            text.value("state", state.equals(reads.state(last)) ? "1" : "0", "state", state);
        }
        Map<String, Integer> severities = new TreeMap<>();
        for (Finding.Severity severity : Finding.Severity.values()) {
            severities.put(severity.word(), 0);
        }
        for (Finding finding : reads.findings(last)) {
            severities.put(finding.severity.word(), severities.get(finding.severity.word()) + 1);
        }
        text.name("build_info", "gauge", "1, with the version of boxwall.").value("build_info", "1", "version",
                Version.TEXT);
        text.name("findings", "gauge", "Findings by severity.");
        for (Map.Entry<String, Integer> e : severities.entrySet()) {
            text.value("findings", e.getValue().toString(), "severity", e.getKey());
        }
        text.gauge("drift", "1 when the last check found other live rules than those applied.",
                watch.drifted() ? "1" : "0")
                .gauge("protected_uptime_seconds", "Uptime at which the rules were loaded.", number(last.protectedAt()))
                .gauge("uptime_seconds", "Uptime of the box.", String.valueOf(sys.uptimeMillis() / 1000.0))
                .gauge("conntrack_entries", "Connections that the kernel tracks.", conntrack("count"))
                .gauge("conntrack_limit", "Connections that the kernel tracks at most.", conntrack("max"))
                .gauge("pa_sessions", "Accelerated flows, which bypass the rules.", sessions());
        text.name("apply_duration_seconds", "summary", "Time that loading a ruleset took.")
                .value("apply_duration_seconds_sum", String.valueOf(changes.appliedMillis() / 1000.0))
                .value("apply_duration_seconds_count", String.valueOf(changes.applied()));
        // Prometheus has UTF-8; texts inside are byte strings, which MetricsText turned into characters
        return Reply.utf8("text/plain; version=0.0.4; charset=utf-8", text.text());
    }

    /** Reading these files loads nothing; where connections aren't tracked they aren't there. */
    private String conntrack(String what) {
        for (String place : CONNTRACK) {
            String text = sys.read(place + what, 32);
            if (text != null) { return number(text.trim()); }
        }
        return null;
    }

    /** {@code Sessions       : 12} in /proc/net/avm_pa/brief. */
    private String sessions() {
        String brief = sys.read("/proc/net/avm_pa/brief", 16 * 1024);
        for (String line : Words.lines(brief)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).trim().equals("Sessions")) {
                return number(line.substring(colon + 1).trim());
            }
        }
        return null;
    }

    private static String number(String text) {
        try {
            return text.length() == 0 ? null : String.valueOf(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * GET /log: from the kernel log or syslog's buffer, whichever has more of it. AVM's /dev/debug has one reader, and
     * that isn't boxwall.
     */
    Reply log(Request request) {
        int lines = LINES;
        try {
            lines = request.query("lines") == null ? LINES : Integer.parseInt(request.query("lines"));
        } catch (NumberFormatException e) {
            lines = -1;
        }
        if (lines < 0 || lines > MAX_LINES) {
            return Reply.problem(400, "bad lines", "lines=N must be 0 to " + MAX_LINES);
        }
        try {
            return reply(logs(), lines);
        } catch (BoxException e) {
            return Reply.problem(500, "the log could not be read", e.getMessage());
        }
    }

    private Reply reply(Map<String, String> logs, int lines) {
        List<String> kernel = Words.lines(logs.get("dmesg"));
        List<String> syslog = Words.lines(logs.get("logread"));
        LoggedPackets ofKernel = new LoggedPackets(kernel, rules());
        LoggedPackets ofSyslog = new LoggedPackets(syslog, rules());
        // by what LOG wrote: anyone may fill syslog with lines that look so
        boolean fromSyslog = ofSyslog.size() > ofKernel.size();
        LoggedPackets logged = fromSyslog ? ofSyslog : ofKernel;
        String source = fromSyslog ? "logread" : logs.containsKey("dmesg") ? "dmesg" : "none";
        return Reply.json(200, LogJson.of(logged, source, hint(logged), lines));
    }

    private String hint(LoggedPackets logged) {
        if (!logged.entries.isEmpty()) { return null; }
        if (box.box().facts.surroundings.printk.value().equals("avm")) {
            return "the kernel's messages go to AVM's /dev/debug, which AVM already reads; POST /printk?seconds=N redirects them here for that time";
        }
        return logged.byRule.isEmpty() ? "no live rule has the target LOG" : null;
    }

    /** One reading a second, however many ask. */
    private synchronized Map<String, String> logs() throws BoxException {
        if (sys.uptimeMillis() - logsMillis >= BoxState.SHARED_MILLIS) {
            logsMillis = sys.uptimeMillis();
            logs = BoxReader.part(sys, plane.script, "log");
        }
        return logs;
    }
}
