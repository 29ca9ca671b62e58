package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * RUN, STATE, a folder above RUN or a file in them is a link, or another user owns it or can replace it: no verb of any
 * script writes there or trusts it. Each verb is tested with a sixth of the forms; with all if -Dboxwall.long=true.
 */
class UntrustedFolderTest {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    /**
     * Others could write there, but have not: the files are still root's, so verbs that only read may work.
     */
    private static final List<String> WRITABLE_BY_OTHERS = List.of("chmod 777 $R", "chmod 770 $R", "chmod 702 $R",
            "chmod 777 $U", "chown 1000 $U", "chgrp 1000 $U && chmod 770 $U", "chmod 777 $S", "chmod 720 $S",
            "mv $U $T/else && ln -s $T/else $U && chown -h 1000 $U", "rm -r $R && chmod 777 $U");
    /** Files and folders that another user has made. */
    private static final List<String> MADE_BY_OTHERS = List.of("chown 1000 $R", "mv $R $T/else && ln -s $T/else $R",
            "rm -r $R && ln -s $T/none $R", "chown 1000 $S", "mv $S $T/else && ln -s $T/else $S",
            "l $T/target $R/result.new", "l $T/target $R/saved", "l $T/target $R/saving.7", "l $T/target $R/result",
            "l $T/target $R/printk", "l $T/target $R/form", "l $T/target $R/daemon.log", "l $T $R/tx", "l $T $R/live",
            "chown 1000 $R/result", "l $T/target $S/trial", "l $T/target $S/token", "l $T/target $S/rules",
            "l $T $S/boot.new", "l $T/none $S/trial", "mkdir $R/tx && chown 1000 $R/tx");
    private static final List<String> READING_VERBS = List.of("boxwall-apply status", "boxwall-apply confirm one",
            "boxwall-apply revert --now", "boxwall-apply pa flush", "boxwall-keep history");
    private static final List<String> VERBS = List.of("boxwall-apply boot", "boxwall-apply again",
            "boxwall-apply try $T/plan 60 --replace", "boxwall-apply confirm one", "boxwall-apply revert --now",
            "boxwall-apply status", "boxwall-apply probe", "boxwall-apply probe log",
            "boxwall-apply record $T/recorded", "boxwall-apply open", "boxwall-apply lock", "boxwall-apply pa flush",
            "boxwall-apply printk 5", "boxwall-keep history", "boxwall-keep restore 1", "boxwall-keep off",
            "boxwall-keep keep $T/plan", "boxwall-keep mark one", "boxwall-keep promote", "boxwall-keep drop",
            "boxwall-keep spare", "boxwall-read probe", "boxwall-read record $T/recorded", "rc.boxwall",
            "rc.boxwall start", "rc.boxwall stop", "rc.boxwall unload", "rc.boxwall restart", "rc.boxwall status",
            "rc.boxwall adopt", "rc.boxwall open", "rc.boxwall lock", "rc.boxwall forget", "rc.boxwall late",
            "rc.boxwall online", "rc.boxwall token new", "rc.boxwall record $T/recorded");
    private static final String SHORTHANDS =
            "T=$BOXWALL_TEST U=$T/up R=$T/up/run S=$T/up2/state; l() { rm -rf \"$2\" && ln -s \"$1\" \"$2\"; }; ";
    private static final String CREATE_FOLDERS = SHORTHANDS
            + "chmod -R u+w $T/up $T/up2 $T/else 2>/dev/null; rm -rf $T/up $T/up2 $T/else $T/none $T/recorded $T/log; mkdir -p $R/live $S; chmod 700 $U $R $S;"
            + " printf 'state=inactive\\nid=\\n' >$R/result; echo '# rules' >$S/rules; echo '# older' >$S/rules.1; cp -r $T/plan $S/boot; cp -r $T/plan $S/plan.kept;";
    /** Everything that a verb could have changed. */
    private static final String PRINT_STATE =
            "cat $T/target $T/log 2>/dev/null; ls -A $T; ls -lAR $T/up $T/up2 $T/else 2>/dev/null | sed 's/^total.*//'; cat $R/result $S/trial $S/rules 2>/dev/null";

