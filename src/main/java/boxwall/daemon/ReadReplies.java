package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.facts.BoxFacts;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.plan.LiveRules;
import boxwall.plan.LoggedPackets;
import boxwall.plan.Origins;
import boxwall.probe.BoxReader;
import boxwall.report.CountersJson;
import boxwall.report.DevicesJson;
import boxwall.report.FactsJson;
import boxwall.report.JsonText;
import boxwall.report.LogJson;
import boxwall.report.MetricsText;
import boxwall.report.Page;
import boxwall.report.Version;
import boxwall.sys.BoxException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The replies about the box: page, status and findings from memory, without starting a program; counters, metrics and
 * log from the tables and the kernel log, which requests within a second share.
 */
final class ReadReplies extends DaemonPart {
    /** The lock for {@link #livePlan}; static, see sys.DelayedCollection. */
    private static final Object LIVE_PLAN = new Object();
    private static final int MAX_LEASES = 64 << 10;
    private static final String[] LEASES =
            {"/var/flash/multid.leases", "/var/tmp/multid.leases", "/var/tmp/dnsmasq.leases"};
    private static final String[] CONNTRACK = {"/proc/sys/net/netfilter/nf_conntrack_", "/proc/sys/net/nf_conntrack_",
            "/proc/sys/net/ipv4/netfilter/ip_conntrack_"};
    private static final int LINES = 100;
    private static final int MAX_LINES = 1000;

    private final Watch watch;
    private final long daemonAtMillis;
    private volatile Page page;
    /** How often the launcher restarted the daemon: it writes that to RUN/restarts before; 0 without a launcher. */
    private final int restarts;
    private LivePlan live;
    private Outcome liveOf;
    private Map<String, String> logs = Collections.emptyMap();
    private long logsMillis = -BoxState.SHARED_MILLIS;
    private Box counted;
    private LiveRules counters;

    ReadReplies(Watch watch, long daemonAtMillis) {
        super(watch);
        this.watch = watch;
        this.daemonAtMillis = daemonAtMillis;
        String text = sys.read(config.get("RUN") + "/restarts", 8);
        restarts = text == null ? 0 : (int) Math.max(0, Words.number(text.trim(), Integer.MAX_VALUE));
    }

    /**
     * {@code GET /status}: {@code {state, rules{ipv4,ipv6}, protected_at, daemon_at, uptime, clock, model, version,
     * restarts, families, pending{deadline, left}, findings[{code,severity}]}}, without addresses, interfaces and lines
     * of the log; with the token also reason, pending.id, whole findings and the facts. Times are seconds of uptime;
     * clock is the wall clock in seconds since 1970, null until it is set; families are those with rules. The short
     * form doesn't wait for the first reading of the box, the long one does.
     */
    Reply status(boolean withToken) {
        Outcome last = watch.readOutcome();
        String state = state(last);
        long uptime = sys.uptimeMillis();
        String model = box.known == null ? null : box.known.facts.firmware.model.value();
        List<Finding> findings = findings(last, withToken ? box.box() : box.known);
        Map<Family, Integer> rules = ruleCounts(last);
        List<String> families = new ArrayList<>();
        for (Map.Entry<Family, Integer> count : rules.entrySet()) {
            if (count.getValue() > 0) { families.add(count.getKey().word()); }
        }
        long deadline = last.state().equals("pending") ? last.deadline() : -1;
        Object pending = deadline < 0 ? null : JsonText.of("deadline", deadline, "left",
                Math.max(0, deadline - uptime / 1000), withToken ? "id" : null, last.id());
        String json = JsonText.of("state", state, "rules",
                JsonText.of("ipv4", rules.get(Family.IPV4), "ipv6", rules.get(Family.IPV6)), "protected_at",
                JsonText.number(last.protectedAt()), "daemon_at", JsonText.seconds(daemonAtMillis), "uptime",
                JsonText.seconds(uptime), "clock", JsonText.clock(System.currentTimeMillis()), "model", model,
                "version", Version.TEXT, "restarts", restarts, "families", families, "pending", pending,
                withToken ? "reason" : null, last.why(), "findings", withToken ? findings : JsonText.brief(findings))
                .toString();
        return Reply.json(200, !withToken ? json
                : json.substring(0, json.length() - 1) + ",\"facts\":" + FactsJson.inStatus(box.box().facts) + "}");
    }

