package boxwall.avm;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import boxwall.box.Fact;
import boxwall.box.KernelLog;
import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.box.Versions;
import boxwall.modules.LoadedModules;
import boxwall.netfilter.Words;

/**
 * AVM's Packet Acceleration, from /proc/net/avm_pa/brief and status: a label, blanks, {@code :}, a value on each line,
 * {@code State          : enabled}. Labels change between firmwares; unknown ones are skipped. Where those weren't
 * read, the log, or the module offload_pa, shows that it is there. It isn't there where a listing of /proc/net has no
 * avm_pa, or where the kernel is older than it: kernels up to 2.6.19 never had it (AVM's configurations have it from
 * FRITZ!OS 5.21 on). Immutable.
 */
public final class Acceleration {
    /** CAPTURE: someone reads /dev/avm_pa, and nothing is accelerated meanwhile. */
    public enum State {
        ABSENT, ENABLED, DISABLED, TESTMODE, CAPTURE, UNKNOWN;

        /** Lower case, as in JSON. */
        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    private static final String DIRECTORY = "/proc/net/avm_pa";
    /** The oldest kernel that may have it. */
    private static final String FIRST = "2.6.28";

    public final State state;
    private final boolean present;
    /** The line that says the state, or that it is there, or why it can't be; empty when nothing does. */
    public final String evidence;
    /** {@code enabled}, {@code disabled}, {@code none} (no hardware accelerator) or {@code unknown}. */
    public final String hardware;
    /** {@code 4.1.4 2013-11-27}, or null. */
    public final String version;

    /** As these readings say. */
    public Acceleration(Readings readings, Fact<String> kernel, KernelLog log, LoadedModules loaded) {
        Map<String, String> values = new LinkedHashMap<>();
        String stateLine = null;
        for (Line line : readings.all(DIRECTORY + "/status", DIRECTORY + "/brief")) {
            int colon = line.text.indexOf(':');
            if (colon > 0 && line.text.length() < 200) {
                String label = line.text.substring(0, colon).trim();
                values.put(label, line.text.substring(colon + 1).trim());
                stateLine = label.equals("State") ? line.evidence() : stateLine;
            }
        }
        String line = log.clue(KernelLog.Clue.ACCELERATION);
        String there = !readings.names(DIRECTORY).isEmpty() || readings.listed("/proc/net").contains("avm_pa")
                ? DIRECTORY + " is there" : line != null ? line : loaded.line("offload_pa");
        boolean old = kernel.value() != null && Versions.compare(kernel.value(), FIRST) < 0;
        String absence = readings.isListed("/proc/net") ? "ls /proc/net: no avm_pa" : old ? kernel.evidence() : "";
        present = there != null;
        state = present ? state(values.get("State")) : absence.length() == 0 ? State.UNKNOWN : State.ABSENT;
        evidence = !present ? absence : stateLine == null ? there : stateLine;
        hardware = !present || values.isEmpty() ? "unknown" : hardware(values.get("HW State"));
        String text = values.get("Version");
        version = text != null && Words.digits(text, 0) > 0 && text.length() < 60 ? text : null;
    }

    private static State state(String word) {
        for (State state : State.values()) {
            if (state != State.ABSENT && state.word().equals(word)) { return state; }
        }
        return State.UNKNOWN;
    }

    /** AVM writes "enable" and "disabled"; no such line means that no hardware registered itself. */
    private static String hardware(String word) {
        if (word == null) { return "none"; }
        return word.startsWith("enable") ? "enabled" : word.startsWith("disable") ? "disabled" : "unknown";
    }

    /** Whether flows may bypass netfilter. */
    public boolean mayBypass() { return present && state != State.DISABLED; }
}
