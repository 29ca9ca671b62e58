package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A box that lacks a command, a file or flash space reports it and is protected as far as possible. */
@SharedBox.Used
class LimitedBoxIT {
    @Test
    void withoutIptablesRestoreNothingIsChanged(VirtualBox box, @TempDir Path folder) throws IOException {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "unrestorable");
        box.run("cd /usr/sbin && mkdir /tmp/away && mv iptables-restore ip6tables-restore /tmp/away").ok();
        try {
            VirtualBox.Answer tried = box.apply("try", plan, "60");
            assertEquals("3 restore-missing", tried.status() + " " + tried.get("reason"), tried.out());
            assertEquals(before, box.rules());
            // the daemon reads the box again before a change
            box.http("PUT", "/rules", DeskPlan.marked()).expect(200);
            String refused = box.http("POST", "/apply?confirm=60", "").expect(422).body();
            assertTrue(refused.contains("restore-missing"), refused);
        } finally {
            box.run("mv /tmp/away/* /usr/sbin/ && rmdir /tmp/away").ok();
        }
    }

    @Test
    void withoutProcModulesRulesAreLoadedAndModulesUnknownIsReported(VirtualBox box, @TempDir Path folder)
            throws IOException {
        String before = box.rules();
        // a /proc without the file modules, as of a kernel that lists none
        box.run("rm -rf /tmp/noproc && mkdir /tmp/noproc && cd /tmp/noproc && for file in /proc/*; do ln -s $file .; done && rm modules")
                .ok();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "unlisted");
        VirtualBox.Answer tried = box.run("BOXWALL_PROC=/tmp/noproc boxwall-apply try " + plan + " 60").ok();
        assertEquals("pending", tried.get("state"), tried.out());
        assertTrue(box.hasMarker(), "the new rules must be live");
        box.apply("revert", tried.get("id")).ok();
        assertEquals(before, box.rules());

        Path packed = folder.resolve("recorded.tgz");
        Files.write(packed, box.run("boxwall-apply record /tmp/recorded >&2 && tar -czf - -C /tmp/recorded .").ok()
                .out().getBytes(StandardCharsets.ISO_8859_1));
        Path recorded = Files.createDirectory(folder.resolve("recorded"));
        VirtualBox.host("tar", "-xzf", packed.toString(), "-C", recorded.toString()).ok();
        Files.delete(recorded.resolve("proc/modules"));
        Files.delete(recorded.resolve("commands/lsmod"));
        String facts = DeskPlan.jar("facts", "--root", recorded.toString()).ok().out();
        assertTrue(facts.contains("\"modules-unknown\""), facts);
    }

    @Test
    void withFullFlashRulesAreLiveAndReportedAsUnsaved(VirtualBox box, @TempDir Path folder) throws IOException {
        String before = box.rules();
        String marked =
                DeskPlan.of(Files.createDirectory(folder.resolve("marked")), DeskPlan.marked()).copyTo(box, "marked");
        String plain =
                DeskPlan.of(Files.createDirectory(folder.resolve("plain")), DeskPlan.plain()).copyTo(box, "plain");
        box.run("dd if=/dev/urandom of=/tmp/flash/ballast bs=1024 count=40").ok();
        try {
            VirtualBox.Answer confirmed = box.apply("confirm", box.apply("try", marked, "60").ok().get("id"));
            assertEquals("unsaved", confirmed.get("state"), confirmed.out() + confirmed.err());
            assertTrue(confirmed.get("error").contains("too big"), confirmed.out());
            assertTrue(box.hasMarker(), "the new rules must be live");
            JsonObject status = box.get("/status").expect(200).json();
            assertEquals("unsaved", status.getString("state", ""), status::toString);
            assertTrue(box.http("GET", "/findings", "").expect(200).body().contains("\"flash-full\""));
        } finally {
            box.run("rm /tmp/flash/ballast").ok();
        }
        VirtualBox.Answer restored = box.apply("confirm", box.apply("try", plain, "60").ok().get("id"));
        assertEquals("active", restored.get("state"), "the flash has space again\n" + restored.out());
        assertEquals(before, box.rules());
    }
}