    /** The number of live rules; if the tables have not been read since the last change, of those boxwall loaded. */
    private Map<Family, Integer> ruleCounts(Outcome last) {
        Box known = box.isRead(last) ? box.known : null;
        Map<Family, Integer> counts = new TreeMap<>();
        for (Family family : Family.values()) {
            int count = known == null ? 0 : known.liveRules(family);
            if (known == null) {
                Map<String, String> tables = LivePlan.tables(sys, config.get("RUN") + "/live", family);
                if (last.state().equals("pending")) {
                    tables.putAll(LivePlan.tables(sys, config.get("RUN") + "/tx/live", family));
                }
                for (String table : tables.values()) {
                    count += Box.ruleCount(table);
                }
            }
            counts.put(family, count);
        }
        return counts;
    }

    /**
     * GET /: the page. Its policy contains a random number, so that nothing else on the page is run: no text of the box
     * is a script, even if it got through as markup.
     */
    Reply page(Request request) {
        Outcome last = watch.readOutcome();
        String nonce = Candidate.uuid(sys);
        // loaded for the first browser: most clients of a box are scripts
        page = page == null ? Page.load() : page;
        String since = number(last.protectedAt());
        long seconds = since == null ? -1 : Math.max(0, sys.uptimeMillis() / 1000 - (long) Double.parseDouble(since));
        byte[] html = page.html(Page.wantsGerman(request.header("accept-language")), nonce, state(last), seconds,
                findings(last, box.known));
        return Reply.bytes("text/html; charset=utf-8", html).with("Content-Security-Policy",
                "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce
                        + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                .with("Vary", "Accept-Language");
    }

    /** boxwall-apply's state, or drifted; inactive if the live rules can't stop a packet. */
    private String state(Outcome last) {
        boolean loaded = last.state().equals("active") || last.state().equals("unsaved");
        LivePlan plan = loaded ? livePlan(last) : null;
        if (plan != null && !plan.protects()) { return "inactive"; }
        return watch.drifted && last.state().equals("active") ? "drifted" : last.state();
    }

    /** The live plan, searched once for each outcome: up to five folders may contain it. */
    private LivePlan livePlan(Outcome last) {
        synchronized (LIVE_PLAN) {
            if (last != liveOf || live == null || live.mayMove()) {
                live = LivePlan.of(sys, config, last);
                liveOf = last;
            }
            return live;
        }
    }

    /** All findings; waits for the first reading of the box. */
    List<Finding> findings(Outcome last) {
        return findings(last, box.box());
    }

    /** The findings that are known without waiting if {@code known} is null. */
    private List<Finding> findings(Outcome last, Box known) {
        List<Finding> all = new ArrayList<>();
        if (known == null) { all.add(Finding.of("box-unread", "", Collections.<String>emptyList())); }
        Finding measured = box.bypassed;
        for (Finding finding : known == null ? Collections.<Finding>emptyList() : known.facts.findings) {
            if (finding.code.equals(BoxFacts.IPV6_UNFILTERED) && !box.isRead(last)) { continue; }
            all.add(measured != null && finding.code.equals(measured.code) ? measured : finding);
        }
        all.addAll(LivePlan.findings(last));
        all.addAll(watch.findings);
        LivePlan plan = livePlan(last);
        if (plan != null) { all.addAll(plan.findings()); }
        return all;
    }

    /** GET /devices; reads the files each time, because they are small and in RAM. */
    Reply devices() {
        Interface wan = box.box().facts.wan;
        String[] leases = new String[LEASES.length];
        for (int i = 0; i < leases.length; i++) {
            leases[i] = sys.read(LEASES[i], MAX_LEASES);
        }
        return Reply.json(200,
                DevicesJson.of(sys.read("/proc/net/arp", MAX_LEASES), leases, wan == null ? null : wan.name));
    }

    /** The live rules with the user's lines, at most a second old. */
    private LiveRules liveRules() {
        return liveRules(box.live());
    }

    private synchronized LiveRules liveRules(Box now) {
        if (counted != now) {
            LiveRules read = new LiveRules();
            Outcome last = plane.last();
            LivePlan plan = livePlan(last);
            String folder = config.get("RUN") + (last.state().equals("pending") ? "/tx/live" : "/live");
            for (Family family : Family.values()) {
                Origins origins =
                        plan == null ? Origins.none() : Origins.of(family, plan.file("restore" + family.digit()),
                                plan.file("origin"), LivePlan.tables(sys, folder, family));
                read.add(family, now.readings.lines(family.command + "-save"), origins);
            }
            counters = read;
            counted = now;
        }
        return counters;
    }

    /** GET /counters. */
    Reply counters(boolean withSamples) {
        LiveRules rules = liveRules();
        CounterRing ring = watch.ring;
        synchronized (ring) {
            long at = box.tablesMillis;
            if (ring.times.isEmpty() || ring.times.getLast() != at) { ring.add(rules, at); }
            boolean whole = !ring.samples.isEmpty() && ring.samples.getFirst().length == rules.rules.size();
            return Reply.json(200, CountersJson.of(rules, at, withSamples && whole ? ring.times : null, ring.samples));
        }
    }

    /** GET /metrics. */
    Reply metrics() {
        Outcome last = watch.readOutcome();
        MetricsText text =
                new MetricsText().counters(liveRules()).name("state", "gauge", "1 for the state that the box is in.");
        String current = state(last);
        for (String state : Outcome.STATES) {
            text.value("state", state.equals(current) ? "1" : "0", "state", state);
        }
        text.name("build_info", "gauge", "1, with the version of boxwall.").value("build_info", "1", "version",
                Version.TEXT);
        text.name("findings", "gauge", "Findings by severity.");
        Map<String, Integer> severities = new TreeMap<>();
        for (Finding.Severity severity : Finding.Severity.values()) {
            severities.put(severity.word(), 0);
        }
        for (Finding finding : findings(last)) {
            severities.put(finding.severity.word(), severities.get(finding.severity.word()) + 1);
        }
        for (Map.Entry<String, Integer> count : severities.entrySet()) {
            text.value("findings", count.getValue().toString(), "severity", count.getKey());
        }
        text.gauge("drift", "1 when the last check found other live rules than those applied.",
                watch.drifted ? "1" : "0")
                .gauge("protected_uptime_seconds", "Uptime at which the rules were loaded.", number(last.protectedAt()))
                .gauge("uptime_seconds", "Uptime of the box.", String.valueOf(sys.uptimeMillis() / 1000.0))
                .gauge("conntrack_entries", "Connections that the kernel tracks.", conntrack("count"))
                .gauge("conntrack_limit", "Connections that the kernel tracks at most.", conntrack("max"))
                .gauge("pa_sessions", "Accelerated flows, which bypass the rules.", sessions());
        text.name("apply_duration_seconds", "summary", "Time that loading a ruleset took.")
                .value("apply_duration_seconds_sum", String.valueOf(plane.triesMillis / 1000.0))
                .value("apply_duration_seconds_count", String.valueOf(plane.tries));
        // Prometheus requires UTF-8; MetricsText converted the byte strings
        return Reply.bytes("text/plain; version=0.0.4; charset=utf-8", Words.utf8(text.text()));
    }

    /** Reading these files loads no module; they exist only while connections are tracked. */
    private String conntrack(String what) {
        for (String path : CONNTRACK) {
            String text = sys.read(path + what, 32);
            if (text != null) { return number(text.trim()); }
        }
        return null;
    }

    /** {@code Sessions       : 12} in /proc/net/avm_pa/brief. */
    private String sessions() {
        for (String line : Words.lines(sys.read("/proc/net/avm_pa/brief", 16 << 10))) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).trim().equals("Sessions")) {
                return number(line.substring(colon + 1).trim());
            }
        }
        return null;
    }

    /** The number as Java prints it; null if the text is empty or no number. */
    private static String number(String text) {
        try {
            return text.length() == 0 ? null : String.valueOf(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * GET /log: from the kernel log or syslog's buffer, whichever contains more logged packets. boxwall doesn't read
     * AVM's /dev/debug, which allows one reader.
     */
    Reply log(Request request) throws BoxException {
        int lines = number(request, "lines", LINES, 0, MAX_LINES);
        if (lines < 0) { return Reply.problem("bad-lines", MAX_LINES); }
        Map<String, String> logs = logs();
        LiveRules rules = liveRules();
        LoggedPackets ofKernel = new LoggedPackets(Words.lines(logs.get("dmesg")), rules);
        LoggedPackets ofSyslog = new LoggedPackets(Words.lines(logs.get("logread")), rules);
        // the kernel log wins: any program can write such lines to syslog
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

    /** Reads the logs at most once a second; a failed reading is repeated for the next request. */
    private synchronized Map<String, String> logs() throws BoxException {
        long now = sys.uptimeMillis();
        if (now - logsMillis >= BoxState.SHARED_MILLIS) {
            logs = BoxReader.part(sys, plane.script, "log");
            logsMillis = now;
        }
        return logs;
    }
}
