package boxwall.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Readings;
import boxwall.box.Secrets;
import boxwall.report.FactsJson;
import boxwall.sys.BoxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BoxReaderTest {
    private static MemorySys sysWithSecrets() {
        MemorySys sys = new MemorySys();
        sys.files.putAll(BoxWithSecrets.files());
        StringBuilder frames = new StringBuilder();
        BoxWithSecrets.commands().forEach((command, text) -> frames.append('@').append(command.replace(' ', '_'))
                .append(" rc=0\n|").append(text.strip().replace("\n", "\n|")).append('\n'));
        sys.output = frames.toString();
        return sys;
    }

    @Test
    void recordHoldsNoSecret() throws BoxException {
        MemorySys sys = sysWithSecrets();
        Readings readings = BoxReader.read(sys, "/");
        MemorySys folder = new MemorySys();
        int count = Recorder.record(folder, readings, "/record");
        assertEquals(folder.files.size(), count);
        assertTrue(count > 8, "only " + count + " files");
        for (Map.Entry<String, String> file : folder.files.entrySet()) {
            for (String secret : BoxWithSecrets.SECRETS) {
                assertFalse(file.getValue().contains(secret),
                        file.getKey() + " contains " + secret + ":\n" + file.getValue());
            }
        }
        assertTrue(folder.files.get("/record/commands/ifconfig_-a").contains("HWaddr 00:00:00:00:00:00"));
        assertTrue(folder.files.get("/record/proc/sys/urlader/environment").contains("Fritz_Box_7270"));
        assertTrue(folder.files.get("/record/var/flash/debug.cfg").startsWith("iptables -A INPUT -j DROP"));
        assertEquals("ar7cfg {\ndslifaces {\nname = \"internet\";\ndsldpconfig {\nsecurity = \"dpsec_firewall\";\n}\n"
                + "dsldpconfig { lowinput {\npolicy = \"permit\";\n} }\ndsldpconfig { lowinput {\naccesslist = \"deny tcp any any eq 135\",\n"
                + "\"deny udp any any range 137 139\";\n} }\ndsldpconfig { highoutput {\npolicy = \"permit\";\n} }\n"
                + "dsldpconfig { highoutput {\naccesslist = \"reject ip any 242.0.0.0 255.0.0.0\",\n\"reject udp any any range 161 162\";\n} }\n"
                + "dsldpconfig {\nforwardrules = \"tcp 0.0.0.0:80 192.168.178.20:80 0\",\n\"# tcp 0.0.0.0:22 0.0.0.0:22 0\";\n}\n}\n"
                + "}\n", folder.files.get("/record/var/flash/ar7.cfg"));
    }

    @Test
    void factsHoldNoKeyOrSerial() {
        String json = FactsJson.of(new BoxFacts(BoxReader.read(sysWithSecrets(), "/"))).toString();
        for (String secret : List.of("9876543210123456", "geheim-wlan", "4711-serial", "08:96:D7:12:34:56",
                "08:96:d7:ab:cd:ef", "sip-user")) {
            assertFalse(json.contains(secret), "the facts contain " + secret + ": " + json);
        }
    }

    @Test
    void recordGivesTheSameFactsAsTheBox() throws Exception {
        for (Path box : ModelBoxesTest.boxes()) {
            Readings first = BoxReader.read(MemorySys.of(box), "/box");
            MemorySys copy = new MemorySys();
            Recorder.record(copy, first, "/box");
            Readings second = BoxReader.read(copy, "/box");
            // with the Internet side's addresses replaced, as in a record
            String renamed = Golden.of(new BoxFacts(first)).lines().map(new Secrets(first)::line)
                    .collect(Collectors.joining("\n", "", "\n"));
            assertEquals(renamed, Golden.of(new BoxFacts(second)), box.toString());
        }
    }

    @Test
    void liveBoxIsReadWithOneProcess() {
        MemorySys sys = sysWithSecrets();
        BoxReader.read(sys, "/", "/somewhere/probe");
        assertEquals(List.of(List.of("/somewhere/probe", "probe")), sys.started);
    }

    /** Not even if the probe is old or fails, or prints no symbols. */
    @Test
    void noOtherProcessIsStartedWhateverTheProbePrints() {
        for (String output : new String[] {"", "@kallsyms rc=127\n",
                "@kallsyms rc=0\n|c0 t nf_conntrack_find_get\t[avm]\n", null}) {
            MemorySys sys = sysWithSecrets();
            sys.output = output;
            BoxReader.read(sys, "/");
            assertEquals(1, sys.started.size(), "after " + output + ": " + sys.started);
        }
    }

    @Test
    void factsComeFromFilesIfTheProbeIsMissing() {
        MemorySys sys = sysWithSecrets();
        sys.output = null;
        sys.files.put("/proc/version", "Linux version 2.6.32.41 (gcc) #1\n");
        Readings readings = BoxReader.read(sys, "/");
        assertEquals("2.6.32", new BoxFacts(readings).generation.name());
        assertTrue(readings.text("boxwall-apply_probe").contains("no such program"));
    }

    @Test
    void framesAreParsed() {
        Map<String, String> outputs =
                BoxReader.frames("noise\n@uname_-r rc=0\n|6.1.0\n!a complaint\n@ip_addr rc=127\n@dmesg rc=1\n"
                        + "@../../etc/passwd rc=0\n|x\n@lsmod\n|y\n@empty rc=0\n");
        assertEquals(Map.of("uname_-r", "6.1.0\n", "dmesg", "", "empty", ""), outputs);
    }

    @Test
    void programsAreFoundInTheirDirectories() {
        MemorySys sys = new MemorySys();
        sys.files.put("/usr/sbin/iptables", "");
        sys.files.put("/bin/busybox", "");
        BoxFacts facts = new BoxFacts(BoxReader.read(sys, "/"));
        assertEquals(true, facts.userland.present);
        assertEquals(false, facts.userland.restore);
        assertNull(facts.userland.version.value());
    }

    @Test
    void endOfALongKernelLogIsKept() {
        MemorySys sys = new MemorySys();
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 20000; i++) {
            log.append("line of the log number ").append(i).append('\n');
        }
        sys.files.put("/commands/dmesg",
                log + "nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm)\n");
        Readings readings = BoxReader.read(sys, "/box");
        assertTrue(readings.text("dmesg").length() <= 256 << 10);
        assertEquals("avm", new BoxFacts(readings).conntrack().owner);
    }
}
