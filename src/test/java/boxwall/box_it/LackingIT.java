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

/** A box that lacks something says what, and is protected as far as that goes. */
@SharedBox.Used
class LackingIT {
    @Test
    void withoutIptablesRestoreNothingIsTouched(VirtualBox box, @TempDir Path folder) throws IOException {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).into(box, "unrestorable");
        box.run("cd /usr/sbin && mkdir /tmp/away && mv iptables-restore ip6tables-restore /tmp/away").good();
        try {
            VirtualBox.Answer tried = box.apply("try", plan, "60");
            assertEquals("3 restore-missing", tried.status() + " " + tried.get("reason"), tried.out());
            assertEquals(before, box.rules());
            // the daemon reads the box anew before it changes anything
            box.http("PUT", "/rules", DeskPlan.marked()).with(200);
            String refused = box.http("POST", "/apply?confirm=60", "").with(422).body();
            assertTrue(refused.contains("restore-missing"), refused);
        } finally {
            box.run("mv /tmp/away/* /usr/sbin/ && rmdir /tmp/away").good();
        }
    }

    @Test
    void withoutProcModulesTheBoxIsProtectedAndTheFindingSaysWhatIsNotKnown(VirtualBox box, @TempDir Path folder)
            throws IOException {
        String before = box.rules();
        // /proc of a box whose kernel lists no modules: all of it but that file
        box.run("rm -rf /tmp/noproc && mkdir /tmp/noproc && cd /tmp/noproc && for file in /proc/*; do ln -s $file .; done && rm modules")
                .good();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).into(box, "unlisted");
        VirtualBox.Answer tried = box.run("BOXWALL_PROC=/tmp/noproc boxwall-apply try " + plan + " 60").good();
        assertEquals("pending", tried.get("state"), tried.out());
        assertTrue(box.marked(), "the new rules are live");
        box.apply("revert", tried.get("id")).good();
        assertEquals(before, box.rules());

        Path packed = folder.resolve("recorded.tgz");
        Files.write(packed, box.run("boxwall-apply record /tmp/recorded >&2 && tar -czf - -C /tmp/recorded .").good()
                .out().getBytes(StandardCharsets.ISO_8859_1));
        Path recorded = Files.createDirectory(folder.resolve("recorded"));
        VirtualBox.host("tar", "-xzf", packed.toString(), "-C", recorded.toString()).good();
        Files.delete(recorded.resolve("proc/modules"));
        Files.delete(recorded.resolve("commands/lsmod"));
        String facts = DeskPlan.jar("facts", "--root", recorded.toString()).good().out();
        assertTrue(facts.contains("\"modules-unknown\""), facts);
    }

    @Test
    void withAFullFlashTheRulesAreLiveAndTheFindingSaysThatTheyAreNotSaved(VirtualBox box, @TempDir Path folder)
            throws IOException {
        String before = box.rules();
        String marked =
                DeskPlan.of(Files.createDirectory(folder.resolve("marked")), DeskPlan.marked()).into(box, "marked");
        String plain = DeskPlan.of(Files.createDirectory(folder.resolve("plain")), DeskPlan.plain()).into(box, "plain");
        box.run("dd if=/dev/urandom of=/tmp/flash/ballast bs=1024 count=40").good();
        try {
            VirtualBox.Answer kept = box.apply("confirm", box.apply("try", marked, "60").good().get("id"));
            assertEquals("unsaved", kept.get("state"), kept.out() + kept.err());
            assertTrue(kept.get("error").contains("too big"), kept.out());
            assertTrue(box.marked(), "the new rules are live");
            JsonObject status = box.get("/status").with(200).json();
            assertEquals("unsaved", status.getString("state", ""), status::toString);
            assertTrue(box.http("GET", "/findings", "").with(200).body().contains("\"flash-full\""));
        } finally {
            box.run("rm /tmp/flash/ballast").good();
        }
        VirtualBox.Answer back = box.apply("confirm", box.apply("try", plain, "60").good().get("id"));
        assertEquals("active", back.get("state"), "there is room again\n" + back.out());
        assertEquals(before, box.rules());
    }
}
