package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.box.Interface;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the daemon answers about the box: page, status and findings from memory, without any process; counters, metrics
 * and log from the tables and the kernel's log, read once a second at most.
 */
final class ReadReplies extends Replies {
    /** Static, as sys.WaitedOn says. */
    private static final Object LOOKING = new Object();
    private static final int MAX_LEASES = 64 << 10;
    private static final String[] CONNTRACK = {"/proc/sys/net/netfilter/nf_conntrack_", "/proc/sys/net/nf_conntrack_",
            "/proc/sys/net/ipv4/netfilter/ip_conntrack_"};

    private static final int LINES = 100;
    private static final int MAX_LINES = 1000;

    private final long daemonAtMillis;
    private volatile Page page;
    private volatile int restarts = -1;
    private LivePlan live;
    private Outcome liveOf;
    private Map<String, String> logs = Collections.emptyMap();
    private long logsMillis = -BoxState.SHARED_MILLIS;
    private Box counted;
    private LiveRules counters;

    ReadReplies(Replies all, long daemonAtMillis) {
        super(all);
        this.daemonAtMillis = daemonAtMillis;
    }

    /**
     * {@code GET /status}: {@code {state, rules{ipv4,ipv6}, protected_at, daemon_at, uptime, clock, model, version,
     * restarts, families, pending{deadline, left}, findings[{code,severity}]}}, nothing that names an address, an
     * interface or a line of the log; with the token also reason, pending.id, whole findings and the facts. Times are
     * seconds of uptime; clock is the wall clock of the same moment, in seconds since 1970, null while the box has not
     * been told the time; families are those with rules. The short form is there at once, also while the box is being
     * read for the first time; the long one waits for that.
     */
    Reply status(boolean withToken) {
        watch.notice();
        Outcome last = plane.last();
        String state = state(last);
        long uptime = sys.uptimeMillis();
        String model = box.known == null ? null : box.known.facts.firmware.model.value();
        List<Finding> findings = findings(last, withToken ? box.box() : box.known);
        Map<Family, Integer> rules = rules(last);
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
                "version", Version.TEXT, "restarts", restarts(), "families", families, "pending", pending,
                withToken ? "reason" : null, last.why(), "findings", withToken ? findings : JsonText.brief(findings))
                .toString();
        return Reply.json(200, !withToken ? json
                : json.substring(0, json.length() - 1) + ",\"facts\":" + FactsJson.inStatus(box.box().facts) + "}");
    }

    /** The launcher that starts the daemon again counts in RUN/restarts before it does; 0 without one. */
    private int restarts() {
        if (restarts < 0) {
            String text = sys.read(config.get("RUN") + "/restarts", 8);
            restarts = text == null || !Words.isNumber(text.trim()) ? 0 : Integer.parseInt(text.trim());
        }
        return restarts;
    }

    /** Live rules by family; those that the boot plane loaded where the tables have not been read since. */
    private Map<Family, Integer> rules(Outcome last) {
        boolean read = box.tablesOf.equals(last.toString()) || box.tablesOf.length() == 0 && !watch.changed;
        Box known = read || last.state().equals("locked") ? box.known : null;
        // a change on trial has its tables in a place of their own; open has none
        String[] folders = known != null || last.state().equals("open") ? new String[0]
                : last.state().equals("pending") ? new String[] {"/live", "/tx/live"} : new String[] {"/live"};
        Map<Family, Integer> rules = new TreeMap<>();
        for (Family family : Family.values()) {
            int count = known == null ? 0 : known.liveRules(family);
            Map<String, String> tables = new TreeMap<>();
            for (String folder : folders) {
                tables.putAll(LivePlan.tables(sys, config.get("RUN") + folder, family));
            }
            for (String table : tables.values()) {
                String text = "\n" + table;
                for (int at = text.indexOf("\n-A "); at >= 0; at = text.indexOf("\n-A ", at + 1)) {
                    count++;
                }
            }
            rules.put(family, count);
        }
        return rules;
    }

    /**
     * The page. Its policy names a number that nobody could know before, so that nothing else on the page may run: no
     * text of the box is a script, even if one got through as markup.
     */
    Reply page(Request request) {
        watch.notice();
        Outcome last = plane.last();
        String nonce = Candidate.uuid(sys);
        // read when the first browser comes: most boxes are asked by curl only
        page = page == null ? Page.load() : page;
        byte[] html = page.html(Page.wantsGerman(request.header("accept-language")), nonce, state(last),
                ago(last.protectedAt()), findings(last, box.known));
        return Reply.bytes("text/html; charset=utf-8", html).with("Content-Security-Policy",
                "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce
                        + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                .with("Vary", "Accept-Language");
    }

    /** Seconds since an uptime; -1 for never, or what is no number. */
    private long ago(String uptime) {
        try {
            return uptime.length() == 0 ? -1
                    : Math.max(0, sys.uptimeMillis() / 1000 - (long) Double.parseDouble(uptime));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The state's word: boxwall-apply's, or drifted; inactive where the rules that are loaded can't stop a packet. */
    String state(Outcome last) {
        boolean loaded = last.state().equals("active") || last.state().equals("unsaved");
        LivePlan live = loaded ? live(last) : null;
        if (live != null && !live.protects()) { return "inactive"; }
        return watch.drifted && last.state().equals("active") ? "drifted" : last.state();
    }

    /**
     * The live plan, looked for once a change: up to five folders may have it. One on trial at boot moves by itself.
     */
    private LivePlan live(Outcome last) {
        synchronized (LOOKING) {
            if (last != liveOf || live == null || live.isOnTrial()) {
                live = LivePlan.of(sys, config, last.get("plan"));
                liveOf = last;
            }
            return live;
        }
    }

    /** All findings; waits for the first reading of the box. */
    List<Finding> findings(Outcome last) {
        return findings(last, box.box());
    }

    /** The findings as far as they are known without waiting where {@code known} is null. */
    private List<Finding> findings(Outcome last, Box known) {
        List<Finding> all = new ArrayList<>();
        if (known == null) {
            all.add(new Finding("box-unread", Finding.Severity.NOTE, "", Collections.<String>emptyList(),
                    "the daemon has just started and is still reading the box: rules are counted as boxwall loaded them, more findings may follow",
                    "retry in a few seconds"));
        }
        Finding measured = box.bypassed;
        for (Finding finding : known == null ? Collections.<Finding>emptyList() : known.facts.findings) {
            all.add(measured != null && finding.code.equals(measured.code) ? measured : finding);
        }
        all.addAll(LivePlan.findings(last));
        all.addAll(watch.findings);
        LivePlan plan = live(last);
        all.addAll(plan == null ? Collections.<Finding>emptyList() : plan.findings());
        return all;
    }

    /** GET /devices: read again each time, small files of a RAM disk. */
    Reply devices() {
        Interface wan = box.box().facts.wan;
        String[] leases = {sys.read("/var/flash/multid.leases", MAX_LEASES),
                sys.read("/var/tmp/multid.leases", MAX_LEASES), sys.read("/var/tmp/dnsmasq.leases", MAX_LEASES)};
        return Reply.json(200,
                DevicesJson.of(sys.read("/proc/net/arp", MAX_LEASES), leases, wan == null ? null : wan.name));
    }

    /** The live rules, with the user's lines; read now, or a moment ago. */
    LiveRules rules() {
        return rules(box.live());
    }

    private synchronized LiveRules rules(Box now) {
        if (counted != now) {
            Map<Family, List<String>> saved = new TreeMap<>();
            Map<Family, Origins> origins = new HashMap<>();
            Outcome last = plane.last();
            LivePlan plan = LivePlan.of(sys, config, last.get("plan"));
            String folder = config.get("RUN") + (last.state().equals("pending") ? "/tx/live" : "/live");
            for (Family family : Family.values()) {
                saved.put(family, now.readings.commandLines(family.command + "-save"));
                origins.put(family,
                        plan == null ? Origins.none() : Origins.of(family, plan.file("restore" + family.digit()),
                                plan.file("origin"), LivePlan.tables(sys, folder, family)));
            }
            counters = LiveRules.of(saved, origins);
            counted = now;
        }
        return counters;
    }

    Reply counters(boolean withSamples) {
        LiveRules live = rules();
        CounterRing ring = watch.ring;
        synchronized (ring) {
            long at = box.tablesMillis;
            if (ring.times.isEmpty() || ring.times.getLast() != at) { ring.add(live, at); }
            boolean whole = !ring.samples.isEmpty() && ring.samples.getFirst().length == live.rules.size();
            return Reply.json(200, CountersJson.of(live, at, withSamples && whole ? ring.times : null, ring.samples));
        }
    }

    Reply metrics() {
        watch.notice();
        Outcome last = plane.last();
        MetricsText text =
                new MetricsText().counters(rules()).name("state", "gauge", "1 for the state that the box is in.");
        for (String state : Outcome.STATES) {
            text.value("state", state.equals(state(last)) ? "1" : "0", "state", state);
        }
        Map<String, Integer> severities = new TreeMap<>();
        for (Finding.Severity severity : Finding.Severity.values()) {
            severities.put(severity.word(), 0);
        }
        for (Finding finding : findings(last)) {
            severities.put(finding.severity.word(), severities.get(finding.severity.word()) + 1);
        }
        text.name("build_info", "gauge", "1, with the version of boxwall.").value("build_info", "1", "version",
                Version.TEXT);
        text.name("findings", "gauge", "Findings by severity.");
        for (Map.Entry<String, Integer> e : severities.entrySet()) {
            text.value("findings", e.getValue().toString(), "severity", e.getKey());
        }
        text.gauge("drift", "1 when the last check found other live rules than those applied.",
                watch.drifted ? "1" : "0")
                .gauge("protected_uptime_seconds", "Uptime at which the rules were loaded.", number(last.protectedAt()))
                .gauge("uptime_seconds", "Uptime of the box.", String.valueOf(sys.uptimeMillis() / 1000.0))
                .gauge("conntrack_entries", "Connections that the kernel tracks.", conntrack("count"))
                .gauge("conntrack_limit", "Connections that the kernel tracks at most.", conntrack("max"))
                .gauge("pa_sessions", "Accelerated flows, which bypass the rules.", sessions());
        text.name("apply_duration_seconds", "summary", "Time that loading a ruleset took.")
                .value("apply_duration_seconds_sum", String.valueOf(changes.appliedMillis / 1000.0))
                .value("apply_duration_seconds_count", String.valueOf(changes.applied));
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
    Reply log(Request request) throws BoxException {
        int lines = request.query("lines") == null ? LINES : number(request.query("lines"), 0, MAX_LINES);
        if (lines < 0) { return Reply.problem(400, "bad lines", "lines=N must be 0 to " + MAX_LINES); }
        Map<String, String> logs = logs();
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
