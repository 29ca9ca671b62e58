package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scripts and Freetz' page, which need no JVM, with only the applets that Freetz builds by default (applets.txt)
 * and start-stop-daemon, which the package selects. Rows with all applets of another row are left out.
 */
class AppletsIT {
    /** The default applets of a kind of box. */
    record Row(String name, Set<String> applets) {
        @Override
        public String toString() { return name; }
    }

    /** All rows of applets.txt. */
    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        Set<String> common = new TreeSet<>();
        String text = Files.readString(Path.of("src/test/resources/freetz/applets.txt")).replace("\n  ", " ");
        for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
            List<String> words = List.of(line.split(" "));
            if (words.get(0).equals("every")) {
                common.addAll(words.subList(1, words.size()));
                continue;
            }
            Set<String> applets = new TreeSet<>(common);
            applets.addAll(words.subList(4, words.size()));
            applets.add("start-stop-daemon");
            rows.add(new Row(String.join(" ", words.subList(0, 4)), applets));
        }
        return rows;
    }

    static List<Row> minimalRows() throws IOException {
        List<Row> rows = rows();
        return rows.stream()
                .filter(row -> rows.stream().noneMatch(
                        other -> other.applets.size() < row.applets.size() && row.applets.containsAll(other.applets)))
                .toList();
    }

    @Test
    void listHasRowsOfBothTrees() throws IOException {
        List<Row> rows = rows();
        assertTrue(rows.size() >= 20 && minimalRows().size() >= 2, rows.toString());
        for (String name : List.of("ng 1.27.2", "ng 1.38.0", "classic 1.27.2")) {
            assertTrue(rows.stream().anyMatch(row -> row.name.startsWith(name)), name);
        }
        Row old = rows.stream().filter(row -> row.name.equals("classic 1.27.2 04.xx 7170")).findFirst().orElseThrow();
        assertFalse(old.applets.contains("hexdump") || old.applets.contains("od") || old.applets.contains("uniq"),
                "not in the tree's default");
    }

    private static FreetzRoot.Answer assertGood(FreetzRoot box, String line) {
        FreetzRoot.Answer answer = box.sh(line);
        assertEquals(0, answer.status(), line + ": " + answer.all());
        assertFalse(answer.err().contains("not found") || answer.err().contains("unrecognized")
                || answer.err().contains("invalid option"), line + ": " + answer.all());
        return answer;
    }

    private static String applyTry(FreetzRoot box, String seconds) {
        FreetzRoot.Answer answer = box.sh("boxwall-apply try /var/tmp/next " + seconds);
        assertTrue(answer.status() == 0 || answer.status() == 6, answer.all());
        assertTrue(box.tables().contains("--dport 1111"), answer.all());
        return answer.out().replaceAll("(?s)^.*\\bid=(\\S+).*$", "$1");
    }

    @ParameterizedTest
    @MethodSource("minimalRows")
    void everyScriptRunsWithTheDefaultApplets(Row row) throws Exception {
        try (FreetzRoot box = new FreetzRoot(null, "en", row.applets)) {
            assertEquals(127, box.sh("hexdump </dev/null").status(), "other applets are not available");
            box.installJvm();
            Contract.enable(box);
            String token = assertGood(box, "rc=/mod/etc/init.d/rc.boxwall; $rc token").out();
            assertTrue(token.matches("[0-9a-f]{32}\n"), token);
            assertEquals("rw-------", PosixFilePermissions
                    .toString(Files.getPosixFilePermissions(box.root.resolve("var/tmp/flash/boxwall/token"))));
            assertEquals(token, assertGood(box, "/mod/etc/init.d/rc.boxwall token").out());
            assertFalse(assertGood(box, "/mod/etc/init.d/rc.boxwall token new").out().equals(token));
            Contract.plan(box, "var/tmp/flash/boxwall/boot", "old");
            Contract.plan(box, "var/tmp/next", "next");
            FreetzRoot.Answer load = assertGood(box, "/mod/etc/init.d/rc.boxwall load");
            assertTrue(box.tables().contains("1111"), load.all());
            assertTrue(box.read("var/run/boxwall/form").matches("[0-9a-f]{32}\n"), "the key of the emergency button");
            assertEquals("running\n", assertGood(box, "/mod/etc/init.d/rc.boxwall status").out());
            String id = applyTry(box, "60");
            assertGood(box, "boxwall-apply confirm " + id);
            assertTrue(box.read("var/tmp/flash/boxwall/boot.new/stamp").contains("id=next"));
            assertTrue(assertGood(box, "boxwall-apply status").out().startsWith("state="));
            assertGood(box, "boxwall-keep history");
            applyTry(box, "60");
            assertGood(box, "boxwall-apply revert --now");
            assertGood(box, "/mod/etc/init.d/rc.boxwall lock");
            assertTrue(box.tables().contains(":INPUT DROP"), box.tables());
            assertGood(box, "/mod/etc/init.d/rc.boxwall open");
            assertFalse(box.tables().contains("DROP"), box.tables());
            assertGood(box, "/mod/etc/init.d/rc.boxwall record /var/tmp/record");
            for (String file : "proc/version proc/net/dev commands/uname_-r commands/ifconfig_-a commands/route_-n commands/iptables-save commands/ls_%2Fusr%2Fsbin"
                    .split(" ")) {
                assertFalse(box.read("var/tmp/record/" + file).isEmpty(), "record has no " + file);
            }
            assertGood(box, "boxwall-apply probe >/var/tmp/probe");
            assertGood(box, "/mod/etc/init.d/rc.boxwall stop");
            assertGood(box, "/mod/etc/init.d/rc.boxwall forget");
        }
    }

    @ParameterizedTest
    @MethodSource("minimalRows")
    void pageAndButtonWorkWithTheDefaultApplets(Row row) throws Exception {
        Page.assertWorks(null, "en", row.applets, PageIT.ENGLISH, "open: everything is allowed");
    }
}
