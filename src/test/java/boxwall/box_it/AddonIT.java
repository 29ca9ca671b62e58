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
 * The package as an addon brings it, its small jar and all, in a box whose storage with the JVM comes after boot; and
 * away again.
 */
class AddonIT {
    private static final Path ADDON = VirtualBox.ROOT.resolve("target/freetz-package/addon/boxwall-0.1/root");
    private static final String LATE = "/etc/init.d/rc.boxwall-daemon ";
    private final VirtualBox box = new VirtualBox("addon");
    @TempDir
    private Path nothing;

    @AfterEach
    void forget() { box.close(); }

    @Test
    void protectsWithoutItsStorageServesWithItAndGoesWithoutATrace() {
        box.up("--new", "--addon", ADDON.toString(), "--late-stick");
        everyFileOfThePackageIsThere();
        protectedWithoutAJvm();
        theStorageComes();
        theStorageGoes();
        box.run("/etc/init.d/rc.boxwall forget").good();
        String left = box.run("gzip -dc /var/flash/freetz | tar -tf - | grep boxwall").good().out();
        assertEquals(List.of("flash/boxwall/", "flash/boxwall/rules"),
                left.lines().map(line -> line.replaceFirst("^(var/)?(tmp/)?", "")).sorted().toList());
        if (Boolean.getBoolean("boxwall.long")) {
            box.down();
            box.up("--addon", nothing.toString());
            assertEquals("", box.rules(), "no package, no rules");
            assertEquals("", box.run("find / -xdev -type f -name '*boxwall*'").out());
            assertEquals("", box.run("ps | grep '[b]oxwall'").out());
            assertTrue(box.run("cat /tmp/flash/boxwall/rules").good().out().contains("iptables"));
        }
    }

    private void everyFileOfThePackageIsThere() {
        String sums = VirtualBox.host("sh", "-c", "cd " + ADDON + " && find . -type f -exec md5sum {} +").good().out();
        assertTrue(sums.contains("./usr/share/boxwall/boxwall.jar") && sums.contains("./etc/init.d/rc.boxwall-daemon"),
                sums);
        box.run("cd / && echo '" + sums + "' | grep . | md5sum -c").good();
    }

    private void protectedWithoutAJvm() {
        VirtualBox.Answer status = box.apply("status").good();
        assertEquals("active", status.get("state"), status.out());
        assertTrue(box.run("cat /var/log/mod.log").out().contains("no JVM or no jar"));
        assertEquals(3, box.run("/etc/init.d/rc.boxwall status").status());
        assertEquals(0, box.run(LATE + "load").status(), "called too early it waits for the next call");
        assertEquals("silent", box.peer("dsl", "boxnet", "tcp", "-", VirtualBox.WAN, "22").out().trim());
    }

    private void theStorageComes() {
        String rules = box.rules();
        box.run("/etc/init.d/rc.S stick").good();
        box.run(LATE + "load").good();
        // a JVM's start on an interpreter in an emulator: 20 s on idle cores
        assertTrue(VirtualBox.within(240, this::answers), () -> box.run("cat /var/run/boxwall/daemon.log").out());
        assertEquals(200, box.get("/status").status());
        assertTrue(box.http("GET", "/facts", "").with(200).body().contains("\"conntrack\""));
        assertEquals("running", box.run(LATE + "status").out().trim());
        assertEquals(rules, box.rules(), "the daemon takes over what boot has loaded");
    }

    private boolean answers() { return box.run("wget -q -O /dev/null http://127.0.0.1:8181/ok").status() == 0; }

    private void theStorageGoes() {
        String rules = box.rules();
        box.run(LATE + "unload").good();
        assertEquals("stopped", box.run(LATE + "status").out().trim());
        box.run("umount /var/media/ftp/uStor01").good();
        assertFalse(box.run("ps").out().contains("boxwall.jar"));
        assertEquals(rules, box.rules(), "the rules stay");
        assertEquals(0, box.run(LATE + "load").status());
        assertEquals(3, box.run("/etc/init.d/rc.boxwall status").status(), "no JVM again");
    }
}
