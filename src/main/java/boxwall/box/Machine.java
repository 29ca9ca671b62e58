package boxwall.box;

import java.util.Collections;

import boxwall.netfilter.Words;

/**
 * What {@code uname -m} would say: its own word, the last but one of {@code uname -a}; else {@code mips} or
 * {@code armv7l} where /proc/cpuinfo or the log names the processor ({@code CPU0 revision is: 00019556 (MIPS 34Kc)},
 * {@code CPU: ARMv7 Processor …}). Immutable.
 */
public final class Machine {
    private String name;
    private String evidence = "";

    /** As these readings say. */
    public static Machine of(Readings readings, KernelLog log) {
        Machine machine = new Machine();
        for (String line : readings.commandLines("uname_-m")) {
            machine.take(line.trim(), Evidence.line("uname -m", line));
        }
        for (String line : readings.commandLines("uname_-a")) {
            String[] words = Words.of(line);
            // without "GNU/Linux" or "unknown" at the end the last but one is the year
            int last = words.length - 1;
            machine.take(last < 4 || !words[0].equals("Linux") ? "" : Words.isNumber(words[last - 1]) ? words[last]
                    : words[last - 1], Evidence.line("uname -a", line));
        }
        for (String line : readings.lines("/proc/cpuinfo")) {
            int colon = line.indexOf(':');
            machine.processor(colon < 0 ? "" : line.substring(colon + 1).trim(), Evidence.line("/proc/cpuinfo", line));
        }
        for (KernelLog.Line line : machine.name == null ? log.find("CPU") : Collections.<KernelLog.Line>emptyList()) {
            String text = line.text;
            int bracket = text.startsWith("CPU") && Words.find(text, " revision is: ", 0) > 0 ? text.indexOf('(') : -1;
            machine.processor(
                    bracket > 0 ? text.substring(bracket + 1) : text.startsWith("CPU: ARM") ? text.substring(5) : "",
                    line.evidence);
        }
        return machine;
    }

    private void processor(String text, String line) {
        take(text.startsWith("MIPS ") ? "mips" : text.startsWith("ARMv7") ? "armv7l" : "", line);
    }

    private void take(String word, String line) {
        if (name == null && word.length() > 1 && word.length() < 21 && Words.isName(word, "_")
                && Words.digits(word, 0) == 0) {
            name = word;
            evidence = line;
        }
    }

    /** {@code mips}, {@code armv7l} …, or null. */
    public String name() { return name; }

    /** The line that says it, with its source; empty when it isn't known. */
    public String evidence() {
        return evidence;
    }
}
