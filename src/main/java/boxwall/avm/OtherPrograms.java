package boxwall.avm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import boxwall.box.Fact;
import boxwall.box.KernelLog;
import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.modules.LoadedModules;
import boxwall.netfilter.Words;

/** Other programs that affect packets or their log: AVM's dsld, AVM's printk, rules left in boot scripts. */
public final class OtherPrograms {
    /** AVM's scripts, which switch printk at boot before the log starts. */
    private static final List<String> BEFORE_LOG =
            Arrays.asList("/etc/init.d/rc.S", "/etc/init.d/S17-isdn", "/etc/init.d/S11-piglet");
    /** The users' scripts, which run later and may switch printk back. */
    private static final List<String> RULE_FILES = Arrays.asList("/var/flash/debug.cfg", "/tmp/flash/mod/rc.custom");

    /** Lines of debug.cfg and rc.custom that set rules, as evidence; empty also if the files weren't read. */
    public final List<String> strayRules = new ArrayList<>();
    /** {@code std}, {@code avm} or {@code unknown}: the destination of kernel messages, and so of LOG lines. */
    public final Fact<String> printk = new Fact<>("unknown");
    /** {@code running}, {@code absent} or {@code unknown}: AVM's own dialler and packet filter. */
    public final Fact<String> dsld = new Fact<>("unknown");

    /** Determines them from these readings. */
    public OtherPrograms(Readings readings, LoadedModules loaded, KernelLog log) {
        for (String file : BEFORE_LOG) {
            printk(readings, file);
        }
        String avm = log.clue(KernelLog.Clue.PRINTK_AVM);
        String std = log.clue(KernelLog.Clue.PRINTK_STD);
        if (avm != null || std != null) { printk.replace(avm != null ? "avm" : "std", avm != null ? avm : std); }
        for (String file : RULE_FILES) {
            printk(readings, file);
            for (ReadingLine line : readings.all(file)) {
                if (isCode(line.text) && isRule(line.text)) { strayRules.add(line.evidence()); }
            }
        }
        dsld(readings, loaded, log);
    }

    /** The last line counts, because later files run later. */
    private void printk(Readings readings, String file) {
        for (ReadingLine line : readings.all(file)) {
            boolean avm = line.text.contains("AVM_PRINTK");
            if (isCode(line.text) && (avm || line.text.contains("STD_PRINTK"))) {
                printk.replace(avm ? "avm" : "std", line.evidence());
            }
        }
    }

    /** The modules count first, then the process; the log only if the modules weren't read. */
    private void dsld(Readings readings, LoadedModules loaded, KernelLog log) {
        String[] running = {loaded.line("kdsldmod"),
                readings.text("/var/run/dsld.pid") == null ? null : "/var/run/dsld.pid is there",
                process(readings, "dsld"), readings.names("/proc/kdsld").isEmpty() ? null : "/proc/kdsld is there",
                loaded.known ? null : log.clue(KernelLog.Clue.KDSLDMOD),
                loaded.known ? null : log.clue(KernelLog.Clue.DSLD)};
        for (String line : running) {
            if (line != null) {
                dsld.replace("running", line);
                return;
            }
        }
        if (loaded.known) { dsld.replace("absent", loaded.source + ": no kdsldmod"); }
    }

    /**
     * The line of a program in the output of {@code ps}, {@code ps ax}, {@code ps w} …: number, user, size and state,
     * then the command; null if no line has it: <pre>
     *  1109 root      5528 S    dsld -i -n
     *   444 root       1920 S   /sbin/dsld -i -n
     * </pre>
     */
    private static String process(Readings readings, String program) {
        for (String command : readings.commandNames()) {
            if (!command.equals("ps") && !command.startsWith("ps_")) { continue; }
            for (ReadingLine line : readings.all(command.replace('_', ' '))) {
                String name = command(line.words());
                if (name.substring(name.lastIndexOf('/') + 1).equals(program)) { return line.evidence(); }
            }
        }
        return null;
    }

    /** The word after the columns; empty if there is none, as in the head line. */
    private static String command(String[] words) {
        // some ps print the user before the number
        if (words.length < 3 || !Words.isNumber(words[0]) && !Words.isNumber(words[1])) { return ""; }
        int at = 2;
        while (at < words.length && isColumn(words[at])) {
            at++;
        }
        return at < words.length ? words[at] : "";
    }

    /** Whether a word is a size, a time, a share, a terminal or a state, and no program. */
    private static boolean isColumn(String word) {
        boolean column = true;
        for (int i = 0; column && i < word.length(); i++) {
            char c = word.charAt(i);
            column = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || ".:%?<+-lmsg".indexOf(c) >= 0;
        }
        return column || word.startsWith("pts/") || word.startsWith("tty");
    }

    private static boolean isCode(String line) { return !line.trim().startsWith("#") && line.length() < 2000; }

    private static boolean isRule(String line) {
        for (String word : Words.of(line.replace(';', ' ').replace('&', ' ').replace('|', ' ').replace('(', ' '))) {
            String name = word.substring(word.lastIndexOf('/') + 1);
            if (name.equals("iptables") || name.equals("ip6tables") || name.endsWith("tables-restore")) { return true; }
        }
        return false;
    }
}
