package boxwall.box;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * AVM's Packet Acceleration, from /proc/net/avm_pa/brief and status: a label, blanks, {@code :}, a value on each line,
 * {@code State          : enabled}. Labels change between firmwares; unknown ones are passed over. Immutable.
 */
public final class Acceleration {
    /** CAPTURE: someone reads /dev/avm_pa, and nothing is accelerated meanwhile. */
    public enum State {
        ABSENT, ENABLED, DISABLED, TESTMODE, CAPTURE, UNKNOWN;

        /** Lower case, as in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String DIRECTORY = "/proc/net/avm_pa";

    private final State state;
    private final String hardware;
    private final String version;
    private final Integer sessions;
    private final String evidence;

    private Acceleration(State state, String hardware, String version, Integer sessions, String evidence) {
        this.state = state;
        this.hardware = hardware;
        this.version = version;
        this.sessions = sessions;
        this.evidence = evidence;
    }

    static Acceleration of(Readings readings) {
        if (readings.names(DIRECTORY).isEmpty()) {
            // absent only where /proc/net was read and has no such directory
            boolean read = readings.file("/proc/net/dev") != null;
            return new Acceleration(read ? State.ABSENT : State.UNKNOWN, "unknown", null, null,
                    read ? "/proc/net has no avm_pa" : "/proc/net wasn't read");
        }
        Map<String, String> values = new LinkedHashMap<String, String>();
        String evidence = DIRECTORY + " is there";
        for (String file : new String[] {"status", "brief"}) {
            for (String line : readings.lines(DIRECTORY + "/" + file)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.length() < 200) {
                    String label = line.substring(0, colon).trim();
                    values.put(label, line.substring(colon + 1).trim());
                    evidence = label.equals("State") ? Evidence.line(DIRECTORY + "/" + file, line) : evidence;
                }
            }
        }
        return new Acceleration(state(values.get("State")), hardware(values.get("HW State")), version(values.get("Version")),
                number(values.get("Sessions")), evidence);
    }

    private static State state(String word) {
        for (State state : State.values()) {
            if (state != State.ABSENT && state.word().equals(word)) {
                return state;
            }
        }
        return State.UNKNOWN;
    }

    /** AVM writes "enable" and "disabled"; no such line means that no hardware registered itself. */
    private static String hardware(String word) {
        if (word == null) {
            return "none";
        }
        return word.startsWith("enable") ? "enabled" : word.startsWith("disable") ? "disabled" : "unknown";
    }

    private static String version(String text) {
        return text != null && Versions.isVersion(text) && text.length() < 60 ? text : null;
    }

    private static Integer number(String text) {
        try {
            return text == null ? null : Integer.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    public State state() {
        return state;
    }

    /** {@code enabled}, {@code disabled}, {@code none} (no hardware accelerator) or {@code unknown}. */
    public String hardware() {
        return hardware;
    }

    /** {@code 4.1.4 2013-11-27}, or null. */
    public String version() {
        return version;
    }

    /** Flows that are accelerated now, or null. */
    public Integer sessions() {
        return sessions;
    }

    /** The line that says the state, with its source. */
    public String evidence() {
        return evidence;
    }

    /** Whether packets of established flows may pass netfilter by. */
    public boolean mayBypass() {
        return state == State.ENABLED || state == State.TESTMODE || state == State.CAPTURE
                || state == State.UNKNOWN && evidence.startsWith(DIRECTORY);
    }
}
