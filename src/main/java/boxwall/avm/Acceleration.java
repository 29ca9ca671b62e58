package boxwall.avm;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import boxwall.box.Fact;
import boxwall.box.KernelLog;
import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.modules.LoadedModules;
import boxwall.netfilter.Versions;
import boxwall.netfilter.Words;

/**
 * AVM's Packet Acceleration, from /proc/net/avm_pa/brief and status: a label, blanks, {@code :} and a value on each
 * line, {@code State          : enabled}. Labels differ between firmwares; unknown ones are skipped. If neither was
 * read, the log or the module offload_pa shows that it is present. It is absent if a listing of /proc/net has no
 * avm_pa, and on kernels up to 2.6.19 (AVM's configurations have it from FRITZ!OS 5.21 on). Immutable.
 */
public final class Acceleration {
    /** CAPTURE: a program reads /dev/avm_pa, which suspends acceleration. */
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
    /** The line with the state, or with the proof of presence or absence; empty if there is none. */
    public final String evidence;
    /** {@code enabled}, {@code disabled}, {@code none} (no hardware accelerator) or {@code unknown}. */
    public final String hardware;
    /** {@code 4.1.4 2013-11-27}, or null. */
    public final String version;

    /** Determines it from these readings. */
    public Acceleration(Readings readings, Fact<String> kernel, KernelLog log, LoadedModules loaded) {
        Map<String, String> values = new HashMap<>();
        String stateLine = null;
        for (ReadingLine line : readings.all(DIRECTORY + "/status", DIRECTORY + "/brief")) {
            int colon = line.text.indexOf(':');
            if (colon > 0 && line.text.length() < 200) {
                String label = line.text.substring(0, colon).trim();
                values.put(label, line.text.substring(colon + 1).trim());
                stateLine = label.equals("State") ? line.evidence() : stateLine;
            }
        }
        String logged = log.clue(KernelLog.Clue.ACCELERATION);
        String presence = !readings.names(DIRECTORY).isEmpty() || readings.listed("/proc/net").contains("avm_pa")
                ? DIRECTORY + " is there" : logged != null ? logged : loaded.line("offload_pa");
        boolean old = kernel.value() != null && Versions.compare(kernel.value(), FIRST) < 0;
        String absence = readings.isListed("/proc/net") ? "ls /proc/net: no avm_pa" : old ? kernel.evidence() : "";
        present = presence != null;
        state = present ? state(values.get("State")) : absence.length() == 0 ? State.UNKNOWN : State.ABSENT;
        evidence = !present ? absence : stateLine == null ? presence : stateLine;
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

    /** AVM writes "enable" and "disabled"; without that line no hardware has registered. */
    private static String hardware(String word) {
        if (word == null) { return "none"; }
        return word.startsWith("enable") ? "enabled" : word.startsWith("disable") ? "disabled" : "unknown";
    }

    /** Whether flows may bypass netfilter. */
    public boolean mayBypass() { return present && state != State.DISABLED; }
}
