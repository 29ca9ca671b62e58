package boxwall.daemon;

import boxwall.apply.Outcome;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Family;
import boxwall.netfilter.Words;
import boxwall.report.DevicesJson;
import boxwall.report.Page;
import boxwall.report.StatusJson;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the daemon answers about the box from memory: status and findings. No process is started for it. */
final class ReadReplies extends Replies {
    /** Static, as sys.WaitedOn says. */
    private static final Object LOOKING = new Object();
    private static final int MAX_TABLE = 8 << 20;
    private static final int MAX_LEASES = 64 << 10;
    private final long daemonAtMillis;
    private Page page;
    private volatile int restarts = -1;
    private LivePlan live;
    private Outcome liveOf;

    ReadReplies(Replies all, long daemonAtMillis) {
        super(all);
        this.daemonAtMillis = daemonAtMillis;
    }

    /**
     * The short form is there at once, also while the box is being read for the first time; the long one waits for
     * that.
     */
    Reply status(boolean withToken) {
        watch.notice();
        Outcome last = changes.last();
        StatusJson status = new StatusJson(state(last), daemonAtMillis);
        status.protectedAt = last.protectedAt();
        status.reason = last.why();
        status.uptime = sys.uptimeMillis();
        status.clock = System.currentTimeMillis();
        status.model = box.known() == null ? null : box.known().facts.firmware.model.value();
        status.restarts = restarts();
        status.findings = withToken ? findings(last) : brief(last);
        status.rules = rules(last);
        if (last.state().equals("pending")) {
            status.pendingId = last.id();
            status.deadline = last.deadline();
            status.left = Math.max(0, last.deadline() - sys.uptimeMillis() / 1000);
        }
        return Reply.json(200, withToken ? status.whole(box.box().facts) : status.brief());
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
        boolean read = box.tablesOf().equals(last.toString()) || box.tablesOf().length() == 0 && !watch.changed();
        Box known = read || last.state().equals("locked") ? box.known() : null;
        Map<Family, Integer> rules = new TreeMap<>();
        for (Family family : Family.values()) {
            rules.put(family, known == null ? loaded(family, last.state()) : known.liveRules(family));
        }
        return rules;
    }

    private int loaded(Family family, String state) {
        int count = 0;
        Map<String, String> tables = new TreeMap<>();
        // a change on trial has its tables in a place of their own; open has none
        for (String folder : state.equals("open") ? new String[0] : new String[] {"/live", "/tx/live"}) {
            List<String> names =
                    folder.equals("/live") || state.equals("pending") ? sys.list(config.get("RUN") + folder) : null;
            for (String name : names == null ? Collections.<String>emptyList() : names) {
                tables.put(name, config.get("RUN") + folder + "/" + name);
            }
        }
        for (Map.Entry<String, String> table : tables.entrySet()) {
            String read =
                    table.getKey().startsWith(family.digit() + ".") ? sys.read(table.getValue(), MAX_TABLE) : null;
            String text = "\n" + read;
            for (int at = text.indexOf("\n-A "); at >= 0; at = text.indexOf("\n-A ", at + 1)) {
                count++;
            }
        }
        return count;
    }

    /**
     * The page. Its policy names a number that nobody could know before, so that nothing else on the page may run: no
     * text of the box is a script, even if one got through as markup.
     */
    Reply page(Request request) {
        watch.notice();
        Outcome last = changes.last();
        String uuid = sys.read("/proc/sys/kernel/random/uuid", 64);
        String nonce = uuid == null ? Long.toHexString(System.nanoTime()) : uuid.trim();
        String html = page().html(Page.wantsGerman(request.header("accept-language")), nonce, state(last),
                ago(last.protectedAt()), brief(last));
        return Reply.utf8("text/html; charset=utf-8", html).with("Content-Security-Policy",
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

    /** Read when the first browser comes: most boxes are asked by curl only. */
    private synchronized Page page() {
        page = page == null ? Page.load() : page;
        return page;
    }

    /** The state's word: boxwall-apply's, or drifted; inactive where the rules that are loaded can't stop a packet. */
    String state(Outcome last) {
        boolean loaded = last.state().equals("active") || last.state().equals("unsaved");
        LivePlan live = loaded ? live(last) : null;
        if (live != null && !live.protects()) { return "inactive"; }
        return watch.drifted() && last.state().equals("active") ? "drifted" : last.state();
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

    /** The findings as far as they are known without waiting. */
    private List<Finding> brief(Outcome last) {
        if (box.known() != null) { return findings(last); }
        List<Finding> all = new ArrayList<>();
        all.add(new Finding("box-unread", Finding.Severity.NOTE, "", Collections.<String>emptyList(),
                "the daemon has just started and is still reading the box: rules are counted as boxwall loaded them, more findings may follow",
                "retry in a few seconds"));
        all.addAll(RunFindings.of(last));
        all.addAll(LivePlan.findings(sys, live(last)));
        return all;
    }

    List<Finding> findings(Outcome last) {
        Finding measured = box.bypassed();
        List<Finding> all = new ArrayList<>();
        for (Finding finding : box.box().facts.findings) {
            all.add(measured != null && finding.code.equals(measured.code) ? measured : finding);
        }
        all.addAll(RunFindings.of(last));
        all.addAll(watch.findings());
        all.addAll(LivePlan.findings(sys, live(last)));
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
}
