package boxwall.box;

import java.util.Collections;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * Which kernel runs, from all readings that name it, best first: <pre>
 * uname -r                  3.10.107
 * /proc/version             Linux version 2.6.13.1-ohio (builder@…
 * uname -a                  Linux fritz 2.4.17_mvl21-malta-mips_fp_le 699-4 Fr Mai 13 …           the third word
 * the log                   Linux version 3.10.107 (…                                 anywhere in a message; the last start counts
 *                           CPU: 1 PID: 1641 Comm: upnpd Tainted: P           O 3.10.73 #1        a panic; also "(2.6.28.10 #1)" on ARM
 *                           AVM PA for Linux 2.6.32.61
 *                           xt_comment: version magic '…' should be '2.6.32.67 SMP …'
 * /lib/modules              5.4.213                                                        where it is the only one there
 * </pre> Immutable.
 */
public final class KernelRelease {
    private static final String BANNER = "Linux version ";
    private static final String PA = "AVM PA for Linux ";
    private static final String SHOULD = "' should be '";

    private static final List<KernelLog.Line> NONE = Collections.emptyList();

    private String release;
    private String evidence = "";

    /** As these readings say; the log may be null. */
    public static KernelRelease of(Readings readings, KernelLog log) {
        KernelRelease found = new KernelRelease();
        found.fromFiles(readings);
        if (found.release == null) { found.fromLog(log == null ? new KernelLog(readings) : log); }
        List<String> directories = readings.moduleReleases();
        if (found.release == null && directories.size() == 1) {
            found.take(directories.get(0), "/lib/modules/" + directories.get(0) + " is there, and no other");
        }
        return found;
    }

    private void fromFiles(Readings readings) {
        for (String line : readings.commandLines("uname_-r")) {
            first(line.trim(), Evidence.line("uname -r", line));
        }
        for (String line : readings.lines("/proc/version")) {
            first(banner(line), Evidence.line("/proc/version", line));
        }
        for (String line : readings.commandLines("uname_-a")) {
            String[] words = Words.of(line);
            first(words.length > 2 && words[0].equals("Linux") ? words[2] : "", Evidence.line("uname -a", line));
        }
    }

    private void first(String word, String line) { if (release == null) { take(word, line); } }

    private void take(String word, String line) {
        if (Versions.isRelease(word)) {
            release = word;
            evidence = line;
        }
    }

    private void fromLog(KernelLog log) {
        for (KernelLog.Line line : log.find(BANNER)) {
            take(banner(line.text), line.evidence);
        }
        for (KernelLog.Line line : release == null ? log.find("ainted") : NONE) {
            take(panicked(line.text), line.evidence);
        }
        for (KernelLog.Line line : release == null ? log.find(PA) : NONE) {
            take(line.text.startsWith(PA) ? line.text.substring(PA.length()) : "", line.evidence);
        }
        for (KernelLog.Line line : release == null ? log.find(SHOULD) : NONE) {
            String magic = line.text.substring(Words.find(line.text, SHOULD, 0) + SHOULD.length());
            take(line.text.indexOf(": version magic '") > 0 && magic.indexOf(' ') > 0
                    ? magic.substring(0, magic.indexOf(' ')) : "", line.evidence);
        }
    }

    /** The word behind "Linux version ", wherever that is; empty for none. */
    private static String banner(String text) {
        int at = Words.find(text, BANNER, 0);
        String[] words = at < 0 ? new String[0] : Words.of(text.substring(at + BANNER.length()));
        return words.length == 0 ? "" : words[0];
    }

    /**
     * The word in front of {@code #1}, the build's number, in the line that says whether the kernel is tainted; empty
     * for none.
     */
    private static String panicked(String text) {
        if (Words.find(text, "Tainted: ", 0) < 0 && Words.find(text, "Not tainted", 0) < 0) { return ""; }
        String[] words = Words.of(text);
        for (int i = 1; i < words.length; i++) {
            String release = words[i - 1].startsWith("(") ? words[i - 1].substring(1) : words[i - 1];
            if (words[i].startsWith("#") && Words.digits(words[i], 1) > 1 && Versions.isRelease(release)) {
                return release;
            }
        }
        return "";
    }

    /** As {@code uname -r} says it, or null. */
    public String release() { return release; }

    /** The line that says it, with its source; empty when it isn't known. */
    public String evidence() {
        return evidence;
    }
}
