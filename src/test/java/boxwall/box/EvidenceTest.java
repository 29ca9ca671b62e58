package boxwall.box;

import boxwall.avm.Acceleration;
import boxwall.facts.BoxFacts;
import boxwall.modules.ConntrackVerdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The readings from which each fact is derived: lines of real boxes, and similar lines that prove nothing. */
class EvidenceTest {
    private static BoxFacts log(String line) { return new BoxFacts(Readings.none().with("dmesg", line + "\n")); }

    private static BoxFacts command(String name, String text) { return new BoxFacts(Readings.none().with(name, text)); }

    private static BoxFacts file(String path, String text) { return new BoxFacts(Readings.none().with(path, text)); }

    private static List<DynamicTest> rows(String[][] table, Function<BoxFacts, Object> fact,
            Function<String, BoxFacts> box) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String[] row : table) {
            tests.add(DynamicTest.dynamicTest(row[1],
                    () -> assertEquals(row[0], String.valueOf(fact.apply(box.apply(row[1]))))));
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> kernelReleaseIsReadFromLog() {
        String[][] table = {
                {"3.10.107", "[    0.000000] Linux version 3.10.107 (builder@GU) (gcc version 5.4.0) #1 SMP"},
                {"2.6.13.1-ohio",
                        "[ohio_pre_init] System Clk = 62500000 Hz               Linux version 2.6.13.1-ohio (builder@VM)"},
                {"3.10.107", "Jan  1 01:00:54 fritz kern.notice kernel: [    0.000000] Linux version 3.10.107 (b@g)"},
                {"2.6.39.3", "[  125.313182] Pid: 0, comm: swapper Tainted: P         C  2.6.39.3 #1"},
                {"3.10.73", "[   90.350000] CPU: 1 PID: 1641 Comm: upnpd Tainted: P           O 3.10.73 #1"},
                {"4.9.276", "<4>[  138.734953][2]CPU: 2 PID: 1 Comm: init Not tainted 4.9.276 #12 SMP"},
                {"2.6.28.10", "CPU: 0    Tainted: P            (2.6.28.10 #1)"},
                {"2.6.32.61", "[    1.660000] AVM PA for Linux 2.6.32.61"},
                {"2.6.32.67",
                        "xt_comment: version magic '2.6.32.60 SMP mod_unload' should be '2.6.32.67 SMP mod_unload'"},
                {"null", "Jan  1 01:00:54 fritz user.info sipd[7]: Linux version 2.6.13.1-ohio (x)"},
                {"null", "Linux version is 3.10"}, {"null", "Comm: x Tainted: P  O"},
                {"null", "module compiled for 3.10.73 #1"}, {"null", "depmod: WARNING: /lib/modules/4.4.271/x.ko"}};
        return rows(table, f -> f.kernel.value(), EvidenceTest::log);
    }

    /** Files are read as bytes, one character each; a page and a terminal show them as UTF-8. */
    @Test
    void evidenceKeepsUmlautsAndBlanksControlCharacters() {
        String bytes = new String("name = \"Größe Ä\"".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertEquals("ar7.cfg: " + bytes, ReadingLine.evidence("ar7.cfg", bytes));
        // the rest of this line is not UTF-8
        assertEquals("x: \u00e4 \u00c5 31m \u00e0  .",
                ReadingLine.evidence("x", "\u00e4 \u00c5\u009b31m \u00e0\u009b\u0080."));
        assertEquals("x: " + "a".repeat(299) + "...", ReadingLine.evidence("x", "a".repeat(299) + "\u00c3\u009f"));
        assertEquals("x: a b c d", ReadingLine.evidence("x", "a\u001bb\u009bc\u007fd"));
        assertEquals("x: d  e", ReadingLine.evidence("x", "d\u00c2\u009be"));
    }

    @Test
    void kernelReleaseIsReadFromCommands() {
        assertEquals("4.4.271", command("uname_-r", "4.4.271\n").kernel.value());
        assertEquals("2.4.17_mvl21-malta-mips_fp_le", command("uname_-a",
                "Linux fritz 2.4.17_mvl21-malta-mips_fp_le 699-4 Fr Mai 13 10:38:09 CEST 2005 mips unknown\n").kernel
                .value());
        BoxFacts two =
                new BoxFacts(Readings.none().with("dmesg", "Linux version 3.10.73 (a)\nLinux version 3.10.107 (b)\n"));
        assertEquals("3.10.107", two.kernel.value(), "the last boot");
        assertEquals("uname -r: 4.4.271",
                new BoxFacts(Readings.none().with("uname_-r", "4.4.271\n").with("dmesg", "Linux version 3.10.73 (a)\n"))
                        .decidedBy().get("kernel.release").get(0));
        assertEquals("5.4.213", command("ls_%2Flib%2Fmodules", "5.4.213\n").kernel.value());
        assertNull(command("ls_%2Flib%2Fmodules", "5.4.213\n4.9.276\n").kernel.value(), "two releases are ambiguous");
    }

    @TestFactory
    List<DynamicTest> machineIsReadFromLog() {
        return rows(new String[][] {{"mips", "CPU revision is: 00019556 (MIPS 34Kc)"},
                {"mips", "[ 0.000000] CPU0 revision is: 0001a120 (MIPS interAptiv)"},
                {"armv7l", "CPU: ARMv7 Processor [51af8014] revision 4 (ARMv7), cr=10c5387d"},
                {"null", "CPU revision is: 00018448"}}, f -> f.machine.value(), EvidenceTest::log);
    }

    @Test
    void machineIsReadFromUnameAndCpuinfo() {
        assertEquals("mips", command("uname_-a",
                "Linux fritz 3.10.107 #1 SMP Wed Aug 29 19:46:45 CEST 2018 mips GNU/Linux\n").machine.value());
        assertEquals("mips",
                command("uname_-a", "Linux fritz 3.10.107 #1 SMP Wed Aug 29 19:46:45 CEST 2018 mips\n").machine
                        .value());
        assertEquals("mips", file("/proc/cpuinfo", "processor : 0\ncpu model : MIPS 4KEc V4.8\n").machine.value());
    }

    @TestFactory
    List<DynamicTest> accelerationIsReadFromLog() {
        return rows(
                new String[][] {{"true", "AVM PA for Linux 2.6.32.61"}, {"true", "avmnet: avm_pa: register pid eth0"},
                        {"false", "[avmnet] Driver version"}, {"true", "AVM PA skb pktinfo at offset 128 size 208"},
                        {"false", "Jan  1 01:00:54 fritz user.info x: AVM PA for Linux 3.10.73"}},
                facts -> facts.acceleration.mayBypass(), EvidenceTest::log);
    }

    @Test
    void accelerationIsAbsentOnlyWithEvidence() {
        assertEquals(Acceleration.State.UNKNOWN, file("/proc/net/dev", "lo: 0\n").acceleration.state);
        assertEquals(Acceleration.State.ABSENT, command("ls_%2Fproc%2Fnet", "arp\ndev\nroute\n").acceleration.state);
        assertEquals(Acceleration.State.ABSENT,
                command("ls_-la_%2Fproc%2Fnet%2F", "-r--r--r-- 1 root root 0 Jan 1 01:00 dev\n").acceleration.state);
        assertEquals(Acceleration.State.UNKNOWN,
                command("ls_%2Fproc%2Fnet", "ls: /proc/net: No such file or directory\n").acceleration.state);
        assertEquals(Acceleration.State.UNKNOWN, command("ls_-d_%2Fproc%2Fnet", "/proc/net\n").acceleration.state);
        for (String old : new String[] {"2.6.13.1-ohio", "2.6.19.2", "2.4.17_mvl21"}) {
            assertEquals(Acceleration.State.ABSENT, command("uname_-r", old + "\n").acceleration.state, old);
        }
        for (String newer : new String[] {"2.6.28.10", "3.10.73", "5.15.111"}) {
            assertEquals(Acceleration.State.UNKNOWN, command("uname_-r", newer + "\n").acceleration.state, newer);
        }
        // a contradicting line outweighs every list
        Readings contradicted = Readings.none().with("uname_-r", "2.6.19.2\n").with("ls_%2Fproc%2Fnet", "dev\n");
        for (Readings box : new Readings[] {
                contradicted.with("dmesg", "avm_pa: try to activate hw accelaration for pid 1 (ipv4)\n"),
                contradicted.with("/proc/net/avm_pa/control", ""),
                contradicted.with("/proc/modules", "offload_pa 77 0 - Live 0x0 (P)\n")}) {
            assertEquals(Acceleration.State.UNKNOWN, new BoxFacts(box).acceleration.state);
            assertTrue(new BoxFacts(box).acceleration.mayBypass());
            assertEquals("unknown", new BoxFacts(box).acceleration.hardware);
        }
        assertEquals("none", file("/proc/net/avm_pa/brief", "State          : enabled\n").acceleration.hardware);
        assertTrue(command("ls_%2Fproc%2Fnet", "arp  avm_pa  dev\n").acceleration.mayBypass());
    }

    @TestFactory
    List<DynamicTest> firmwareIsReadFromLog() {
        String panic =
                "<3>[  138.742734][2]set_reboot_status: Soft-Reboot(PANIC)  - PANIC(1)SUM(1)UP(138)UTC(138)FW(07.19-79768)HW(226)HWS(4)BV(1.3578)";
        List<DynamicTest> tests = rows(
                new String[][] {{"07.19", panic},
                        {"07.29",
                                "[  246.115563][1] set_reboot_status: Soft-Reboot  - UP(246)UTC(246)FW(07.29)HW(272)"},
                        {"04.70", "firmware_info\t65.04.70"},
                        {"07.29", "firmware_info   272.07.29,slot1=07.29-95450,slot0=07.28-94000"},
                        {"04.26", "CONFIG_VERSION='04.26'"}, {"05.54", "export CONFIG_VERSION=\"05.54\""},
                        {"null", "Jan  1 01:00:54 fritz user.info x[1]: FW(07.19-79768)"}, {"null", "FW(hello)"},
                        {"null", "CONFIG_VERSION='`reboot`'"}, {"null", "Driver version: 6.247.3.1"}},
                f -> f.firmware.version.value(), EvidenceTest::log);
        tests.add(DynamicTest.dynamicTest("revision", () -> assertEquals(79768, log(panic).firmware.revision.value())));
        tests.add(DynamicTest.dynamicTest("no revision",
                () -> assertNull(log("x FW(07.29)HW(1)").firmware.revision.value())));
        tests.addAll(rows(new String[][] {{"Fritz_Box_DECT_W920V", "ProductID\tFritz_Box_DECT_W920V"},
                {"Speedport W 701V", "CONFIG_PRODUKT_NAME='Speedport W 701V'"},
                {"null", "WLAND: ProductID is unknown"}}, f -> f.firmware.model.value(), EvidenceTest::log));
        return tests;
    }

    @Test
    void firmwareVersionIsReadWithAnyQuotes() {
        for (String line : new String[] {"CONFIG_VERSION='04.26'", "export CONFIG_VERSION=\"04.26\"",
                "CONFIG_VERSION=04.26", "  export  CONFIG_VERSION='04.26'  "}) {
            assertEquals("04.26", file("/etc/init.d/rc.conf", line + "\n").firmware.version.value(), line);
            assertEquals("04.26", command("set", line + "\n").firmware.version.value(), line);
        }
    }

    @TestFactory
    List<DynamicTest> memoryIsReadFromLog() {
        return rows(new String[][] {{"32", "memsize=32 MByte"}, {"32", "prom_memsize = 0x02000000"},
                {"64", "&_end=0x9432000c PFN_ALIGN=0x94321000 memsize=0x4000000"}, {"64", "memsize\t0x04000000"},
                {"128", "Memory: 111584k/131072k available (4787k kernel code, 19304k reserved)"},
                {"32", "<6>Memory: 30324k/30676k available (1477k)"},
                {"256", "[    0.000000] Memory: 235176K/262144K available (4096K kernel code)"},
                {"null", "Memory: enough"}, {"null", "memsize=all"}}, f -> f.firmware.memoryMb.value(),
                EvidenceTest::log);
    }

    @Test
    void memoryIsDerivedFromMemTotal() {
        String[][] table = {{"14668", "16"}, {"30468", "32"}, {"61056", "64"}, {"109588", "128"}, {"238000", "256"},
                {"500000", "512"}, {"8192", "8"}, {"40000", "39"}};
        for (String[] row : table) {
            assertEquals(row[1],
                    String.valueOf(
                            file("/proc/meminfo", "MemTotal:        " + row[0] + " kB\n").firmware.memoryMb.value()),
                    row[0]);
        }
    }

    @Test
    void iptablesVersionIsReadFromManyOutputs() {
        String error =
                "modprobe: can't load module x_tables\niptables v1.4.11.1: can't initialize iptables table `nat': Table does not exist (do you need to insmod?)\n";
        assertEquals("1.4.11.1",
                command("iptables_-t_nat_-A_POSTROUTING_-j_MASQUERADE", error).userland.version.value());
        assertEquals("1.4.21",
                command("iptables_-L", "iptables v1.4.21: Couldn't load match `x':No such file\n").userland.version
                        .value());
        assertEquals("1.8.9",
                command("iptables-restore", "iptables-restore v1.8.9 (legacy): unknown option\n").userland.version
                        .value());
        assertEquals("1.4.21",
                command("iptables-save",
                        "# Generated by iptables-save v1.4.21 on Sat Nov 28 2026\n*filter\nCOMMIT\n").userland.version
                        .value());
        assertEquals(true,
                command("ip6tables_-L", "ip6tables v1.4.21: can't initialize ip6tables table `filter'\n").userland.ip6);
        assertNull(command("ip6tables_-L", "ip6tables v1.4.21: x\n").userland.version.value(),
                "this is the version of ip6tables");
        assertNull(command("iptables_-L",
                "iptables: No chain/target/match by that name.\niptables vanished: x\n").userland.version.value());
    }

    @TestFactory
    List<DynamicTest> dsldIsFoundInProcessList() {
        String[][] table = {{"running", "  1109 root      5528 S    dsld -i -n"},
                {"running", "  444 root       1920 S   dsld -i -n"}, {"running", " 651 root   1920 S < /sbin/dsld -i"},
                {"running", "1109 root      0:00 /sbin/dsld -i -n"},
                {"running", "root      1109     1  0 10:00 ?        00:00:00 dsld -i -n"},
                {"running", "root 1109 0.0 1.2 5528 1300 ? Ssl 10:00 0:00 dsld"},
                {"unknown", " 1301 root      1304 R    grep dsld"}, {"unknown", " 1302 root 1304 S vi dsld"},
                {"unknown", "  PID USER       VSZ STAT COMMAND"}, {"unknown", " 12 root         0 SW   [kdsld]"}};
        List<DynamicTest> tests = new ArrayList<>();
        for (String command : new String[] {"ps", "ps_ax", "ps_-ax", "ps_w", "ps_-ef"}) {
            tests.addAll(rows(table, f -> f.surroundings.dsld.value(), line -> command(command, line + "\n")));
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> dsldIsFoundInLog() {
        return rows(
                new String[][] {{"running", "kdsldmod: init done"},
                        {"running", "kdsld: init start (sizeof(struct sk_buff) = 384)"},
                        {"running", "Jan  1 01:00:29 dsld[1168]: startup ($Revision: 32621 $)"},
                        {"running", "2000-01-01 01:00:19 dsld: startup (Jul  6 2006 15:37:07)"},
                        {"unknown", "Jan  1 01:00:29 multid[9]: dsld: startup"}, {"unknown", "dsl: startup"}},
                f -> f.surroundings.dsld.value(), EvidenceTest::log);
    }

    @Test
    void moduleListOutweighsOlderLogLine() {
        Readings removed = Readings.none().with("dmesg", "kdsldmod: init done\n").with("/proc/modules",
                "usbcore 1 0 - Live 0xc0\n");
        assertEquals("absent", new BoxFacts(removed).surroundings.dsld.value());
        assertEquals("unknown", command("lsmod", "").surroundings.dsld.value(), "empty output is no module list");
        assertEquals("absent",
                command("lsmod", "Module                  Size  Used by    Not tainted\n").surroundings.dsld.value());
        assertEquals("running", command("lsmod",
                "Module                  Size  Used by    Tainted: P\nkdsldmod             1907296  7 userman_mod\n").surroundings.dsld
                .value());
    }

    @Test
    void printkModeIsReadFromLog() {
        String avm = "[avm_debug]redirect kernel-messages (/dev/debug)\n";
        assertEquals("avm", log(avm).surroundings.printk.value());
        assertEquals("std", log(avm + "\n[avm_debug]standard kernel-messages\n").surroundings.printk.value(),
                "the last line counts");
        assertEquals("avm", log("[avm_debug]standard kernel-messages\n" + avm).surroundings.printk.value());
        assertEquals("std", new BoxFacts(Readings.none().with("dmesg", avm).with("/var/flash/debug.cfg",
                "echo STD_PRINTK > /dev/debug\n")).surroundings.printk.value());
        assertEquals("avm", new BoxFacts(Readings.none().with("dmesg", avm).with("/etc/init.d/rc.S",
                "echo STD_PRINTK > /dev/debug\n")).surroundings.printk.value());
        assertEquals("unknown",
                log("[avm_debug]unknown mode: use: STD_PRINTK, AVM_PRINTK or AVMDBG_EOF <on>").surroundings.printk
                        .value());
    }

    @Test
    void kdsldmodWithUnknownKernelGivesNoVerdict() {
        BoxFacts facts = log("kdsld: init start (sizeof(struct sk_buff) = 384)");
        assertEquals(ConntrackVerdict.State.UNKNOWN, facts.conntrack().state);
        assertFalse(facts.conntrack().state.allowsState());
        assertFalse(facts.conntrack().reason.contains("5.15"));
        for (String mips : new String[] {"2.6.28.10", "2.6.32.61", "2.6.39.3", "3.10.73", "3.12.74"}) {
            assertEquals(ConntrackVerdict.State.REFUSED,
                    log("Linux version " + mips + " (x)\nkdsldmod: init done").conntrack().state, mips);
            assertEquals(ConntrackVerdict.State.REFUSED, log("Linux version " + mips + " (x)").conntrack().state,
                    mips + ", unknown modules");
        }
        assertEquals(ConntrackVerdict.State.UNKNOWN,
                log("Linux version 4.9.276 (x)\nkdsldmod: init done").conntrack().state, "MIPS or ARM is unknown");
        assertEquals(ConntrackVerdict.State.REFUSED,
                log("Linux version 4.9.276 (x)\nCPU0 revision is: 0001a120 (MIPS interAptiv)\nkdsldmod: init done")
                        .conntrack().state);
    }

    @TestFactory
    List<DynamicTest> roleOfInterfaceFollowsFromName() {
        String[][] table = {{"port", "wdsdw0"}, {"port", "wdsdw3"}, {"port", "wdsup0"}, {"port", "bcmsw"},
                {"other", "archer"}, {"other", "ing0"}, {"port", "dsl0"}, {"port", "ppptty"}, {"port", "adsl"},
                {"port", "VANI0"}, {"other", "br-omci"}, {"other", "cpunet0"}, {"port", "guest_ct1"}, {"port", "eth0"},
                {"port", "eth0.8"}, {"port", "tiwlan0"}, {"wan", "dsl"}, {"wan", "ppp0"}, {"tunnel", "tun0"},
                {"tunnel", "ip6gre0"}, {"other", "lanparty"}, {"other", "adslx"}, {"guest", "guest"}, {"lan", "lan"},
                {"loopback", "lo"}, {"alias", "lan:0"}};
        List<DynamicTest> tests = rows(table, facts -> facts.interfaces.get(0).role.word(),
                name -> command("ifconfig", name + (name.length() < 10 ? "          ".substring(name.length()) : " ")
                        + "Link encap:Ethernet  HWaddr 00:04:0E:00:00:01\n"));
        tests.addAll(rows(table, facts -> facts.interfaces.get(0).role.word(),
                name -> file("/proc/net/dev", "  " + name + ":       0       0    0\n")));
        return tests;
    }

    @Test
    void addressesAreReadFromIfconfigAndIp() {
        String text =
                "lan       Link encap:Ethernet  HWaddr 00:04:0E:00:00:01\n          inet addr:192.168.2.1  Bcast:192.168.2.255  Mask:255.255.255.0\n"
                        + "          inet6 addr: fd00::1/64 Scope:Global\n          inet6 addr: fe80::204:eff:fe00:1/64 Scope:Link\n";
        BoxFacts facts = command("ifconfig", text);
        assertEquals("192.168.2.0/24", facts.lan.net);
        assertEquals("fd00::1", facts.lan.ip6);
        assertEquals("fd00::/64", facts.lan.net6);
        BoxFacts inner = command("ifconfig", text.replace("lan  ", "cpunet0")
                .replace("          inet addr:192.168.2.1  Bcast:192.168.2.255  Mask:255.255.255.0\n", ""));
        assertTrue(inner.findings.stream().noneMatch(f -> f.code.equals("ipv6-unfiltered")),
                "no host is on the link between two processors");
        assertTrue(facts.findings.stream().anyMatch(f -> f.code.equals("ipv6-unfiltered")));
        BoxFacts ip = command("ip_addr",
                "3: lan: <UP> mtu 1500\n    inet6 2001:db8::9/64 scope global temporary dynamic\n    inet6 2001:db8::1/64 scope global dynamic\n");
        assertEquals("2001:db8::1", ip.lan.ip6);
    }

    @Test
    void interfacesAreReadFromLogOnlyWithoutOtherSource() {
        BoxFacts facts = log(
                "[   18.513451] lan: port 1(eth0) entered forwarding state\n[   18.513706] IPv6: ADDRCONF(NETDEV_CHANGE): guest: link becomes ready\n"
                        + "[   26.900000][0] device eth9 entered promiscuous mode");
        assertEquals("lan", facts.lan.name);
        assertEquals("guest", facts.guest.name);
        assertEquals(3, facts.interfaces.size());
        assertEquals(1, new BoxFacts(Readings.none().with("dmesg", "lan: port 1(eth0) entered forwarding state\n")
                .with("/proc/net/dev", "lo: 0\n")).interfaces.size());
    }
}
