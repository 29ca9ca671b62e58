package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All scripts read boxwall.cfg by one function. It knows every setting, and a truncated file does not abort a script.
 */
class SettingsTest {
    @Test
    void truncatedFileDoesNotAbortScripts() {
        withBothShells(box -> {
            Path conf = Files.createDirectory(box.folder.resolve("conf")).resolve("boxwall.cfg");
            Files.writeString(conf, "export BOXWALL_ENABLED='yes'\nexport BOXWALL_PORT='81");
            box.settings.put("BOXWALL_CONF", conf.toString());
            assertEquals(0, box.apply("probe").status());
            assertEquals(0, box.apply("status").status());
            assertEquals(0, box.runScript("boxwall-keep", "history").status());

            Files.writeString(box.folder.resolve("boxwall.jar"), "");
            box.script("jvm", "#!/bin/sh\necho \"runs $*\"\n");
            box.settings.put("BOXWALL_JAR", box.folder.resolve("boxwall.jar").toString());
            box.settings.put("BOXWALL_JVM", box.bin.resolve("jvm").toString());
            NetBox.Answer launched = box.runScript("boxwall", "--version");
            assertTrue(launched.status() == 0 && launched.out().endsWith("--version\n"),
                    launched.out() + launched.err());

            Path modlibrc = box.folder.resolve("modlibrc"); // Freetz' modlibrc reads the file by a fixed path
            Files.writeString(modlibrc, Files.readString(Path.of("src/box/rootfs/etc/init.d/modlibrc"))
                    .replace("/mod/etc/conf", conf.getParent().toString()));
            box.settings.put("BOXWALL_MODLIBRC", modlibrc.toString());
            box.settings.put("BOXWALL_SBIN", Path.of("init.d").toAbsolutePath().toString());
            box.settings.put("BOXWALL_PID_FILE", box.folder.resolve("boxwall.pid").toString());
            NetBox.Answer service = box.runScript("rc.boxwall", "status");
            assertEquals("3 stopped\n", service.status() + " " + service.out(), service.err());
        });
    }

    @Test
    void environmentOverridesFileAndFileOverridesDefaults() {
        withBothShells(box -> {
            Path conf = Files.writeString(box.folder.resolve("boxwall.cfg"),
                    "export BOXWALL_RUN='/nowhere'\nexport BOXWALL_HEAP='7m'\n");
            box.settings.put("BOXWALL_CONF", conf.toString());
            box.settings.put("BOXWALL_HANG_SECONDS", "5");
            NetBox.Answer answer = box.sh(". " + Path.of("init.d").toAbsolutePath()
                    + "/boxwall-common; read_settings; echo \"$RUN $BOXWALL_HEAP $HANG $PROVE\"");
            assertEquals(box.run + " 7m 5 600\n", answer.out(), answer.err());
        });
    }

    @Test
    void readerKnowsEverySetting() throws IOException {
        String names =
                Files.readString(Path.of("init.d/boxwall-common")).replaceAll("(?s).*setting_names='([^']*)'.*", "$1");
        List<String> unknown = Files.readAllLines(Path.of("conf/boxwall.cfg")).stream()
                .filter(line -> line.startsWith("export BOXWALL_"))
                .map(line -> line.substring("export BOXWALL_".length(), line.indexOf('=')))
                .filter(name -> !List.of(names.split("\\s")).contains(name)).toList();
        assertEquals(List.of(), unknown);
    }

    @Test
    void onlyBoxwallCommonReadsTheFile() throws IOException {
        try (Stream<Path> files = Stream.concat(Files.list(Path.of("init.d")),
                Files.walk(Path.of("freetz-package/root")).filter(Files::isRegularFile))) {
            List<Path> readers =
                    files.filter(file -> NetBox.read(file).contains("default.boxwall/boxwall.cfg")).toList();
            assertEquals("boxwall-common",
                    readers.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(" ")));
        }
    }
}