    private static NetBox box(String shell) {
        NetBox box = new NetBox(shell);
        box.loadForeignRules();
        new PlanFolder("one", 1111).write(box.folder.resolve("plan"));
        box.fakeProc();
        box.settings.put("BOXWALL_RUN", box.folder.resolve("up/run").toString());
        box.settings.put("BOXWALL_STATE", box.folder.resolve("up2/state").toString());
        box.settings.put("BOXWALL_MODLIBRC", Path.of("src/box/rootfs/etc/init.d/modlibrc").toAbsolutePath().toString());
        box.settings.put("BOXWALL_SBIN", Path.of("init.d").toAbsolutePath().toString());
        box.settings.put("BOXWALL_PID_FILE", box.folder.resolve("up/boxwall.pid").toString());
        box.settings.put("BOXWALL_LAUNCHER", "/nonexistent");
        box.settings.put("BOXWALL_ENABLED", "yes");
        box.settings.put("BOXWALL_DEBUG", box.folder.resolve("debug").toString());
        box.script("modsave", "#!/bin/sh\necho saved >>$BOXWALL_TEST/log\n");
        assertEquals(0, box.sh("echo untouched >$BOXWALL_TEST/target; : >$BOXWALL_TEST/debug").status());
        return box;
    }

    @Test
    void noVerbWritesToOrReadsUntrustedFolders() {
        List<String> forms = new ArrayList<>(MADE_BY_OTHERS);
        forms.addAll(WRITABLE_BY_OTHERS);
        withBothShells(UntrustedFolderTest::box, box -> {
            String before = box.tables();
            int pairs = 0;
            for (int f = 0; f < forms.size(); f++) {
                StringBuilder line = new StringBuilder();
                List<String> verbs = new ArrayList<>();
                for (int v = 0; v < VERBS.size(); v++) {
                    if (!LONG && (f + v) % 6 != 0
                            || WRITABLE_BY_OTHERS.contains(forms.get(f)) && READING_VERBS.contains(VERBS.get(v))) {
                        continue;
                    }
                    verbs.add(VERBS.get(v));
                    String script = VERBS.get(v).split(" ")[0];
                    line.append("{ ").append(CREATE_FOLDERS).append("\n").append(forms.get(f))
                            .append("; } >/dev/null || echo no form; a=$(").append(PRINT_STATE).append("); ")
                            .append(box.command(script)).append(VERBS.get(v).substring(script.length()))
                            .append(" >$T/out 2>&1; status=$?; rm -f $T/out; b=$(").append(PRINT_STATE)
                            .append("); [ \"$a\" = \"$b\" ] || printf '%s\\n' changed \"$a\" now \"$b\"; echo =$status\n");
                }
                String output = box.sh(line.toString()).out();
                int answered = 0;
                for (String answer : output.split("(?<==\\d{1,3}\n)")) {
                    assertEquals(verbs.get(answered).startsWith("rc.") ? "=1\n" : "=3\n", answer,
                            forms.get(f) + ": " + verbs.get(answered));
                    answered++;
                }
                assertEquals(verbs.size(), answered, forms.get(f));
                assertEquals(before, box.tables(), forms.get(f));
                pairs += answered;
            }
            assertTrue(pairs > 150, pairs + " pairs");
        });
    }

    /** If root owns everything, the verbs are not refused, whatever other permissions the parent folders have. */
    @Test
    void foldersOfRootAreUsed() {
        withBothShells(UntrustedFolderTest::box, box -> {
            for (String form : List.of("true", "chmod 1777 $U", "chmod 775 $U", "rm -r $R",
                    "mv $U $T/else && ln -s $T/else $U", "chmod 755 $R $S", "rm -r $S")) {
                StringBuilder line = new StringBuilder(CREATE_FOLDERS).append(form);
                for (String verb : List.of("boxwall-apply status", "boxwall-apply probe log", "boxwall-apply printk 0",
                        "boxwall-keep history", "boxwall-keep off", "boxwall-read probe log", "rc.boxwall token")) {
                    String script = verb.split(" ")[0];
                    line.append(" && ").append(box.command(script)).append(verb.substring(script.length()));
                }
                NetBox.Answer answer = box.sh(line.toString());
                assertEquals(0, answer.status(), form + ": " + answer.out() + answer.err());
            }
            NetBox.Answer pending = box.apply("try", box.folder.resolve("plan").toString(), "60", "--replace");
            assertEquals(0, pending.status(), pending.out() + pending.err());
            assertEquals("untouched\n", NetBox.read(box.folder.resolve("target")));
        });
    }
}
