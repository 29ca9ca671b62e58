package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The script's variables and positional parameters while it is interpreted. */
final class Variables {
    /**
     * Known to the ruleset language without being set; the values are examples, for checking what goes out. DESIGN's
     * list.
     */
    static final Map<String, String> BOX = new HashMap<>();

    static {
        String[] names = {"LAN_IF", "lan", "LAN_IP", "192.168.178.1", "LAN_NET", "192.168.178.0/24", "LAN_IP6",
                "fd00::1", "LAN_NET6", "fd00::/64", "WAN_IF", "dsl", "GUEST_IF", "guest", "GUEST_IP", "192.168.179.1",
                "GUEST_NET", "192.168.179.0/24", "GUEST_IP6", "fd01::1", "GUEST_NET6", "fd01::/64"};
        for (int i = 0; i < names.length; i += 2) {
            BOX.put(names[i], names[i + 1]);
        }
    }

    /** Names that have one known value at this point. */
    final Map<String, String> values = new HashMap<>();
    /** Names whose value can't be known, and why. */
    private final Map<String, String> unknown = new HashMap<>();
    /** The box's own names for values that can't be known. */
    final Map<String, String> meant = new HashMap<>();
    /** Names that the output has assigned with the value they have now, so that a line may use the name. */
    final Set<String> kept = new HashSet<>();
    /** {@code $1} and so on; the script itself is taken as started with the word "start". */
    List<String> positional = new ArrayList<>(Arrays.asList("start"));
    /** Whether that word is only assumed. */
    boolean assumed = true;
    /** The line that reads another file, which may set any name; 0 when none does. */
    private int sourcedAt;

    /** A copy, for a subshell. */
    Variables copy() {
        Variables copy = new Variables();
        copy.values.putAll(values);
        copy.unknown.putAll(unknown);
        copy.meant.putAll(meant);
        copy.kept.addAll(kept);
        copy.positional = positional;
        copy.sourcedAt = sourcedAt;
        copy.assumed = assumed;
        return copy;
    }

    /** {@code null} for no value. */
    void set(String name, String value) {
        unset(name);
        if (value != null) { values.put(name, value); }
    }

    void unset(String name) {
        values.remove(name);
        unknown.remove(name);
        kept.remove(name);
    }

    /** The value can't be known; {@code boxName}: the box's own name for what it stands for, or null. */
    void forget(String name, String why, String boxName) {
        unset(name);
        unknown.put(name, why);
        meant.put(name, boxName);
    }

    void sourced(int line) { sourcedAt = sourcedAt == 0 ? line : sourcedAt; }

    /** A name in the word that only another file or the environment may set; null for none. */
    String unsetIn(ShellWord word) {
        for (ShellWord.Piece piece : word.pieces) {
            if (piece.isName() && piece.operator == null && ShellWord.isName(piece.text)
                    && !values.containsKey(piece.text) && !unknown.containsKey(piece.text)
                    && !BOX.containsKey(piece.text)) {
                return piece.text;
            }
        }
        return null;
    }

    /** The value, null when the name isn't set anywhere; an error when it is and can't be known. */
    String value(String name) throws ShellError {
        if (Character.isDigit(name.charAt(0))) {
            int number = name.length() > 2 ? 999 : Integer.parseInt(name);
            if (number == 0) { throw new ShellError("script-name"); }
            return number <= positional.size() ? positional.get(number - 1) : null;
        }
        if (name.equals("#")) { return String.valueOf(positional.size()); }
        if (!ShellWord.isName(name)) { throw new ShellError("shell-name", name); }
        if (unknown.containsKey(name)) {
            String known = meant.get(name);
            throw new ShellError("value-unknown", name, unknown.get(name),
                    known != null ? "write " + name + "=" + known + " before it"
                            : "write " + name + "=... with the value in the ruleset, then the line")
                    .meaning(known);
        }
        String value = values.get(name);
        if (value == null && BOX.containsKey(name)) { return Quoting.mark(name); }
        if (value == null && sourcedAt > 0) { throw new ShellError("unset-sourced", name, sourcedAt); }
        return value;
    }
}
