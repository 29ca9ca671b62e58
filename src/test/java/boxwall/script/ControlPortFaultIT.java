package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The control port while a command on the box hangs, with AVM's files, and after the daemon was killed; from the jar,
 * with the real scripts. The stubs of AVM's files behave like them: a write never fails, but it may have no effect.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlPortFaultIT {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    /** In the long form the guard kills the hanging command; otherwise the test does, earlier. */
    private static final String HANG_SECONDS = LONG ? "20" : "120";
    /** A number of seconds that no other part of boxwall sleeps. */
    private static final int PRINTK_SECONDS = 77;

    private static DaemonBox daemon;
    private static NetBox box;
    private static Path avm;
    private static Path debug;

    @BeforeAll
    static void start() throws IOException {
        daemon = new DaemonBox(ControlPortIT.RULES);
        box = daemon.box;
        box.settings.put("BOXWALL_HANG_SECONDS", HANG_SECONDS);
        avm = box.fakeProc().resolve("net/avm_pa");
        debug = Files.writeString(box.folder.resolve("debug"), "");
        box.settings.put("BOXWALL_DEBUG", debug.toString());
        daemon.start();
        daemon.applyAndConfirm();
    }

    @AfterAll
    static void stop() { daemon.close(); }

    @Test
    @Order(1)
    void otherRequestsAreAnsweredWhileAnApplyHangs() throws InterruptedException, ExecutionException, TimeoutException {
        String before = box.tables();
        String last =
                daemon.http("GET /history", "").json().get("changes").asArray().get(0).asObject().getString("id", "");
        assertEquals(200, daemon
                .http("PUT /rules", ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport 7 -j DROP\n").status());
        Path hangs = box.folder.resolve("hangs");
        box.script("iptables-restore", "#!/bin/sh\necho $$ >" + hangs + "\nexec sleep 600\n");
        CompletableFuture<DaemonBox.Answer> apply =
                CompletableFuture.supplyAsync(() -> daemon.http("POST /apply?confirm=60", ""));
        assertTrue(Wait.until(() -> NetBox.read(hangs).endsWith("\n")),
                () -> "iptables-restore must be started: " + daemon.log());

        assertEquals(204, daemon.http("GET /ok", "").status());
        assertEquals("active", daemon.http("GET /status", "").json().getString("state", ""),
                "not pending before the rules are loaded");
        assertEquals(409, daemon.http("POST /confirm/1-a", "").status());
        assertEquals(200, daemon.http("POST /confirm/" + last, "").status(),
                "a second confirm of the last change succeeds during an apply");
        DaemonBox.Answer revert = daemon.http("DELETE /apply/" + last, "");
        assertEquals(409, revert.status(), revert.toString());
        assertTrue(revert.body().contains("it was kept"), revert.body());
        assertEquals(409, daemon.http("POST /apply?confirm=60", "").status());
        assertEquals(200, daemon.http("GET /counters", "").status());
        assertFalse(apply.isDone(), "the apply must still hang");

        if (!LONG) { daemon.sh("kill -9 " + NetBox.read(hangs)); }
        DaemonBox.Answer answer = apply.get(120, TimeUnit.SECONDS);
        assertEquals(422, answer.status(), answer.toString());
        assertTrue(answer.body().contains("failed, rolled back to the old rules")
                && answer.body().contains("iptables-restore -c: ended after "), answer.body());
        assertEquals(before, box.tables());
        box.useRealTool("iptables-restore");
        assertEquals("the candidate", daemon.http("GET /diff", "").json().getString("after", ""),
                "the refused candidate is kept");
        daemon.applyAndConfirm();
        assertEquals("the saved rules", daemon.http("GET /diff", "").json().getString("after", ""),
                "no candidate after the confirm");
    }

    /** Of dmesg and logread, the one with more lines contains the output of the LOG rules. */
    @Test
    @Order(2)
    void logIsReadFromSyslogIfItHasMoreLines() {
        String line = ControlPortIT.LOG.substring(ControlPortIT.LOG.indexOf("[IPT]"));
        box.script("dmesg", "#!/bin/sh\necho '" + ControlPortIT.LOG + "'\n");
        box.script("logread",
                "#!/bin/sh\necho 'Nov 23 10:00:01 fritz.box user.info multid: up'\necho 'Nov 23 10:00:02 fritz.box kern.warn kernel: [   12.345678] "
                        + line + "'\necho 'Nov 23 10:00:03 fritz.box kern.warn kernel: "
                        + line.replace("DPT=23", "DPT=24") + "'\n");
        assertTrue(Wait.until(() -> daemon.http("GET /log", "").json().getString("source", "").equals("logread")),
                () -> daemon.http("GET /log", "").body());
        JsonObject log = daemon.http("GET /log", "").json();
        assertEquals(2, log.get("entries").asArray().size(), log.toString());
        JsonObject newest = log.get("entries").asArray().get(0).asObject();
        assertEquals(24, newest.getInt("dport", 0));
        assertEquals("Nov 23 10:00:03", newest.getString("when", ""));
        assertEquals("198.51.100.7", newest.getString("src", ""));
        assertEquals(2, log.get("by_rule").asArray().get(0).asObject().getInt("packets", 0));
    }

    @Test
    @Order(3)
    void packetAccelerationIsSwitchedAndVerified() throws IOException {
        Files.writeString(avm.resolve("brief"), "State          : enabled\nBSessions      : 0\nSessions       : 12\n");
        JsonObject flushed = acceleration("flush", 200);
        assertEquals("{\"state\":\"enabled\",\"sessions\":12}", flushed.toString());
        assertEquals("flush\n", NetBox.read(avm.resolve("control")));
        // none of the 30 flows is flushed: the write had no effect
        Files.writeString(avm.resolve("brief"), "State          : enabled\nBSessions      : 0\nSessions       : 30\n");
        assertTrue(acceleration("flush", 500).getString("detail", "").contains("pa-control-ineffective"));
        assertTrue(acceleration("disable", 500).getString("detail", "").contains("echo disable >"),
                "the state has not changed");
        // from here on each read of the state returns the result of the last write; the pause lets the reader see EOF
        daemon.sh("cd " + avm + "; rm status; mkfifo status");
        box.start("sh", "-c", "cd " + avm
                + "; while :; do { read -r word <control; case $word in enable|disable) ;; *) word=enable ;; esac; echo \"State          : ${word}d\"; } >status;"
                + " sleep 0.2; done");
        assertEquals("disabled", acceleration("disable", 200).getString("state", ""));
        assertEquals("enabled", acceleration("enable", 200).getString("state", ""));
        assertTrue(daemon.log().contains("pa disable by 127.0.0.1: status 0"), daemon.log());
    }

    private static JsonObject acceleration(String word, int status) {
        DaemonBox.Answer answer = daemon.http("POST /pa?state=" + word, "");
        assertEquals(status, answer.status(), answer.toString());
        return answer.json();
    }

    /**
     * The last test, because it kills the daemon. The sleep of the waiting process lasts until the test ends it.
     */
    @Test
    @Order(4)
    void printkReturnsToAvmAfterTheDaemonWasKilled() throws IOException {
        Path elapsed = box.folder.resolve("over");
        box.script("sleep", "#!/bin/sh\n[ \"$1\" = " + PRINTK_SECONDS + " ] || exec /bin/sleep \"$@\"\nuntil [ -e "
                + elapsed + " ]; do /bin/sleep 0.2; done\n");
        assertEquals(200, daemon.http("POST /printk?seconds=" + PRINTK_SECONDS, "").status());
        assertEquals("STD_PRINTK\n", NetBox.read(debug));
        long pid = daemon.pid();
        daemon.sh("kill -9 " + pid);
        assertTrue(Wait.until(() -> !daemon.answersAt("127.0.0.1")), "the daemon must be killed");
        assertEquals("STD_PRINTK\n", NetBox.read(debug), "the time has not elapsed");
        Files.writeString(elapsed, "");
        assertTrue(Wait.until(() -> NetBox.read(debug).equals("AVM_PRINTK\n")),
                "the waiting process survives the daemon");
    }
}
