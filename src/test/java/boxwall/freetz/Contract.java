package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What rc.boxwall has to do as a service of Freetz; the same for the stand-in and for the real thing. */
final class Contract {
    private Contract() {}

    /** A plan that accepts one port, in the box's folder. */
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

    /** What is registered for boxwall, in all lists. */
    static String registered(FreetzRoot box) {
        return box.sh("cd /mod/etc/reg && grep boxwall *.reg | sort").out();
    }

    /**
     * Start type "automatic", as saved by the web interface: what differs from the defaults is in flash, and modconf
     * load reads both.
     */
    static void switchOn(FreetzRoot box) {
        FreetzRoot.Answer on = box.sh(
                "echo \"export BOXWALL_ENABLED='yes'\" >/tmp/flash/boxwall.diff; modconf load boxwall; modconf save boxwall; cat /tmp/flash/boxwall.diff");
        assertTrue(on.out().contains("export BOXWALL_ENABLED='yes'\n") && !on.out().contains("BOXWALL_PORT"), on.all());
    }

    /** As flashed: nothing is loaded, nothing starts, but the web interface knows the package. */
    static void firstInstall(FreetzRoot box) {
        box.jvm();
        for (int turn = 1; turn <= 2; turn++) {
            FreetzRoot.Answer load = box.rc(turn == 1 ? "" : "load");
            assertEquals(1, load.status(), "switched off, as modlibrc has it: " + load.all());
            assertTrue(load.err().contains("boxwall is disabled"), load.all());
        }
        assertEquals("", box.tables());
        assertEquals(3, box.rc("status").status());
        assertTrue(registered(box).contains("conf.reg:boxwall|_index|"), registered(box));
        assertEquals(0, box.rc("start").status(), "by hand it starts all the same");
        assertEquals(0, box.rc("stop").status());
        box.rc("unload");
        assertEquals("", registered(box));
    }

    /** Every verb twice, in the orders that happen. */
    static void everyVerbTwice(FreetzRoot box) throws IOException {
        box.jvm();
        plan(box, "var/tmp/flash/boxwall/boot", "old");
        switchOn(box);
        box.sh("/usr/bin/jamvm -jar other.jar >/dev/null 2>&1 & echo $! >/tmp/other");
        running(box, "load");
        String rules = box.tables();
        assertTrue(rules.contains("1111"), rules);
        assertEquals(5, registered(box).lines().count(), registered(box));
        String known = registered(box);
        running(box, "load");
        running(box, "start");
        running(box, "start");
        assertEquals(known, registered(box));
        String pid = box.read("var/run/boxwall.pid");
        running(box, "restart");
        assertNotEquals(pid, box.read("var/run/boxwall.pid"));
        running(box, "reload");
        running(box, "late");
        running(box, "online");
        stopped(box, "stop");
        stopped(box, "stop");
        running(box, "restart");
        stopped(box, "unload");
        stopped(box, "unload");
        assertEquals("", registered(box));
        assertEquals(rules, box.tables(), "stopping and unloading leave the rules");
        assertEquals(0, box.sh("kill -0 $(cat /tmp/other)").status(), "another JVM is nobody's business");
        running(box, "load");
        assertEquals(1, box.rc("nonsense").status());
        assertTrue(box.rc("nonsense").err().contains("load (or nothing)"));
        stopped(box, "stop");
        FreetzRoot.Answer save = box.sh("modsave flash; modsave flash");
        assertEquals(0, save.status(), save.all());
    }

    /** The storage with the JVM comes after boot, and goes. */
    static void lateStorage(FreetzRoot box) throws IOException {
        plan(box, "var/tmp/flash/boxwall/boot", "old");
        switchOn(box);
        FreetzRoot.Answer load = box.rc("load");
        assertEquals(0, load.status(), load.all());
        assertTrue(load.out().contains("no JVM"), load.all());
        assertTrue(box.tables().contains("1111"), "protected before the storage is there: " + load.all());
        assertEquals(3, box.rc("status").status());
        box.jvm();
        for (int turn = 1; turn <= 2; turn++) {
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
     * A plan that came with the image is offered by every boot and loaded by none before somebody has tried and
     * confirmed it; without a JVM too.
     */
    static void planInTheImage(FreetzRoot box) throws IOException {
        String offer = "to try it: rc.boxwall adopt";
        assertEquals(3, box.rc("adopt").status(), "no plan in this image");
        plan(box, "etc/default.boxwall/plan", "image");
        FreetzRoot.Answer off = box.rc("load");
        assertEquals(1, off.status());
        assertTrue(off.out().contains(offer), off.all());
        switchOn(box);
        for (String verb : new String[] {"load", "online"}) {
            FreetzRoot.Answer on = box.rc(verb);
            assertEquals(0, on.status(), on.all());
            assertEquals(verb.equals("load"), on.out().contains(offer), on.all());
            assertFalse(box.tables().contains("DROP"), "nobody has confirmed it: " + on.all());
        }
        String tried = adopted(box);
        assertTrue(tried.contains("state=pending"), tried);
        assertEquals(0, box.sh("boxwall-apply revert --now").status());
        assertFalse(box.tables().contains("DROP"), "nobody wanted it");
        assertFalse(Files.exists(box.root.resolve("var/tmp/flash/boxwall/boot.new")));
        assertTrue(box.rc("load").out().contains(offer));
        String id = adopted(box).replaceAll("(?s)^.*\\bid=(\\S+).*$", "$1");
        FreetzRoot.Answer confirmed = box.sh("boxwall-apply confirm " + id);
        assertEquals(0, confirmed.status(), confirmed.all());
        assertTrue(box.read("var/tmp/flash/boxwall/boot.new/stamp").contains("id=image"), confirmed.all());
        assertTrue(box.tables().contains("1111"), confirmed.all());
        assertFalse(box.rc("load").out().contains(offer));
    }

    /** What trying the image's plan says. */
    private static String adopted(FreetzRoot box) {
        FreetzRoot.Answer adopt = box.rc("adopt");
        assertTrue(adopt.status() == 0 || adopt.status() == 6, adopt.all());
        assertTrue(box.tables().contains("1111") && adopt.out().contains("boxwall-apply confirm"), adopt.all());
        return adopt.out();
    }

    /** Runs a verb, after which the daemon has to run. */
    private static void running(FreetzRoot box, String verb) {
        FreetzRoot.Answer answer = box.rc(verb);
        assertEquals(0, answer.status(), verb + ": " + answer.all());
        FreetzRoot.Answer status = box.rc("status");
        assertEquals("running\n", status.out(), verb + ": " + answer.all());
        assertEquals(0, status.status());
        String line = box.sh("tr '\\0' ' ' </proc/$(cat /var/run/boxwall.pid)/cmdline").out();
        assertTrue(line.contains("boxwall.cli.Main daemon"), verb + ": the pid is that of " + line);
    }

    /** Runs a verb, after which it must not run. */
    private static void stopped(FreetzRoot box, String verb) {
        FreetzRoot.Answer answer = box.rc(verb);
        assertEquals(0, answer.status(), verb + ": " + answer.all());
        FreetzRoot.Answer status = box.rc("status");
        assertEquals("stopped\n", status.out(), verb + ": " + answer.all());
        assertEquals(3, status.status());
    }
}
