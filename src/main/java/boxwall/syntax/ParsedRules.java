package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Ruleset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a file (and what it includes) says. With errors, the ruleset holds what could be read: good for explaining,
 * never for loading.
 */
public final class ParsedRules {
    private final Ruleset ruleset;
    private final List<SyntaxError> errors;
    final List<ModuleLine> modules = new ArrayList<>();
    final List<Expect> expects = new ArrayList<>();
    final List<Origin> ownCommands = new ArrayList<>();
    final List<Included> includes = new ArrayList<>();
    final List<Note> notes = new ArrayList<>();
    final List<KeepLine> keeps = new ArrayList<>();
    final List<OwnLine> owns = new ArrayList<>();
    final List<HostName> hostNames = new ArrayList<>();
    final Map<String, String> namesUsed = new LinkedHashMap<>();

    ParsedRules(Ruleset ruleset, List<SyntaxError> errors) {
        this.ruleset = ruleset;
        this.errors = Collections.unmodifiableList(errors);
    }

    /** The tables that the file mentions. */
    public Ruleset ruleset() { return ruleset; }

    /**
     * In the order in which they were found (what only shows at the end comes last); empty when the ruleset can be
     * used.
     */
    public List<SyntaxError> errors() { return errors; }

    /** The {@code modprobe} lines. */
    public List<ModuleLine> modules() {
        return Collections.unmodifiableList(modules);
    }

    /** The {@code expect} lines. */
    public List<Expect> expects() { return Collections.unmodifiableList(expects); }

    /** Where the user's own iptables commands stand, those of presets aside; for an ip46tables line once. */
    public List<Origin> ownCommands() {
        return Collections.unmodifiableList(ownCommands);
    }

    /** The {@code include} lines that were followed, in their order. */
    public List<Included> includes() {
        return Collections.unmodifiableList(includes);
    }

    /** What was left out or assumed. */
    public List<Note> notes() { return Collections.unmodifiableList(notes); }

    /**
     * Every name of the box's that a line used, with its value; the file's own assignments and lacking names are not
     * here.
     */
    public Map<String, String> namesUsed() { return Collections.unmodifiableMap(namesUsed); }

    /** The {@code keep} lines. */
    public List<KeepLine> keeps() { return Collections.unmodifiableList(keeps); }

    /** The {@code own} lines. */
    public List<OwnLine> owns() { return Collections.unmodifiableList(owns); }

    /** Host names that stood for addresses, each of them an error as well. */
    public List<HostName> hostNames() {
        return Collections.unmodifiableList(hostNames);
    }
}
