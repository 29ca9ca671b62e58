package boxwall.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.BoxFacts;
import boxwall.box.Known;
import boxwall.box.Readings;
import boxwall.report.FactsJson;
import boxwall.sys.BoxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoxReaderTest {
    private static final List<String> SECRETS = List.of("9876543210123456", "geheim-wlan", "hunter2", "K12345678", "08:96:D7:12:34:56",
            "08:96:d7:ab:cd:ef", "0896d7", "a96:d7ff:fe12:3456", "0a96d7fffe123456", "mueller@t-online", "4711-serial", "sip-user");

    /** A box with something to hide in every reading that might hold it. */
    private static MemorySys indiscreet() {
        MemorySys sys = new MemorySys();
        sys.files.put("/proc/sys/urlader/environment", "HWRevision\t122\nProductID\tFritz_Box_7270\nSerialNumber\t4711-serial\n"
                + "wlan_key\t9876543210123456\nmaca\t08:96:D7:12:34:56\nfirmware_info\t74.05.54\nmemsize\t0x04000000\n"
                + "webgui_pass\thunter2\n");
        sys.files.put("/etc/init.d/rc.conf", "export CONFIG_PRODUKT_NAME=\"FRITZ!Box 7270\"\nexport CONFIG_SERIAL=\"4711-serial\"\n");
        sys.files.put("/var/flash/debug.cfg", "iptables -A INPUT -j DROP\nPASSWORD=hunter2\niptables -A X -m comment --comment passwd=hunter2\n"
                + "wget http://mueller@t-online.de/x\n");
        sys.files.put("/tmp/flash/mod/rc.custom", "echo geheim-wlan > /tmp/x\n/usr/sbin/iptables -P INPUT DROP\n");
        sys.files.put("/proc/net/if_inet6", "fe800000000000000a96d7fffe123456 05 40 20 80     lan\n"
                + "20010db8000000010a96d7fffe123456 05 40 00 00     lan\n");
        sys.files.put("/proc/net/dev", "  lan: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
        sys.files.put("/proc/modules", "ip_tables 1 0 - Live 0xc0000000\n");
        sys.output = "@uname_-r rc=0\n|2.6.32.41\n@ifconfig_-a rc=0\n|lan       Link encap:Ethernet  HWaddr 08:96:D7:12:34:56\n"
                + "|          inet addr:192.168.178.1  Bcast:192.168.178.255  Mask:255.255.255.0\n"
                + "|          inet6 addr: fe80::a96:d7ff:fe12:3456/64 Scope:Link\n"
                + "@ip_addr rc=0\n|2: lan: <UP> mtu 1500\n|    link/ether 08:96:d7:ab:cd:ef brd ff:ff:ff:ff:ff:ff\n"
                + "@dmesg rc=0\n|eth0: assigned 08:96:D7:12:34:56\n|[avm] wlan_key=9876543210123456\n|sip: sip-user registered\n"
                + "|Kernel command line: tr069_serial=4711-serial tr069_passphrase=geheim-wlan K12345678\n";
        return sys;
    }

    @Test
    void aRecordHoldsNoSecret() throws BoxException {
        MemorySys sys = indiscreet();
        Readings readings = BoxReader.read(sys, "/");
        MemorySys folder = new MemorySys();
        int count = Recorder.record(folder, readings, "/record");
        assertEquals(folder.files.size(), count);
        assertTrue(count > 8, "only " + count + " files");
        for (Map.Entry<String, String> file : folder.files.entrySet()) {
            for (String secret : SECRETS) {
                assertFalse(file.getValue().contains(secret), file.getKey() + " gives " + secret + " away:\n" + file.getValue());
            }
        }
        assertTrue(folder.files.get("/record/commands/ifconfig_-a").contains("HWaddr 00:00:00:00:00:00"));
        assertTrue(folder.files.get("/record/proc/sys/urlader/environment").contains("Fritz_Box_7270"));
        assertTrue(folder.files.get("/record/var/flash/debug.cfg").startsWith("iptables -A INPUT -j DROP"));
    }

    @Test
    void factsOfAnIndiscreetBoxHoldNoKeyOrSerial() {
        String json = FactsJson.of(BoxFacts.of(BoxReader.read(indiscreet(), "/"))).toString();
        for (String secret : List.of("9876543210123456", "geheim-wlan", "4711-serial", "08:96:D7:12:34:56", "08:96:d7:ab:cd:ef",
                "sip-user")) {
            assertFalse(json.contains(secret), "the facts give " + secret + " away: " + json);
        }
    }

    @Test
    void aRecordedFolderSaysWhatTheBoxSaid() throws Exception {
        for (Path box : RecordedBoxesTest.boxes()) {
            Readings first = BoxReader.read(MemorySys.of(box), "/box");
            MemorySys copy = new MemorySys();
            Recorder.record(copy, first, "/box");
            Readings second = BoxReader.read(copy, "/box");
            assertEquals(Golden.of(BoxFacts.of(first)), Golden.of(BoxFacts.of(second)), box.toString());
        }
    }

    @Test
    void aLiveBoxIsReadWithOneProcessThatNamesNothing() {
        MemorySys sys = indiscreet();
        BoxReader.read(sys, "/", "/somewhere/probe");
        assertEquals(List.of(List.of("/somewhere/probe", "probe")), sys.started);
    }

    @Test
    void withoutTheProbeTheFilesStillSpeak() {
        MemorySys sys = indiscreet();
        sys.output = null;
        sys.files.put("/proc/version", "Linux version 2.6.32.41 (gcc) #1\n");
        Readings readings = BoxReader.read(sys, "/");
        assertEquals("2.6.32", BoxFacts.of(readings).generation());
        assertTrue(readings.command("boxwall-apply_probe").contains("no such program"));
    }

    @Test
    void framesAreTakenApart() {
        Map<String, String> outputs = Frames.parse("noise\n@uname_-r rc=0\n|6.1.0\n!a complaint\n@ip_addr rc=127\n@dmesg rc=1\n"
                + "@../../etc/passwd rc=0\n|x\n@lsmod\n|y\n@empty rc=0\n").outputs();
        assertEquals(Map.of("uname_-r", "6.1.0\n", "dmesg", "", "empty", ""), outputs);
    }

    @Test
    void programsAreKnownFromTheirDirectories() {
        MemorySys sys = new MemorySys();
        sys.files.put("/usr/sbin/iptables", "");
        sys.files.put("/bin/busybox", "");
        BoxFacts facts = BoxFacts.of(BoxReader.read(sys, "/box"));
        assertEquals(Known.YES, facts.userland().present());
        assertEquals(Known.NO, facts.userland().restore());
        assertNull(facts.userland().version());
    }

    @Test
    void ofALongKernelLogTheEndIsKept() {
        MemorySys sys = new MemorySys();
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 20000; i++) {
            log.append("line of the log number ").append(i).append('\n');
        }
        sys.files.put("/commands/dmesg", log + "nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm)\n");
        Readings readings = BoxReader.read(sys, "/box");
        assertTrue(readings.command("dmesg").length() <= 256 << 10);
        assertEquals("avm", BoxFacts.of(readings).conntrack().owner());
    }
}
