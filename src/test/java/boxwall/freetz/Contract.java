package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The behaviour of rc.boxwall as a service of Freetz, for Freetz' real files and for stubs of them. */
final class Contract {
    private Contract() {}

    /** Writes a plan that accepts one port to a folder of the box. */
    static void plan(FreetzRoot box, String folder, String id) throws IOException {
        Path to = Files.createDirectories(box.root.resolve(folder));
        String[][] files = {
                {"stamp", "id=" + id + "\nkernel=unknown\nadmin=proved\nadmin.address=192.168.178.0/24\nlan.if=lan\n"},
                {"modules", ""},
                {"restore4",
                        "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 1111 -j ACCEPT\nCOMMIT\n"},
                {"restore6", "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"},
                {"origin", ""}, {"pa", "leave\n"}, {"notes", "boxwall.rules:3: a note <with> signs\n"}};
        for (String[] file : files) {
            Files.writeString(to.resolve(file[0]), file[1] + "# end " + file[0] + " "
                    + file[1].chars().filter(c -> c == '\n').count() + " " + file[1].length() + "\n");
        }
    }

    /** The lines for boxwall in all registries of Freetz. */
    static String registrations(FreetzRoot box) {
        return box.sh("cd /mod/etc/reg && grep boxwall *.reg | sort").out();
    }

    /**
     * Sets the start type "automatic" as the web interface does: settings other than the defaults are saved to flash,
     * and modconf load reads both.
     */
    static void enable(FreetzRoot box) {
        FreetzRoot.Answer on = box.sh(
                "echo \"export BOXWALL_ENABLED='yes'\" >/tmp/flash/boxwall.diff; modconf load boxwall; modconf save boxwall; cat /tmp/flash/boxwall.diff");
        assertTrue(on.out().contains("export BOXWALL_ENABLED='yes'\n") && !on.out().contains("BOXWALL_PORT"), on.all());
    }

    /** After flashing: nothing is loaded or started, but the package is registered in the web interface. */
    static void firstInstall(FreetzRoot box) {
        box.installJvm();
        for (int attempt = 1; attempt <= 2; attempt++) {
            FreetzRoot.Answer load = box.rc(attempt == 1 ? "" : "load");
            assertEquals(1, load.status(), "disabled; the status of modlibrc: " + load.all());
            assertTrue(load.err().contains("boxwall is disabled"), load.all());
        }
        assertEquals("", box.tables());
        assertEquals(3, box.rc("status").status());
        assertTrue(registrations(box).contains("conf.reg:boxwall|_index|"), registrations(box));
        assertEquals(0, box.rc("start").status(), "a manual start works");
        assertEquals(0, box.rc("stop").status());
        box.rc("unload");
        assertEquals("", registrations(box));
    }

    /** Every verb twice, in realistic orders. */
    static void everyVerbTwice(FreetzRoot box) throws IOException {
        box.installJvm();
        plan(box, "var/tmp/flash/boxwall/boot", "old");
        enable(box);
        box.sh("/usr/bin/jamvm -jar other.jar >/dev/null 2>&1 & echo $! >/tmp/other");
        assertRunsAfter(box, "load");
        String rules = box.tables();
        assertTrue(rules.contains("1111"), rules);
        assertEquals(5, registrations(box).lines().count(), registrations(box));
        String expected = registrations(box);
        assertRunsAfter(box, "load");
        assertRunsAfter(box, "start");
        assertRunsAfter(box, "start");
        assertEquals(expected, registrations(box));
        String pid = box.read("var/run/boxwall.pid");
        assertRunsAfter(box, "restart");
        assertNotEquals(pid, box.read("var/run/boxwall.pid"));
        assertRunsAfter(box, "reload");
        assertRunsAfter(box, "late");
        assertRunsAfter(box, "online");
        assertStoppedAfter(box, "stop");
        assertStoppedAfter(box, "stop");
        assertRunsAfter(box, "restart");
        assertStoppedAfter(box, "unload");
        assertStoppedAfter(box, "unload");
        assertEquals("", registrations(box));
        assertEquals(rules, box.tables(), "stop and unload keep the rules");
        assertEquals(0, box.sh("kill -0 $(cat /tmp/other)").status(), "another JVM is not killed");
        assertRunsAfter(box, "load");
        assertEquals(1, box.rc("nonsense").status());
        assertTrue(box.rc("nonsense").err().contains("load (or nothing)"));
        assertStoppedAfter(box, "stop");
        FreetzRoot.Answer save = box.sh("modsave flash; modsave flash");
        assertEquals(0, save.status(), save.all());
    }

