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
    final List<Line> modules = new ArrayList<>();
    final List<Line> expects = new ArrayList<>();
    final List<Line> includes = new ArrayList<>();
    final List<Line> keeps = new ArrayList<>();
    final List<Line> owns = new ArrayList<>();
    final List<Line> hostNames = new ArrayList<>();
    final List<Origin> ownCommands = new ArrayList<>();
    final Map<String, String> namesUsed = new LinkedHashMap<>();

    ParsedRules() {}

    /** The tables that the file mentions. */
    public Ruleset ruleset() { return ruleset; }

    /** In the order found; empty when right. */
    public List<SyntaxError> errors() { return found.list; }

    /** What was left out or assumed. */
    public List<Note> notes() { return found.notes; }

    public List<Line> modules() { return modules; }

    public List<Line> expects() { return expects; }

    /** The include lines that were followed, in their order. */
    public List<Line> includes() { return includes; }

    public List<Line> keeps() { return keeps; }

    public List<Line> owns() { return owns; }

    /** Host names for addresses, errors too. */
    public List<Line> hostNames() { return hostNames; }

    /** The user's iptables commands. */
    public List<Origin> ownCommands() { return ownCommands; }

    /** The box's names that a line used. */
    public Map<String, String> namesUsed() { return namesUsed; }
}
