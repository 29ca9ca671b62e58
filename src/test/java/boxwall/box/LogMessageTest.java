package boxwall.box;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Combines every known prefix of log lines with every recognized message. */
class LogMessageTest {
    /** Prefixes; {@code @} stands for the message. */
    static final String[] PREFIXES = {"@", "<4>@", "[ 4626.852000] @", "[   23.080000][0] @", "[   22.040000][1]@",
            "<3>[  138.742734][2]@", "<6>[   20.140000] @", "Jan  1 01:00:54 fritz kern.err kernel: [   17.2] @",
            "Jan  1 01:00:54 fritz kern.err kernel: [   17.210000][1]@", "Jan  1 01:00:54 kernel: @",
            "Nov 23 08:15:02 fritz kernel: [ 1234.567890] @", "Nov 23 08:15:02 fritz.box kern.warn kernel: @",
            "Jan  1 01:00:54 kern.info kernel: <6>[   17.210000] @", " 4626.852000] @", "4626.852000] @",
            "Jan  1 01:00:54 fritz kern.info kernel: [   20.120000] ^M<6>[   20.140000] @",
            "[   20.120000] something else^M<6>[   20.140000] @", "[   20.120000] something else\r[   20.140000] @",
            "<6>[   20.120000] not ended<4>[   20.140000] @", "[   20.110000] ^M@", "\r@", "[    0.000000][    T0] @",
            "[   39.160000][    C1] @", "[12345.678901] @\r", "<4>[ 12.345678] @^M", "   @  ",
            "2023-11-23T08:15:02.123456+01:00 fritz kernel: [    1.000000] @",
            "<14>Jan  1 01:00:54 fritz kern.info kernel: @",
            "7590.log:Jan  1 01:00:59 fritz kern.err kernel: [   42.566962][3]@", // grep over several files, Freetz-NG
                                                                                  // issue 28
    };

    /** Lines that are not from the kernel, although they contain such a message. */
    static final String[] FORGED =
            {"Jan  1 01:00:54 fritz user.notice sipd[77]: REGISTER from kernel: [    1.000000] @",
                    "Jan  1 01:00:54 fritz user.notice kernel: @", "Jan  1 01:00:54 user.notice kernel: @",
                    "Jan  1 01:00:54 sipd[77]: @", "Jan  1 01:00:54 fritz daemon.info kernel: [   1.0] @",
                    "Jan  1 01:00:54 fritz kern.err kernel[77]: @", "Jan  1 01:00:54 fritz kern.err mykernel: @",
                    "2000-01-01 01:00:19 dsld: @", "Jan  1 01:00:54 fritz syslog.info syslogd started: kernel: @",
                    "Jan  1 01:00:54 fritz user.info voipd[1]: x^M<6>[    1.000000] @",
                    "Jan  1 01:00:54 fritz user.info voipd[1]: x<6>[    1.000000] @",
                    "7590.log:Jan  1 01:00:59 fritz user.notice sipd[77]: from kernel: @",};

    private static List<Readings> logs(String[] heads, String message) {
        List<Readings> all = new ArrayList<>();
        for (String head : heads) {
            String line = head.replace("@", message);
            all.add(Readings.none().with("dmesg", "one line before\n" + line + "\r\nand one behind\n"));
            all.add(Readings.none().with("logread", line + "\n"));
        }
        return all;
    }

