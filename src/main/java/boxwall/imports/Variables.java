package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The script's variables and positional parameters at the point that is interpreted. */
final class Variables {
    /** Names that the ruleset language knows without being set, with example values for checking the result. */
    static final Map<String, String> BOX = new HashMap<>();

    static {
        String[] names = {"LAN_IF", "lan", "LAN_IP", "192.168.178.1", "LAN_NET", "192.168.178.0/24", "LAN_IP6",
                "fd00::1", "LAN_NET6", "fd00::/64", "WAN_IF", "dsl", "GUEST_IF", "guest", "GUEST_IP", "192.168.179.1",
                "GUEST_NET", "192.168.179.0/24", "GUEST_IP6", "fd01::1", "GUEST_NET6", "fd01::/64"};
        for (int i = 0; i < names.length; i += 2) {
            BOX.put(names[i], names[i + 1]);
        }
    }

    private static final String BLANKS = " \t\n";

    /** The values; for those that cannot be known, the error that says why. */
    private final Map<String, Object> values = new HashMap<>();
    /** Names that the output has assigned with their present value, so that a rule may use the name. */
    final Set<String> kept = new HashSet<>();
    /** For each running function its local names with their values before the call, null for unset. */
    private final List<Map<String, Object>> locals;
    /** Whether assignments end with a subshell. */
    private final boolean subshell;
    /** {@code $1} and so on. */
    List<String> positional;
    /** {@code $?}. */
    ExitStatus status = ExitStatus.TRUE;
    /** Whether {@code set -e} ends the script after a command that fails outside of conditions. */
    boolean stops;
    /** Whether an unset name ends it, by {@code set -u}. */
    boolean stopsAtUnset;
    /** Whether a shell ends here, because {@code ${A:?}} or, after {@code set -u}, another name is not set. */
    boolean lacksName;
    /** Whether the script's word, start, is only assumed. */
    final boolean assumed;
    /** The line that reads another file, which may set any name; 0 for none. */
    private int sourcedAt;

    /**
     * {@code word}: the first argument of the script, empty for none; null if it is not known, then start is assumed.
     */
    Variables(String word) {
        locals = new ArrayList<>();
        subshell = false;
        assumed = word == null;
        values.put("IFS", BLANKS);
        positional = Arrays.asList(assumed ? "start" : word).subList("".equals(word) ? 1 : 0, 1);
    }

    /** A copy, for a subshell. */
    Variables(Variables outer) {
        values.putAll(outer.values);
        kept.addAll(outer.kept);
        locals = outer.locals;
        subshell = true;
        positional = outer.positional;
        status = outer.status;
        stops = outer.stops;
        stopsAtUnset = outer.stopsAtUnset;
        assumed = outer.assumed;
        sourcedAt = outer.sourcedAt;
    }

    /** Sets a name to a text, or to the error of a value that cannot be known; null unsets it. */
    void set(String name, Object value) {
        kept.remove(name);
        values.put(name, value);
        if (value == null) { values.remove(name); }
    }

    /** Records that the value cannot be known, and the box's name ({@code $WAN_IF}) for it or null. */
    void forget(String name, String why, String boxName) {
        String todo = boxName != null ? "write " + name + "=" + boxName + " before it"
                : "write " + name + "=... with the value in the ruleset, then the line";
        set(name, new ShellError("value-unknown", name, why, todo).standsFor(boxName));
    }

    /** The box's name for a value that cannot be known, or null. */
    String boxName(String name) {
        return values.get(name) instanceof ShellError ? ((ShellError) values.get(name)).boxName : null;
    }

    int runningCalls() { return locals.size(); }

    void enterCall() { locals.add(new HashMap<String, Object>()); }

    void leaveCall() {
        for (Map.Entry<String, Object> local : locals.remove(locals.size() - 1).entrySet()) {
            set(local.getKey(), local.getValue());
        }
    }

    /** Restores the name's value when the running function ends. */
    void makeLocal(String name) {
        if (locals.isEmpty() || isLocal(name)) { return; }
        locals.get(locals.size() - 1).put(name, values.get(name));
    }

    private boolean isLocal(String name) {
        return !locals.isEmpty() && locals.get(locals.size() - 1).containsKey(name);
    }

    /** Whether the ruleset may assign the name: the value is the same everywhere from here on. */
    boolean mayKeep(String name) {
        return !subshell && !isLocal(name);
    }

    void readFile(int line) { sourcedAt = sourcedAt == 0 ? line : sourcedAt; }

    /** A name in the word that only another file or the environment may set; null for none. */
    String unsetIn(ShellWord word) {
        for (ShellWord.Piece piece : word.pieces) {
            if (piece.isName() && piece.operator == null && ShellWord.isName(piece.text)
                    && !values.containsKey(piece.text) && !BOX.containsKey(piece.text)) {
                return piece.text;
            }
        }
        return null;
    }

    /** The characters that separate the words of a value; if they cannot be known, an error for a value with blanks. */
    String separators(String separated) throws ShellError {
        Object value = values.get("IFS");
        for (int i = 0; i < separated.length() && value instanceof ShellError; i++) {
            if ((BLANKS + ",").indexOf(separated.charAt(i)) >= 0) { throw (ShellError) value; }
        }
        return value instanceof String ? (String) value : BLANKS;
    }

    /** The value, null for a name that is not set; an error if the name is set and the value cannot be known. */
    String value(String name) throws ShellError {
        if (Character.isDigit(name.charAt(0))) {
            int number = name.length() > 2 ? 999 : Integer.parseInt(name);
            if (number == 0) { throw new ShellError("script-name"); }
            return number <= positional.size() ? positional.get(number - 1) : null;
        }
        if (name.equals("#")) { return String.valueOf(positional.size()); }
        if (name.equals("?") && status != ExitStatus.UNKNOWN) { return status == ExitStatus.TRUE ? "0" : "1"; }
        if (!ShellWord.isName(name)) { throw new ShellError("shell-name", name); }
        Object value = values.get(name);
        if (value instanceof ShellError) { throw (ShellError) value; }
        if (value == null && BOX.containsKey(name)) { return Quoting.mark(name); }
        if (value == null && sourcedAt > 0) { throw new ShellError("unset-sourced", name, sourcedAt); }
        return (String) value;
    }
}
