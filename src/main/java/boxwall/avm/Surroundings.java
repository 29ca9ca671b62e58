package boxwall.avm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import boxwall.box.KernelLog;
import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.modules.LoadedModules;
import boxwall.netfilter.Words;

/** What else on the box touches packets or their log: AVM's dsld, AVM's printk, rules left in boot scripts. */
public final class Surroundings {
    /** Where AVM switches printk over at boot; users switch it back in the others, which run later. */
    private static final List<String> BEFORE_LOG =
            Arrays.asList("/etc/init.d/rc.S", "/etc/init.d/S17-isdn", "/etc/init.d/S11-piglet");
    private static final List<String> RULE_FILES = Arrays.asList("/var/flash/debug.cfg", "/tmp/flash/mod/rc.custom");

    private final List<String> strayRules = new ArrayList<>();
    private String printk = "unknown";
    private String printkEvidence = "";
    private String dsld = "unknown";
    private String dsldEvidence = "";

    /** As these readings say. */
    public Surroundings(Readings readings, LoadedModules loaded, KernelLog log) {
        for (String file : BEFORE_LOG) {
            printk(readings, file);
        }
        String avm = log.clue(KernelLog.Clue.PRINTK_AVM);
        String std = log.clue(KernelLog.Clue.PRINTK_STD);
        if (avm != null || std != null) {
            printk = avm != null ? "avm" : "std";
            printkEvidence = avm != null ? avm : std;
        }
        for (String file : RULE_FILES) {
            printk(readings, file);
            for (String line : readings.lines(file)) {
                if (isCode(line) && isRule(line)) { strayRules.add(Line.evidence(file, line)); }
            }
        }
        dsld(readings, loaded, log);
    }

    /** Later files run later: the last word counts. */
    private void printk(Readings readings, String file) {
        for (String line : readings.lines(file)) {
            boolean avm = line.contains("AVM_PRINTK");
            if (isCode(line) && (avm || line.contains("STD_PRINTK"))) {
                printk = avm ? "avm" : "std";
                printkEvidence = Line.evidence(file, line);
            }
        }
    }

    /** Modules first, where they were read; then the process, then what the log says of the start. */
    private void dsld(Readings readings, LoadedModules loaded, KernelLog log) {
        String[] running = {loaded.line("kdsldmod"),
                readings.file("/var/run/dsld.pid") == null ? null : "/var/run/dsld.pid is there",
                Processes.line(readings, "dsld"),
                readings.names("/proc/kdsld").isEmpty() ? null : "/proc/kdsld is there",
                loaded.isKnown() ? null : log.clue(KernelLog.Clue.KDSLDMOD),
                loaded.isKnown() ? null : log.clue(KernelLog.Clue.DSLD)};
        for (String line : running) {
            if (line != null) {
                dsld = "running";
                dsldEvidence = line;
                return;
            }
        }
        if (loaded.isKnown()) {
            dsld = "absent";
            dsldEvidence = loaded.source + ": no kdsldmod";
        }
    }

    private static boolean isCode(String line) { return !line.trim().startsWith("#") && line.length() < 2000; }

    private static boolean isRule(String line) {
        for (String word : Words.of(line.replace(';', ' ').replace('&', ' ').replace('|', ' ').replace('(', ' '))) {
            String name = word.substring(word.lastIndexOf('/') + 1);
            if (name.equals("iptables") || name.equals("ip6tables") || name.endsWith("tables-restore")) { return true; }
        }
        return false;
    }

    public String printk() { return printk; }

    public String printkEvidence() { return printkEvidence; }

    public String dsld() { return dsld; }

    public String dsldEvidence() { return dsldEvidence; }

    /** Lines of debug.cfg and rc.custom that set rules, as evidence; empty when there are none or they weren't read. */
    public List<String> strayRules() {
        return Collections.unmodifiableList(strayRules);
    }
}
