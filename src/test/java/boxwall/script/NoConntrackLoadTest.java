package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * On a box that refuses connection tracking, no command that boxwall starts may name anything that would load it. Every
 * call is recorded.
 */
class NoConntrackLoadTest {
    private static final Pattern LOADS_CONNTRACK =
            Pattern.compile("conntrack|\\bnat\\b|_nat|nf_ct|state|connmark|connbytes|connlimit|helper|NOTRACK|"
                    + "MASQUERADE|SNAT|DNAT|REDIRECT");
    private static final String RECORD_CALL = "#!/bin/sh\necho \"%1$s $*\" >>\"$BOXWALL_TEST/calls\"\n";

    /** A box whose netfilter commands record their arguments and input before they run. */
    private static NetBox recordingBox(String shell) {
        NetBox box = new NetBox(shell);
        for (String name : List.of("iptables", "ip6tables", "iptables-save", "ip6tables-save")) {
            box.script(name, RECORD_CALL.formatted(name) + "exec /usr/sbin/xtables-legacy-multi " + name + " \"$@\"\n");
        }
        for (String name : List.of("iptables-restore", "ip6tables-restore")) {
            box.script(name, RECORD_CALL.formatted(name)
                    + "tee -a \"$BOXWALL_TEST/calls\" | /usr/sbin/xtables-legacy-multi " + name + " \"$@\"\n");
        }
        for (String name : List.of("modprobe", "insmod", "rmmod", "lsmod", "depmod")) {
            box.script(name, RECORD_CALL.formatted(name));
        }
        return box;
    }

    private static void assertNothingLoadsConntrack(NetBox box, String context) {
        List<String> named = box.calls().lines().filter(line -> LOADS_CONNTRACK.matcher(line).find()).toList();
        assertEquals(List.of(), named, context);
    }

    @Test
    void readingVerbsNameNothingThatLoadsConntrack() {
        withBothShells(NoConntrackLoadTest::recordingBox, box -> {
            box.loadForeignRules();
            for (String[] verb : new String[][] {{"probe"}, {"record", box.folder.resolve("record").toString()},
                    {"status"}}) {
                assertEquals(0, box.apply(verb).status(), verb[0]);
                assertNothingLoadsConntrack(box, verb[0]);
            }
            assertTrue(box.calls().contains("iptables-save -c -t filter"), "calls are recorded: " + box.calls());
            assertTrue(box.calls().lines().noneMatch(line -> line.startsWith("modprobe") || line.startsWith("insmod")),
                    box.calls());
        });
    }

    /** The whole path for a recorded box that refuses: facts, compile, then try and boot of the compiled plan. */
    @Test
    void planForBoxThatRefusesConntrackNamesNothingThatLoadsIt() throws IOException {
        for (String recordedBox : List.of("virtual-avm", "7270v2-0554")) {
            Path plan = Files.createTempDirectory("boxwall-plan");
            Path boxFolder = Path.of("src/test/resources/boxes", recordedBox);
            runBoxwall("facts", "--root", boxFolder.toString());
            runBoxwall("compile", "conf/boxwall.rules", "--out", plan.toString(), "--root", boxFolder.toString());
            assertTrue(Files.readString(plan.resolve("restore4")).contains("-A INPUT"), recordedBox);
            withBothShells(NoConntrackLoadTest::recordingBox, box -> {
                box.settings.put("BOXWALL_WITNESS", "no");
                NetBox.Answer answer = box.apply("try", plan.toString(), "30", "--force");
                // this machine's kernel is not that box's: other tests check whether the rules load there
                assertTrue(answer.status() == 0 || answer.status() == 4, answer.out() + answer.err());
                assertTrue(box.calls().contains("modprobe ip") && box.calls().contains("-A INPUT"),
                        "modules and rules were loaded: " + box.calls());
                assertNothingLoadsConntrack(box, recordedBox + " try");
                box.apply("revert", "--now");
                copy(plan, box.state.resolve("boot"));
                box.apply("boot");
                assertNothingLoadsConntrack(box, recordedBox + " boot");
            });
        }
    }

    private static void copy(Path from, Path to) {
        try (var files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void runBoxwall(String... words) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp",
                System.getProperty("java.class.path"), "boxwall.cli.Main"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            assertEquals(0, process.waitFor(), output);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