    @TestFactory
    List<DynamicTest> messageIsFoundAfterEachPrefix() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String head : PREFIXES) {
            tests.add(DynamicTest.dynamicTest(head, () -> {
                LogMessage message = LogMessage.of(head.replace("@", "a message: [x] of 3"));
                while (message.next() != null) {
                    message = message.next();
                }
                assertEquals("a message: [x] of 3", message.text());
                assertTrue(message.kernel);
            }));
        }
        for (String head : FORGED) {
            tests.add(DynamicTest.dynamicTest(head, () -> {
                for (LogMessage message = LogMessage.of(head.replace("@", "m")); message != null; message =
                        message.next()) {
                    assertFalse(message.kernel);
                }
            }));
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> everyMessageIsRecognizedAfterEveryPrefix() {
        String[] refusals = {"nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm_conntrack)",
                "ipt_REJECT: Unknown symbol nf_send_reset", "ipt_REJECT: Unknown symbol nf_send_reset (err 0)",
                "ipt_REJECT: Unknown symbol nf_send_reset (err -22)",
                "xt_comment: version magic '2.6.32.60 SMP mod_unload' should be '2.6.32.67 SMP mod_unload'",
                "xt_state: disagrees about version of symbol module_layout"};
        List<DynamicTest> tests = new ArrayList<>();
        for (String refusal : refusals) {
            tests.add(DynamicTest.dynamicTest(refusal, () -> {
                for (Readings log : logs(PREFIXES, refusal)) {
                    List<KernelLog.Refusal> found = new KernelLog(log).refusals;
                    assertEquals(1, found.size(), () -> "" + log.lines("dmesg") + log.lines("logread"));
                    assertEquals(refusal.substring(0, refusal.indexOf(':')), found.get(0).module);
                }
                for (Readings log : logs(FORGED, refusal)) {
                    assertTrue(new KernelLog(log).refusals.isEmpty(),
                            () -> "" + log.lines("dmesg") + log.lines("logread"));
                }
            }));
        }
        String[][] clues = {{"ACCELERATION", "AVM PA for Linux 2.6.32.61"}, {"ACCELERATION", "AVM PA 4.1.4 2013-11-27"},
                {"ACCELERATION", "avm_pa: try to activate hw accelaration for pid 1 (ipv4)"},
                {"ACCELERATION", "avmnet: avm_pa: register pid eth0"},
                {"ACCELERATION",
                        "[module-mem] give 0x19000 bytes at 810ec000 to module 'offload_pa' (0x360000 bytes left)"},
                {"ACCELERATION", "[loadcontrol]module avm_pa registered"}, {"KDSLDMOD", "kdsldmod: init done"},
                {"KDSLDMOD", "kdsldmod: init start (Mar 21 2017 18:53:08) sizeof(struct sk_buff)=440"},
                {"KDSLDMOD", "kdsld: init start (sizeof(struct sk_buff) = 384)"},
                {"KDSLDMOD", "kdsld: internet: set_rcv_ipaddr: 192.168.1.1"},
                {"PRINTK_AVM", "[avm_debug]redirect kernel-messages (/dev/debug)"},
                {"PRINTK_AVM", "[avm_debug] redirecting kernel-messages (/dev/debug)"},
                {"PRINTK_STD", "[avm_debug]standard kernel-messages"}};
        for (String[] clue : clues) {
            tests.add(DynamicTest.dynamicTest(clue[1], () -> {
                for (Readings log : logs(PREFIXES, clue[1])) {
                    assertTrue(new KernelLog(log).clue(KernelLog.Clue.valueOf(clue[0])) != null,
                            () -> "" + log.lines("dmesg") + log.lines("logread"));
                }
                for (Readings log : logs(FORGED, clue[1])) {
                    assertNull(new KernelLog(log).clue(KernelLog.Clue.valueOf(clue[0])));
                }
            }));
        }
        return tests;
    }

    @Test
    void skBuffSizesAreReadAfterEveryPrefix() {
        for (String size : new String[] {"kdsldmod: init start (Mar 21 2017 18:53:08) sizeof(struct sk_buff)=",
                "kdsld: init start (sizeof(struct sk_buff) = "}) {
            for (String head : PREFIXES) {
                String first = head.replace("@", size + "440)");
                assertEquals(1, sizes(first + "\n" + first).size(), first);
                assertEquals(2,
                        sizes(first + "\nip_tables: (C) 2000-2006 Netfilter Core Team, sizeof(struct sk_buff)=448\n")
                                .size(),
                        first);
            }
        }
        assertEquals(0, sizes(
                "AVM PA skb pktinfo at offset 128 size 208\n skb_shared_size:344\n8dc2c6c0 [slab: type:skbuff_head_cache size:448 start:0x8dc2c6c0+0x0]\n"
                        + "sizeof(struct sk_buff)\n")
                .size());
    }

    private static List<String> sizes(String log) {
        return new KernelLog(Readings.none().with("dmesg", log)).skBuffSizes();
    }

    @Test
    void timeAndSenderAreParsed() {
        LogMessage message = LogMessage.of("Jan  1 01:00:54 fritz kern.err kernel: [   17.210000][1]text");
        assertEquals("17.210000", message.uptime());
        assertEquals("Jan  1 01:00:54", message.when);
        assertEquals("kernel", message.tag);
        assertNull(LogMessage.of("[ 1.5] text").tag);
        assertEquals("dsld", LogMessage.of("Jan  1 01:00:29 dsld[1168]: startup ($Revision: 32621 $)").tag);
        assertEquals("dsld", LogMessage.of("2000-01-01 01:00:19 dsld: startup (Jul  6 2006 15:37:07)").tag);
        assertEquals("startup (Jul  6 2006 15:37:07)",
                LogMessage.of("2000-01-01 01:00:19 dsld: startup (Jul  6 2006 15:37:07)").text());
        assertEquals("", LogMessage.of("").text());
        assertEquals("[4294938233][DECTSTUB] {DspInit}", LogMessage.of("[4294938233][DECTSTUB] {DspInit}").text(),
                "a number without a dot is no time");
    }

    @Test
    void randomLineIsParsedWithoutError() {
        long seed = Long.getLong("boxwall.seed", System.nanoTime());
        System.out.println("LogMessageTest: seed " + seed);
        java.util.Random random = new java.util.Random(seed);
        String[] parts = {"<", "4>", "[", "]", " ", "12", ".", "3456", "^M", "\r", "Jan  1 ", "01:00:54", " kernel: ",
                "kern.err", "fritz ", "2000-01-01 ", "x", ":"};
        for (int i = 0; i < 20000; i++) {
            StringBuilder line = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                line.append(parts[random.nextInt(parts.length)]);
            }
            int messages = 0;
            for (LogMessage message = LogMessage.of(line.toString()); message != null; message = message.next()) {
                assertTrue(line.indexOf(message.text()) >= 0, line.toString());
                assertTrue(++messages < 20, line.toString());
            }
        }
    }
}
