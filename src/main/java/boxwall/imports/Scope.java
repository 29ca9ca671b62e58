package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the script's names stand for while it is played through. */
final class Scope {
    /**
     * Known to the ruleset language without being set; the values are examples, for checking what goes out. DESIGN's
     * list.
     */
    static final Map<String, String> BOX = new HashMap<String, String>();

    static {
        String[] names = {"LAN_IF", "lan", "LAN_IP", "192.168.178.1", "LAN_NET", "192.168.178.0/24", "LAN_IP6",
                "fd00::1", "LAN_NET6", "fd00::/64", "WAN_IF", "dsl", "GUEST_IF", "guest", "GUEST_IP", "192.168.179.1",
                "GUEST_NET", "192.168.179.0/24", "GUEST_IP6", "fd01::1", "GUEST_NET6", "fd01::/64"};
        for (int i = 0; i < names.length; i += 2) {
            BOX.put(names[i], names[i + 1]);
        }
    }

    private Map<String, String> values = new HashMap<String, String>();
    /** Names whose value can't be known, and why. */
    private Map<String, String> unknown = new HashMap<String, String>();
    /** The box's own names for values that can't be known. */
    private Map<String, String> meant = new HashMap<String, String>();
    /** Names that the output has assigned with the value they have now, so that a line may use the name. */
    private Set<String> kept = new HashSet<String>();
    /** {@code $1} and so on; the script itself is taken as started with the word "start". */
    private List<String> positional = new ArrayList<String>(Arrays.asList("start"));
    /** Whether that word is only assumed. */
    boolean assumed = true;
    /** The line that reads another file, which may set any name; 0 when none does. */
    private int sourcedAt;

    Scope copy() {
        Scope copy = new Scope();
        copy.values = new HashMap<String, String>(values);
        copy.unknown = new HashMap<String, String>(unknown);
        copy.meant = new HashMap<String, String>(meant);
        copy.kept = new HashSet<String>(kept);
        copy.positional = positional;
        copy.sourcedAt = sourcedAt;
        copy.assumed = assumed;
        return copy;
    }

    void set(String name, String value) {
        values.put(name, value);
        unknown.remove(name);
        kept.remove(name);
    }

    void forget(String name, String why) {
        values.remove(name);
        kept.remove(name);
        meant.remove(name);
        unknown.put(name, why);
    }

    /** As above, with the box's own name for what it stands for, or null. */
    void forget(String name, String why, String boxName) {
        forget(name, why);
        if (boxName != null) { meant.put(name, boxName); }
    }

    /** The box's own name for what a name stands for, or null. */
    String meant(String name) { return meant.get(name); }

    void unset(String name) {
        values.remove(name);
        unknown.remove(name);
        kept.remove(name);
    }

    void keep(String name) { kept.add(name); }

    boolean isKept(String name) { return kept.contains(name); }

    boolean isSet(String name) { return values.containsKey(name) || unknown.containsKey(name); }

    List<String> positional() { return positional; }

    void positional(List<String> words) { positional = words; }

    void sourced(int line) { sourcedAt = sourcedAt == 0 ? line : sourcedAt; }

    /** The value, null when the name isn't set anywhere; Undecided when it is and can't be known. */
    String value(String name) throws Undecided {
        if (Character.isDigit(name.charAt(0))) {
            int number = name.length() > 2 ? 999 : Integer.parseInt(name);
            if (number == 0) { throw new Undecided("$0 is the script's own name", "write what is meant"); }
            return number <= positional.size() ? positional.get(number - 1) : null;
        }
        if (!ShellWord.isName(name)) {
            if (name.equals("#")) { return String.valueOf(positional.size()); }
            throw new Undecided("only a running shell knows $" + name, "write what is meant");
        }
        String why = unknown.get(name);
        if (why != null) {
            String known = meant.get(name);
            throw new Undecided("the value of " + name + " isn't known: " + why,
                    known != null ? "write " + name + "=" + known + " before it"
                            : "write " + name + "=... with the value in the ruleset, then the line",
                    known);
        }
        String value = values.get(name);
        if (value == null && BOX.containsKey(name)) { return Quote.mark(name); }
        if (value == null && sourcedAt > 0) {
            throw new Undecided(
                    "the name " + name + " isn't set here; the file that line " + sourcedAt + " reads may set it",
                    "put " + name + "=... before it");
        }
        return value;
    }
}
