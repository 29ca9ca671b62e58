package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Where connection tracking is refused, no command that boxwall starts may name what would load it: each request is
 * written down.
 */
class AskingTest {
    private static final Pattern LOADS =
            Pattern.compile("conntrack|\\bnat\\b|_nat|nf_ct|state|connmark|connbytes|connlimit|helper|NOTRACK|"
                    + "MASQUERADE|SNAT|DNAT|REDIRECT");
    private static final String LOG = "#!/bin/sh\necho \"%1$s $*\" >>\"$BOXWALL_TEST/calls\"\n";

    /** A box whose every command of netfilter writes down what it was asked, input included, before it does it. */
    private static NetBox listening(String shell) {
        NetBox box = new NetBox(shell);
        for (String name : List.of("iptables", "ip6tables", "iptables-save", "ip6tables-save")) {
            box.script(name, LOG.formatted(name) + "exec /usr/sbin/xtables-legacy-multi " + name + " \"$@\"\n");
        }
        for (String name : List.of("iptables-restore", "ip6tables-restore")) {
            box.script(name, LOG.formatted(name) + "tee -a \"$BOXWALL_TEST/calls\" | /usr/sbin/xtables-legacy-multi "
                    + name + " \"$@\"\n");
        }
        for (String name : List.of("modprobe", "insmod", "rmmod", "lsmod", "depmod")) {
            box.script(name, LOG.formatted(name));
        }
        return box;
    }

    private static void nothingLoads(NetBox box, String what) {
        List<String> named = box.calls().lines().filter(line -> LOADS.matcher(line).find()).toList();
        assertEquals(List.of(), named, what);
    }

    @Test
    void lookingNamesNothing() {
        inBothShells(shell -> {
            try (NetBox box = listening(shell)) {
                box.givenRules();
                for (String[] verb : new String[][] {{"probe"}, {"record", box.folder.resolve("record").toString()},
                        {"status"}}) {
                    assertEquals(0, box.apply(verb).status(), verb[0]);
                    nothingLoads(box, verb[0]);
                }
                assertTrue(box.calls().contains("iptables-save -c -t filter"),
                        "requests are written down: " + box.calls());
                assertTrue(
                        box.calls().lines().noneMatch(line -> line.startsWith("modprobe") || line.startsWith("insmod")),
                        box.calls());
            }
        });
    }

    /** The whole way for a box from a folder that refuses: facts, compile, then try and boot with what was compiled. */
    @Test
    void aPlanForABoxThatRefusesNamesNothing() throws IOException {
        for (String recorded : List.of("virtual-avm", "7270v2-0554")) {
            Path plan = Files.createTempDirectory("boxwall-plan");
            Path here = Path.of("src/test/resources/boxes", recorded);
            java("facts", "--root", here.toString());
            java("compile", "conf/boxwall.rules", "--out", plan.toString(), "--root", here.toString());
            assertTrue(Files.readString(plan.resolve("restore4")).contains("-A INPUT"), recorded);
            inBothShells(shell -> {
                try (NetBox box = listening(shell)) {
                    box.settings.put("BOXWALL_WITNESS", "no");
                    NetBox.Answer answer = box.apply("try", plan.toString(), "30", "--force");
                    // the kernel of this machine is not that box's: whether the rules load there is another test's
                    // question
                    assertTrue(answer.status() == 0 || answer.status() == 4, answer.out() + answer.err());
                    assertTrue(box.calls().contains("modprobe ip") && box.calls().contains("-A INPUT"),
                            "it got that far: " + box.calls());
                    nothingLoads(box, recorded + " try");
                    box.apply("revert", "--now");
                    copy(plan, box.state.resolve("boot"));
                    box.apply("boot");
                    nothingLoads(box, recorded + " boot");
                }
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

    private static void java(String... words) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp",
                System.getProperty("java.class.path"), "boxwall.cli.Main"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        try {
            assertEquals(0, process.waitFor(), said);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
