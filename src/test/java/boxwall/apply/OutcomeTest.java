package boxwall.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.sys.CommandResult;
import boxwall.sys.EndedCommand;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parsing of boxwall-apply's output, and its calls. */
class OutcomeTest {
    @Test
    void outcomeIsParsedFromLines() {
        Outcome outcome = Outcome.parse(
                "boxwall: words for people\nstate=pending\nid=1f-2\ndeadline=412\nprotected=14.21\nreason=\nerror=a=b | c\n");
        assertEquals("pending", outcome.state());
        assertEquals("1f-2", outcome.id());
        assertEquals(412, outcome.deadline());
        assertEquals("14.21", outcome.protectedAt());
        assertEquals("a=b | c", outcome.why());
    }

    @Test
    void missingOrInvalidTextIsInactive() {
        for (String text : new String[] {null, "", "state=", "state=on fire\ndeadline=soon\n", "=\n=x"}) {
            assertEquals("inactive", Outcome.parse(text).state());
            assertEquals(-1, Outcome.parse(text).deadline());
        }
    }

    @Test
    void exitStatusIsReadOnlyIfTheOutputShowsNoSuccess() throws Exception {
        FakeSys fake = new FakeSys();
        BootPlane plane = new BootPlane(fake, "/sbin/apply", "/run");
        fake.out = "state=pending\nid=1\ndeadline=9\n";
        assertEquals(0, plane.tryPlan("/plan", 20, false, false).status);
        assertEquals(0, fake.statusReads);
        assertEquals(List.of("/sbin/apply", "try", "/plan", "20"), fake.commands.get(0));
        fake.out = "state=active\nreason=restore-failed\nerror=line 4\n";
        fake.status = 4;
        Outcome outcome = plane.tryPlan("/plan", 20, true, true);
        assertEquals(4, outcome.status);
        assertTrue(fake.statusReads > 0);
        assertEquals("restore-failed: line 4", outcome.why());
        assertEquals(List.of("/sbin/apply", "try", "/plan", "20", "--force", "--replace"), fake.commands.get(1));
        assertFalse(outcome.words.isEmpty());
    }

    /** Gives every command the same result and counts reads of the exit status. */
    private static final class FakeSys implements Sys {
        private final List<List<String>> commands = new ArrayList<>();
        private String out = "";
        private int status;
        private int statusReads;

        @Override
        public CommandResult run(List<String> command, String stdin, int limitSeconds) {
            commands.add(new ArrayList<>(command));
            return new EndedCommand(command, out, "", status) {
                @Override
                public int status() {
                    statusReads++;
                    return super.status();
                }
            };
        }

        @Override
        public String read(String path, int limitBytes) { return null; }

        @Override
        public void write(String path, String text) { throw new IllegalStateException("nothing is written here"); }

        @Override
        public List<String> list(String directory) { return Collections.emptyList(); }

        @Override
        public long uptimeMillis() { return 0; }
    }
}
