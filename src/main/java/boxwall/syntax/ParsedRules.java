package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The contents of a file and of its includes. After errors the ruleset contains the readable rules: enough to explain,
 * never to load.
 */
public final class ParsedRules {
    Ruleset ruleset = Ruleset.empty();
    final Errors found = new Errors();
    public final List<Directive> modules = new ArrayList<>();
    public final List<Directive> expects = new ArrayList<>();
    /** The includes that were read, in their order. */
    public final List<Directive> includes = new ArrayList<>();
    public final List<Directive> keeps = new ArrayList<>();
    public final List<Directive> owns = new ArrayList<>();
    /** Host names in place of addresses, which are errors too. */
    public final List<Directive> hostNames = new ArrayList<>();
    /** The iptables commands outside of presets. */
    public final List<Origin> ownCommands = new ArrayList<>();
    /** The names of the box that a line used, and their values. */
    public final Map<String, String> namesUsed = new LinkedHashMap<>();

    ParsedRules() {}

    public Ruleset ruleset() { return ruleset; }

    /** Whether it is a line of a shipped preset. */
    public boolean isShipped(Origin origin) {
        for (Directive include : includes) {
            if (include.preset && include.name.equals(origin.file)) { return true; }
        }
        return false;
    }

    /** In the order in which they were found. */
    public List<SyntaxError> errors() { return found.list; }

    public List<Note> notes() { return found.notes; }
}