    /** The storage with the JVM is mounted after boot and unmounted. */
    static void lateStorage(FreetzRoot box) throws IOException {
        plan(box, "var/tmp/flash/boxwall/boot", "old");
        enable(box);
        FreetzRoot.Answer load = box.rc("load");
        assertEquals(0, load.status(), load.all());
        assertTrue(load.out().contains("no JVM"), load.all());
        assertTrue(box.tables().contains("1111"), "protected without the storage: " + load.all());
        assertEquals(3, box.rc("status").status());
        box.installJvm();
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertEquals(0, box.sh("/mod/etc/init.d/rc.boxwall-daemon load").status());
        }
        assertEquals("running\n", box.sh("/mod/etc/init.d/rc.boxwall-daemon status").out());
        assertEquals(0, box.sh("/mod/etc/init.d/rc.boxwall-daemon unload").status());
        assertEquals("stopped\n", box.sh("/mod/etc/init.d/rc.boxwall-daemon status").out());
        box.sh("sh /etc/onlinechanged/boxwall offline");
        assertEquals(3, box.rc("status").status());
        FreetzRoot.Answer online = box.sh("sh /etc/onlinechanged/boxwall online");
        assertEquals(0, box.rc("status").status(), online.all());
        assertTrue(box.tables().contains("1111"));
        box.rc("stop");
    }

    /**
     * Every boot offers a plan in the image, but loads it only after it was tried and confirmed; also without a JVM.
     */
    static void planInTheImage(FreetzRoot box) throws IOException {
        String offer = "to try it: rc.boxwall adopt";
        assertEquals(3, box.rc("adopt").status(), "no plan in the image");
        plan(box, "etc/default.boxwall/plan", "image");
        FreetzRoot.Answer off = box.rc("load");
        assertEquals(1, off.status());
        assertTrue(off.out().contains(offer), off.all());
        enable(box);
        for (String verb : new String[] {"load", "online"}) {
            FreetzRoot.Answer on = box.rc(verb);
            assertEquals(0, on.status(), on.all());
            assertEquals(verb.equals("load"), on.out().contains(offer), on.all());
            assertFalse(box.tables().contains("DROP"), "unconfirmed: " + on.all());
        }
        String tried = adoptPlan(box);
        assertTrue(tried.contains("state=pending"), tried);
        assertEquals(0, box.sh("boxwall-apply revert --now").status());
        assertFalse(box.tables().contains("DROP"), "reverted");
        assertFalse(Files.exists(box.root.resolve("var/tmp/flash/boxwall/boot.new")));
        assertTrue(box.rc("load").out().contains(offer));
        String id = adoptPlan(box).replaceAll("(?s)^.*\\bid=(\\S+).*$", "$1");
        FreetzRoot.Answer confirmed = box.sh("boxwall-apply confirm " + id);
        assertEquals(0, confirmed.status(), confirmed.all());
        assertTrue(box.read("var/tmp/flash/boxwall/boot.new/stamp").contains("id=image"), confirmed.all());
        assertTrue(box.tables().contains("1111"), confirmed.all());
        assertFalse(box.rc("load").out().contains(offer));
    }

    /** Tries the image's plan; returns the output. */
    private static String adoptPlan(FreetzRoot box) {
        FreetzRoot.Answer adopt = box.rc("adopt");
        assertTrue(adopt.status() == 0 || adopt.status() == 6, adopt.all());
        assertTrue(box.tables().contains("1111") && adopt.out().contains("boxwall-apply confirm"), adopt.all());
        return adopt.out();
    }

    /** Runs a verb; the daemon must run afterwards. */
    private static void assertRunsAfter(FreetzRoot box, String verb) {
        FreetzRoot.Answer answer = box.rc(verb);
        assertEquals(0, answer.status(), verb + ": " + answer.all());
        FreetzRoot.Answer status = box.rc("status");
        assertEquals("running\n", status.out(), verb + ": " + answer.all());
        assertEquals(0, status.status());
        String line = box.sh("tr '\\0' ' ' </proc/$(cat /var/run/boxwall.pid)/cmdline").out();
        assertTrue(line.contains("boxwall.cli.Main daemon"), verb + ": the process of the pid file is " + line);
    }

    /** Runs a verb; the daemon must not run afterwards. */
    private static void assertStoppedAfter(FreetzRoot box, String verb) {
        FreetzRoot.Answer answer = box.rc(verb);
        assertEquals(0, answer.status(), verb + ": " + answer.all());
        FreetzRoot.Answer status = box.rc("status");
        assertEquals("stopped\n", status.out(), verb + ": " + answer.all());
        assertEquals(3, status.status());
    }
}
