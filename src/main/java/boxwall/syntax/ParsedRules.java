package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a file (and what it includes) says. With errors, the ruleset holds what could be read: good for explaining,
 * never for loading.
 */
public final class ParsedRules {
    Ruleset ruleset = Ruleset.empty();
    final Errors found = new Errors();
    public final List<Line> modules = new ArrayList<>();
    public final List<Line> expects = new ArrayList<>();
    /** The include lines that were followed, in their order. */
    public final List<Line> includes = new ArrayList<>();
    public final List<Line> keeps = new ArrayList<>();
    public final List<Line> owns = new ArrayList<>();
    /** Host names for addresses, errors too. */
    public final List<Line> hostNames = new ArrayList<>();
    /** The user's iptables commands. */
    public final List<Origin> ownCommands = new ArrayList<>();
    /** The box's names that a line used. */
    public final Map<String, String> namesUsed = new LinkedHashMap<>();

    ParsedRules() {}

    /** The tables that the file mentions. */
    public Ruleset ruleset() { return ruleset; }

    /** Whether it is a line of a preset that is shipped. */
    public boolean isShipped(Origin origin) {
        for (Line each : includes) {
            if (each.preset && each.name.equals(origin.file)) { return true; }
        }
        return false;
    }

    /** In the order found; empty when right. */
    public List<SyntaxError> errors() { return found.list; }

    /** What was left out or assumed. */
    public List<Note> notes() { return found.notes; }
}
