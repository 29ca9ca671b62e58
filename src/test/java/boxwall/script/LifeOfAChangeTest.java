package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks each cell of "The life of a change" in ARCHITECTURE.md: reaches the row's state, kills the column's process
 * and compares the outcome with the cell. Each shell takes half of the cells; all of them with -Dboxwall.long=true.
 */
class LifeOfAChangeTest {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    private static final List<String> COLUMNS = List.of("it dies", "guard dies", "both die", "reboot");
    private static final String LEGACY = "/usr/sbin/xtables-legacy-multi ";
    private static final String VERDICT_EXISTS = "[ -h $BOXWALL_RUN/tx/verdict ]";
    private static final Pattern FILE = Pattern.compile("`([^`]+)`");

    /** The cells of the table's rows. */
    private static List<String[]> rows() throws IOException {
        String page = Files.readString(Path.of("ARCHITECTURE.md"));
        String part = page.substring(page.indexOf("\n## The life of a change\n") + 1);
        List<String[]> rows =
                Stream.of(part.substring(0, part.indexOf("\n## ")).split("\n")).filter(line -> line.startsWith("| "))
                        .map(line -> line.substring(2, line.length() - 2).split(" \\| ")).toList();
        assertEquals(List.of("state", "who writes what in RUN", "who decides", "process", "it dies", "guard dies",
                "both die", "reboot"), List.of(rows.get(0)));
        return rows.subList(1, rows.size());
    }

    @Test
    void eachCellOfTheTableIsTrue() throws IOException {
        List<String[]> rows = rows();
        assertEquals(List.of("begun", "loading", "pending", "kept", "undone", "saving", "writing flash"),
                rows.stream().map(row -> row[0]).toList());
        SideBySide.runParallel(which -> {
            String[] half = which.split(":");
            try (NetBox box = new NetBox(half[0])) {
                box.storePlan("boot", new PlanFolder("stored", 4444));
                assertEquals("active", box.apply("boot").get("state"));
                box.sh("cp -r $BOXWALL_STATE $BOXWALL_TEST/flash");
                int cell = 0;
                for (String[] row : rows) {
                    for (int column = 0; column < COLUMNS.size(); column++) {
                        if (!row[4 + column].equals("–") && ++cell % 4 == Integer.parseInt(half[1])
                                || LONG && half[1].equals("0")) {
                            checkCell(box, row, column, 2000 + cell);
                        }
                    }
                }
            }
        }, LONG ? new String[] {"dash:0", "busybox sh:0"}
                : new String[] {"dash:0", "dash:2", "busybox sh:1", "busybox sh:3"});
    }

    private static void checkCell(NetBox box, String[] row, int column, int port) throws IOException {
        String expected = row[4 + column];
        String context = row[0] + ", " + COLUMNS.get(column);
        if (expected.equals("–")) { return; }
        String before = box.tables();
        String id = "plan" + port + System.nanoTime();
        String pid = reachState(box, row, new PlanFolder(id, port).write(box.folder.resolve(id)).toString());
        Matcher files = FILE.matcher(row[1]);
        while (files.find()) {
            assertTrue(Files.exists(box.run.resolve(files.group(1).replace("saving.1", saveLock(box))),
                    LinkOption.NOFOLLOW_LINKS), context + ": missing file " + files.group(1));
        }
        if (column == 3) {
            box.cutPower();
            box.sh("rm -rf $BOXWALL_STATE; cp -r $BOXWALL_TEST/flash $BOXWALL_STATE; >$BOXWALL_TEST/go");
            assertEquals("active", box.apply("boot").get("state"), context);
        } else {
            String guard = "$(cut -d' ' -f1 $BOXWALL_RUN/tx/guard)";
            String victims = column == 0 ? pid : column == 1 ? guard : "-1"; // both, with all their children
            assertEquals(0, box.sh("kill -9 " + victims + "; status=$?; >$BOXWALL_TEST/go; exit $status").status(),
                    context);
        }
        boolean needsNextVerb = expected.endsWith(" at the next verb");
        Path tx = box.run.resolve("tx");
        assertTrue(Wait.until(() -> box.commandLines().isEmpty() && Files.exists(tx) == needsNextVerb),
                () -> context + ": " + expected + ": " + box.describe());
        NetBox.Answer status = box.apply("status");
        assertTrue(!Files.exists(tx), context + ": the next verb must undo the change");
        boolean live = box.tables().contains("--dport " + port);
        String outcome = !live && box.tables().equals(before) && column != 3 ? "old rules"
                : live && status.get("state").matches("active|unsaved") ? "new rules"
                : !live && box.tables().contains("--dport 4444") && column == 3 ? "boot rules"
                : "neither old, new nor boot rules:\n" + box.tables() + status.out();
        assertEquals(expected.replace(" at the next verb", ""), outcome, context + ": " + status.out());
        assertTrue(!status.get("state").equals("pending") && box.apply("revert", "--now").status() == 0,
                context + ": " + status.out());
    }

