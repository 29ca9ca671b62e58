package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Readings;
import boxwall.netfilter.Family;
import boxwall.syntax.RuleWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real iptables accepts every preset, alone and all together, in both forms and families. Needs root.
 */
class PresetsIT {
    @Test
    void kernelAcceptsAllPresets(@TempDir Path folder) throws Exception {
        Readings box = Presets.box("virtual");
        List<List<String>> rulesets = new ArrayList<>();
        for (String preset : Presets.all()) {
            rulesets.add(List.of(preset));
        }
        rulesets.add(Arrays.asList(
                ("anti-spoof wiki-basic ipv6-basic guest-isolation block-tr069 flood-limits port-scan voip vpn-interface"
                        + " dmz-host nat-virtual-host prioritise call-home-log").split(" ")));
        int texts = 0;
        for (List<String> presets : rulesets) {
            for (AutoYesNo form : new AutoYesNo[] {AutoYesNo.YES, AutoYesNo.NO}) {
                Compiled compiled = Presets.on(box, Presets.text(presets), form).compiled();
                for (Family family : Family.values()) {
                    if (!compiled.ruleset.tables(family).isEmpty()) {
                        String name = String.format("%03d.%s.%s.%s", texts++, family.digit(), form,
                                presets.get(presets.size() - 1));
                        Files.writeString(folder.resolve(name), RuleWriter.restore(compiled.ruleset, family).text,
                                StandardCharsets.ISO_8859_1);
                    }
                }
            }
        }
        // a separate namespace for each text, so that none depends on the tables of another
        String script = "for f in \"$1\"/*; do p=iptables; case $f in */???.6.*) p=ip6tables;; esac\n"
                + "unshare -n $p-legacy-restore < \"$f\" 2>&1 || echo \"refused: $f\"; done; echo done";
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run; " + script, "sh",
                folder.toString()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "did not end within two minutes");
        assertEquals("done\n", output);
        assertTrue(texts >= 40, texts + " texts");
        System.out.println("presets: " + texts + " texts accepted by iptables-restore");
    }
}
