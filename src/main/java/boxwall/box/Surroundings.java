package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What else on the box touches packets or their log: AVM's dsld, AVM's printk, rules left in boot scripts. */
final class Surroundings {
    /** Where AVM switches printk over at boot, and where users switch it back. */
    private static final List<String> PRINTK_FILES = Arrays.asList("/etc/init.d/rc.S", "/etc/init.d/S17-isdn", "/etc/init.d/S11-piglet",
            "/var/flash/debug.cfg", "/tmp/flash/mod/rc.custom");
    private static final List<String> RULE_FILES = Arrays.asList("/var/flash/debug.cfg", "/tmp/flash/mod/rc.custom");

    private final String printk;
    private final String printkEvidence;
    private final String dsld;
    private final String dsldEvidence;
    private final List<String> strayRules = new ArrayList<String>();

    Surroundings(Readings readings, LoadedModules loaded) {
        String state = "unknown";
        String evidence = "";
        // later files run later: the last word counts
        for (String file : PRINTK_FILES) {
            for (String line : readings.lines(file)) {
                boolean avm = line.contains("AVM_PRINTK");
                if (isCode(line) && (avm || line.contains("STD_PRINTK"))) {
                    state = avm ? "avm" : "std";
                    evidence = Evidence.line(file, line);
                }
            }
        }
        printk = state;
        printkEvidence = evidence;
        if (loaded.contains("kdsldmod")) {
            dsld = "running";
            dsldEvidence = loaded.line("kdsldmod");
        } else if (readings.file("/var/run/dsld.pid") != null) {
            dsld = "running";
            dsldEvidence = "/var/run/dsld.pid is there";
        } else {
            dsld = loaded.isKnown() ? "absent" : "unknown";
            dsldEvidence = "";
        }
        for (String file : RULE_FILES) {
            for (String line : readings.lines(file)) {
                if (isCode(line) && isRule(line)) {
                    strayRules.add(Evidence.line(file, line));
                }
            }
        }
    }

    private static boolean isCode(String line) {
        return !line.trim().startsWith("#") && line.length() < 2000;
    }

    private static boolean isRule(String line) {
        for (String word : line.trim().split("[\\s;&|(]+")) {
            String name = word.substring(word.lastIndexOf('/') + 1);
            if (name.equals("iptables") || name.equals("ip6tables") || name.endsWith("tables-restore")) {
                return true;
            }
        }
        return false;
    }

    String printk() {
        return printk;
    }

    String printkEvidence() {
        return printkEvidence;
    }

    String dsld() {
        return dsld;
    }

    String dsldEvidence() {
        return dsldEvidence;
    }

    /** Lines of debug.cfg and rc.custom that set rules, as evidence; empty when there are none or they weren't read. */
    List<String> strayRules() {
        return Collections.unmodifiableList(strayRules);
    }
}
