package boxwall.box;

import java.util.List;

import boxwall.netfilter.Versions;
import boxwall.netfilter.Words;

/**
 * The kernel's release and its processor, from all readings that contain them, the best first: <pre>
 * uname -r                  3.10.107
 * /proc/version             Linux version 2.6.13.1-ohio (builder@…
 * uname -a                  Linux fritz 2.4.17_mvl21-malta-mips_fp_le 699-4 Fr Mai 13 …           the third word
 * the log                   Linux version 3.10.107 (…                                 anywhere in a message; the last start counts
 *                           CPU: 1 PID: 1641 Comm: upnpd Tainted: P           O 3.10.73 #1        a panic; also "(2.6.28.10 #1)" on ARM
 *                           AVM PA for Linux 2.6.32.61
 *                           xt_comment: version magic '…' should be '2.6.32.67 SMP …'
 * /lib/modules              5.4.213                                                        where it is the only one there
 * </pre>
 */
public final class Kernel {
    private static final String BANNER = "Linux version ";
    private static final String PA = "AVM PA for Linux ";
    private static final String SHOULD = "' should be '";

    private Kernel() {}

    /** The release, as {@code uname -r} prints it. */
    public static Fact<String> release(Readings readings) {
        Fact<String> release = new Fact<>();
        for (ReadingLine line : readings.all("uname -r", "/proc/version", "uname -a")) {
            String[] words = line.words();
            String word = line.source.equals("uname -r") ? line.text.trim()
                    : line.source.startsWith("/") ? after(line.text, BANNER)
                    : words.length > 2 && words[0].equals("Linux") ? words[2] : "";
            if (Versions.isRelease(word)) { release.offer(word, line); }
        }
        for (String word : new String[] {BANNER, "ainted", PA, SHOULD}) {
            if (release.value() == null) { fromLog(release, KernelLog.find(readings, word), word); }
        }
        List<String> directories = readings.moduleReleases();
        if (directories.size() == 1) {
            release.offer(directories.get(0), "/lib/modules/" + directories.get(0) + " is there, and no other");
        }
        return release;
    }

    private static void fromLog(Fact<String> release, List<ReadingLine> lines, String word) {
        for (ReadingLine line : lines) {
            String text = line.text;
            boolean fits = word.equals(PA) ? text.startsWith(PA)
                    : !word.equals(SHOULD) || text.indexOf(": version magic '") > 0;
            String said = !fits ? "" : word.equals("ainted") ? panicked(text) : after(text, word);
            if (Versions.isRelease(said)) { release.replace(said, line.evidence()); }
        }
    }

    /** The word after the first occurrence of a text; empty for none. */
    private static String after(String text, String before) {
        int at = Words.find(text, before, 0);
        String[] words = at < 0 ? new String[0] : Words.of(text.substring(at + before.length()));
        return words.length == 0 ? "" : words[0];
    }

    /** The word before {@code #1}, the build's number, in a line that contains whether the kernel is tainted. */
    private static String panicked(String text) {
        String[] words = Words.find(text, "Tainted: ", 0) < 0 && Words.find(text, "Not tainted", 0) < 0 ? new String[0]
                : Words.of(text);
        for (int i = 1; i < words.length; i++) {
            String release = words[i - 1].startsWith("(") ? words[i - 1].substring(1) : words[i - 1];
            if (words[i].startsWith("#") && Words.digits(words[i], 1) > 1 && Versions.isRelease(release)) {
                return release;
            }
        }
        return "";
    }

    /**
     * The machine, as {@code uname -m} or the last word but one of {@code uname -a}; else {@code mips} or
     * {@code armv7l} by the processor in /proc/cpuinfo or in the log ({@code CPU0 revision is: 00019556 (MIPS 34Kc)},
     * {@code CPU: ARMv7 Processor …}).
     */
    public static Fact<String> machine(Readings readings) {
        Fact<String> machine = new Fact<>();
        for (ReadingLine line : readings.all("uname -m", "uname -a", "/proc/cpuinfo")) {
            String[] words = line.words();
            int last = words.length - 1;
            // without "GNU/Linux" or "unknown" at the end the last word but one is the year
            machine.offer(line.source.equals("uname -m") ? word(line.text.trim())
                    : line.source.startsWith("/") ? processor(line.text.substring(line.text.indexOf(':') + 1).trim())
                    : last < 4 || !words[0].equals("Linux") ? null
                    : word(words[Words.isNumber(words[last - 1]) ? last : last - 1]), line);
        }
        for (ReadingLine line : machine.value() == null ? KernelLog.find(readings, "CPU") : KernelLog.NOTHING) {
            int bracket = line.text.startsWith("CPU") && Words.find(line.text, " revision is: ", 0) > 0
                    ? line.text.indexOf('(') : -1;
            machine.offer(processor(bracket > 0 ? line.text.substring(bracket + 1)
                    : line.text.startsWith("CPU: ARM") ? line.text.substring(5) : ""), line);
        }
        return machine;
    }

    private static String processor(String text) {
        return text.startsWith("MIPS ") ? "mips" : text.startsWith("ARMv7") ? "armv7l" : null;
    }

    private static String word(String text) {
        return text.length() > 1 && text.length() < 21 && Words.isName(text, "_") && Words.digits(text, 0) == 0 ? text
                : null;
    }
}
