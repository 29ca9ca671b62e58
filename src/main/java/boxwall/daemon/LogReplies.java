package boxwall.daemon;

import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.netfilter.Words;
import boxwall.plan.LoggedPackets;
import boxwall.probe.BoxReader;
import boxwall.report.LogJson;
import boxwall.report.Problem;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * GET /log: from the kernel log or syslog's buffer, whichever has more of it. AVM's /dev/debug has one reader, and that
 * isn't boxwall.
 */
final class LogReplies {
    private static final int LINES = 100;
    private static final int MAX_LINES = 1000;

    private final Sys sys;
    private final String script;
    private final BoxState box;
    private final MeasureReplies measures;
    private Map<String, String> read = Collections.emptyMap();
    private long readMillis = -BoxState.SHARED_MILLIS;

    LogReplies(Sys sys, String script, BoxState box, MeasureReplies measures) {
        this.sys = sys;
        this.script = script;
        this.box = box;
        this.measures = measures;
    }

    Reply get(Request request) {
        int lines = LINES;
        try {
            lines = request.query("lines") == null ? LINES : Integer.parseInt(request.query("lines"));
        } catch (NumberFormatException e) {
            lines = -1;
        }
        if (lines < 0 || lines > MAX_LINES) {
            return Reply.problem(new Problem(400, "bad lines", "lines=N must be 0 to " + MAX_LINES));
        }
        try {
            return reply(logs(), lines);
        } catch (BoxException e) {
            return Reply.problem(new Problem(500, "the log could not be read", e.getMessage()));
        }
    }

    private Reply reply(Map<String, String> logs, int lines) {
        List<String> kernel = Words.lines(logs.get("dmesg"));
        List<String> syslog = Words.lines(logs.get("logread"));
        LoggedPackets ofKernel = new LoggedPackets(kernel, measures.rules());
        LoggedPackets ofSyslog = new LoggedPackets(syslog, measures.rules());
        // by what LOG wrote: anyone may fill syslog with lines that look so
        boolean fromSyslog = ofSyslog.size() > ofKernel.size();
        LoggedPackets logged = fromSyslog ? ofSyslog : ofKernel;
        String source = fromSyslog ? "logread" : logs.containsKey("dmesg") ? "dmesg" : "none";
        return Reply.json(200, LogJson.of(logged, source, hint(logged), lines));
    }

    private String hint(LoggedPackets logged) {
        if (!logged.entries.isEmpty()) { return null; }
        if (box.box().facts().printk().equals("avm")) {
            return "the kernel's messages go to AVM's /dev/debug, which AVM already reads; POST /printk?seconds=N redirects them here for that time";
        }
        return logged.byRule.isEmpty() ? "no live rule has the target LOG" : null;
    }

    /** One reading a second, however many ask. */
    private synchronized Map<String, String> logs() throws BoxException {
        if (sys.uptimeMillis() - readMillis >= BoxState.SHARED_MILLIS) {
            readMillis = sys.uptimeMillis();
            read = BoxReader.part(sys, script, "log");
        }
        return read;
    }
}
