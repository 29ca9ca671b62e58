package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code boxwall-read probe log} reads the kernel's lines only; other programs' syslog lines do not displace them. */
class ReadLogTest {
    private static final String PACKET = "[IPT] IN=dsl OUT= SRC=198.51.100.7 DST=10.0.0.1 PROTO=TCP";

    @TempDir
    private Path folder;

    private void writeProgram(String name, String text) throws IOException {
        Path lines = Files.writeString(folder.resolve(name + ".txt"), text);
        Path path = Files.writeString(folder.resolve(name), "#!/bin/sh\nexec cat '" + lines + "'\n");
        assertTrue(path.toFile().setExecutable(true));
    }

    private String probeLog() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", "init.d/boxwall-read", "probe", "log").redirectErrorStream(true);
        builder.environment().put("BOXWALL_BIN", folder.toString());
        builder.environment().put("BOXWALL_RUN", folder.resolve("run").toString());
        builder.environment().put("BOXWALL_CONF", "/dev/null");
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        return out;
    }

    @Test
    void forgedKernelLinesAreNotRead() throws Exception {
        StringBuilder syslog =
                new StringBuilder("Nov 23 08:15:02 fritz kern.warn kernel: [   12.3] " + PACKET + " DPT=1\n");
        syslog.append("Nov 23 08:15:02 fritz.box kern.warn kernel: ").append(PACKET).append(" DPT=2\n")
                .append("Nov 23 08:15:02 kernel: ").append(PACKET).append(" DPT=3\n");
        for (int i = 0; i < 2000; i++) {
            syslog.append("Nov 23 08:15:03 fritz user.info sipd[77]: REGISTER from kernel: ").append(PACKET)
                    .append('\n');
            syslog.append("Nov 23 08:15:03 fritz user.notice kernel: ").append(PACKET).append('\n')
                    .append("Nov 23 08:15:03 user.notice kernel: ").append(PACKET).append('\n');
        }
        writeProgram("logread", syslog.toString());
        writeProgram("dmesg", "[   12.3] " + PACKET + " DPT=4\n<4>" + PACKET + " DPT=5\nother\n");
        String out = probeLog();
        for (int port = 1; port < 6; port++) {
            assertTrue(out.contains("DPT=" + port + "\n"),
                    "DPT=" + port + " is missing in " + out.substring(0, Math.min(2000, out.length())));
        }
        assertEquals(5, out.lines().filter(l -> l.startsWith("|")).count(), "a forged line was read");
    }
}