    /** The lock file of boxwall-keep with the highest number. */
    private static String saveLock(NetBox box) {
        return box.sh("cd $BOXWALL_RUN; ls -d saving.[0-9]* | sort -t. -k2n | tail -n 1").out().strip();
    }

    /** Brings a change to the state of a row and returns the id of that row's process. */
    private static String reachState(NetBox box, String[] row, String plan) throws IOException {
        box.sh("rm -f $BOXWALL_TEST/go $BOXWALL_TEST/reached $BOXWALL_BIN/cp $BOXWALL_BIN/mv");
        box.useRealTool("iptables-restore");
        box.useRealTool("ip6tables-restore");
        box.script("modsave", "#!/bin/sh\n");
        String pending = "";
        if (!row[0].equals("begun") && !row[0].equals("loading")) {
            NetBox.Answer tried = box.apply("try", plan, "60", "--replace");
            assertEquals("pending", tried.get("state"), tried.out() + tried.err());
            pending = tried.get("id");
        }
        switch (row[0]) {
            case "begun" -> blockCommand(box, "cp", "true", "/bin/cp");
            case "loading" -> blockCommand(box, "ip6tables-restore", "true", LEGACY + "ip6tables-restore");
            case "kept" -> blockCommand(box, "mv", VERDICT_EXISTS, "/bin/mv");
            case "undone" -> blockCommand(box, "iptables-restore", VERDICT_EXISTS, LEGACY + "iptables-restore");
            case "saving", "writing flash" -> blockCommand(box, "modsave", "true", "true");
            default -> {
                return "";
            }
        }
        if (row[0].equals("undone")) {
            box.advanceClock(60);
        } else {
            String verb = pending.isEmpty() ? "try " + plan + " 60 --replace" : "confirm " + pending;
            box.start("sh", "-c", "echo $$ >$BOXWALL_TEST/pid; exec " + box.command("boxwall-apply") + " " + verb
                    + " </dev/null >/dev/null 2>&1");
        }
        assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("reached"))), () -> row[0] + ": " + box.describe());
        Path file = switch (row[3]) {
            case "undoer" -> box.run.resolve("tx/undoer");
            case "keep" -> box.run.resolve(saveLock(box));
            default -> box.folder.resolve("pid");
        };
        return NetBox.read(file).strip().split(" ")[0];
    }

    /** Blocks a command while a condition holds, until the test releases it. */
    private static void blockCommand(NetBox box, String command, String when, String real) {
        box.script(command, "#!/bin/sh\nif [ ! -e $BOXWALL_TEST/go ] && " + when
                + "; then\n>$BOXWALL_TEST/reached\nuntil [ -e $BOXWALL_TEST/go ]; do /bin/sleep 0.1; done\nfi\nexec "
                + real + " \"$@\"\n");
    }
}
