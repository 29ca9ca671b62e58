package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.probe.Recorder;
import boxwall.report.ChangeJson;
import boxwall.report.Problem;
import boxwall.report.Tar;
import boxwall.sys.BoxException;

import java.util.Arrays;

/** The box's switches that are no rules, Packet Acceleration and the kernel's messages, and the record of the box. */
final class SwitchReplies extends Replies {
    private static final int MAX_SECONDS = 3600;

    SwitchReplies(Replies all) { super(all); }

    /** POST /pa?state=…. */
    Reply acceleration(Request request) {
        String word = request.query("state");
        if (!Arrays.asList("flush", "disable", "enable").contains(String.valueOf(word))) {
            return Reply.problem(400, "bad state",
                    "state= must be flush (flows start again, under the rules), disable or enable");
        }
        try {
            BootPlane.Reached reached = plane.acceleration(word);
            log.event("pa " + word + " by " + request.client.text() + ": status " + reached.status() + " "
                    + reached.outcome().why());
            watch.readSoon();
            return reached.status() == 0
                    ? Reply.json(200,
                            ChangeJson.acceleration(reached.outcome().get("pa"), reached.outcome().get("sessions")))
                    : refusal(reached, "no Packet Acceleration here");
        } catch (BoxException e) {
            return Reply.problem(500, "the box failed to do it", e.getMessage());
        }
    }

    /**
     * POST /printk?seconds=N; a process of the boot plane brings it back, so that it comes back without the daemon too.
     */
    Reply printk(Request request) {
        int seconds = seconds(request.query("seconds"));
        if (seconds < 0) {
            return Reply.problem(400, "bad seconds", "seconds=N must be 0 (restore now) to " + MAX_SECONDS
                    + "; meanwhile DECT phones can't reach the box");
        }
        if (box.box().facts.surroundings.printk.value().equals("std")) {
            return Reply.problem(409, "in the kernel log already", "the kernel's messages on this box are already where"
                    + " GET /log finds them; there is nothing to switch");
        }
        try {
            BootPlane.Reached reached = plane.printk(seconds);
            log.event("printk for " + seconds + " s by " + request.client.text() + ": status " + reached.status() + " "
                    + reached.outcome().why());
            return reached.status() == 0 ? Reply.json(200, ChangeJson.printk(reached.outcome().get("until")))
                    : refusal(reached, "no AVM printk here");
        } catch (BoxException e) {
            return Reply.problem(500, "the box failed to do it", e.getMessage());
        }
    }

    private static int seconds(String text) {
        try {
            int seconds = text == null ? -1 : Integer.parseInt(text);
            return seconds > MAX_SECONDS ? -1 : seconds;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Reply refusal(BootPlane.Reached reached, String nothing) {
        String why = reached.outcome().why().length() > 0 ? reached.outcome().why() : reached.words();
        return Reply.problem(
                reached.status() == 3 ? new Problem(409, nothing, why) : new Problem(500, "it had no effect", why));
    }

    /** POST /record: for {@code --root} at the desk, without a file on the box. */
    Reply record(Request request) {
        Recorder recorder = new Recorder(box.box().readings);
        Tar tar = new Tar("boxwall-record", System.currentTimeMillis() / 1000);
        for (String path : recorder.paths()) {
            tar.add(path, recorder.text(path));
        }
        log.event("record for " + request.client.text());
        return Reply.bytes("application/x-tar", tar.text()).with("Content-Disposition",
                "attachment; filename=\"boxwall-record.tar\"");
    }
}
