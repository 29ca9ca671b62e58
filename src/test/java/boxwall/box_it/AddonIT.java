package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The package installed as an addon, with its small jar, in a box whose storage with the JVM is mounted after boot; and
 * its uninstallation.
 */
class AddonIT {
    private static final Path ADDON = VirtualBox.ROOT.resolve("target/freetz-package/addon/boxwall-0.1/root");
    private static final String DAEMON_RC = "/etc/init.d/rc.boxwall-daemon ";
    private final VirtualBox box = new VirtualBox("addon");
    @TempDir
    private Path emptyAddon;

    @AfterEach
    void closeBox() { box.close(); }

    @Test
    void protectsWithoutStorageServesWithItAndUninstallsCompletely() {
        box.up("--new", "--addon", ADDON.toString(), "--late-stick");
        assertAllFilesInstalled();
        assertProtectedWithoutJvm();
        attachStorage();
        detachStorage();
        box.run("/etc/init.d/rc.boxwall forget").ok();
        String left = box.run("gzip -dc /var/flash/freetz | tar -tf - | grep boxwall").ok().out();
        assertEquals(List.of("flash/boxwall/", "flash/boxwall/rules"),
                left.lines().map(line -> line.replaceFirst("^(var/)?(tmp/)?", "")).sorted().toList());
        if (Boolean.getBoolean("boxwall.long")) {
            box.down();
            box.up("--addon", emptyAddon.toString());
            assertEquals("", box.rules(), "no rules without the package");
            assertEquals("", box.run("find / -xdev -type f -name '*boxwall*'").out());
            assertEquals("", box.run("ps | grep '[b]oxwall'").out());
            assertTrue(box.run("cat /tmp/flash/boxwall/rules").ok().out().contains("iptables"));
        }
    }

    private void assertAllFilesInstalled() {
        String sums = VirtualBox.host("sh", "-c", "cd " + ADDON + " && find . -type f -exec md5sum {} +").ok().out();
        assertTrue(sums.contains("./usr/share/boxwall/boxwall.jar") && sums.contains("./etc/init.d/rc.boxwall-daemon"),
                sums);
        box.run("cd / && echo '" + sums + "' | grep . | md5sum -c").ok();
    }

    private void assertProtectedWithoutJvm() {
        VirtualBox.Answer status = box.apply("status").ok();
        assertEquals("active", status.get("state"), status.out());
        assertTrue(box.run("cat /var/log/mod.log").out().contains("no JVM or no jar"));
        assertEquals(3, box.run("/etc/init.d/rc.boxwall status").status());
        assertEquals(0, box.run(DAEMON_RC + "load").status(), "too early: it waits for the next call");
        assertEquals("silent", box.peer("dsl", "boxnet", "tcp", "-", VirtualBox.WAN, "22").out().trim());
    }

    private void attachStorage() {
        String rules = box.rules();
        box.run("/etc/init.d/rc.S stick").ok();
        box.run(DAEMON_RC + "load").ok();
        // a JVM's start on an interpreter in an emulator: 20 s on idle cores
        assertTrue(VirtualBox.waitUntil(240, this::answers), () -> box.run("cat /var/run/boxwall/daemon.log").out());
        assertEquals(200, box.get("/status").status());
        assertTrue(box.http("GET", "/facts", "").expect(200).body().contains("\"conntrack\""));
        assertEquals("running", box.run(DAEMON_RC + "status").out().trim());
        assertEquals(rules, box.rules(), "the daemon keeps the rules of the boot");
    }

    private boolean answers() { return box.run("wget -q -O /dev/null http://127.0.0.1:8181/ok").status() == 0; }

    private void detachStorage() {
        String rules = box.rules();
        box.run(DAEMON_RC + "unload").ok();
        assertEquals("stopped", box.run(DAEMON_RC + "status").out().trim());
        box.run("umount /var/media/ftp/uStor01").ok();
        assertFalse(box.run("ps").out().contains("boxwall.jar"));
        assertEquals(rules, box.rules(), "the rules stay");
        assertEquals(0, box.run(DAEMON_RC + "load").status());
        assertEquals(3, box.run("/etc/init.d/rc.boxwall status").status(), "stopped without a JVM");
    }
}
