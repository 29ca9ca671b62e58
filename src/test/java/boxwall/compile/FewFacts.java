package boxwall.compile;

import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Facts of a box of which only the local port range and the WAN interface are known. */
final class FewFacts {
    private FewFacts() {}

    /** {@code ports} as in rules, {@code 32768:60999}; {@code wan} may be null. */
    static BoxFacts of(String ports, String wan) {
        Map<String, String> files = new HashMap<>();
        files.put("/proc/sys/net/ipv4/ip_local_port_range", ports.replace(':', '\t') + "\n");
        if (wan != null) { files.put("/proc/net/dev", "  " + wan + ": 0 0\n"); }
        return new BoxFacts(new Readings(files));
    }

    /** A ruleset without connection tracking, and the compiler's notes about it. */
    record Form(Ruleset ruleset, List<Note> notes) {
    }

    static Form stateless(Ruleset ruleset, String ports, String wan) {
        List<Note> notes = new ArrayList<>();
        return new Form(Stateless.of(ruleset, Set.of(Family.values()), of(ports, wan), notes), notes);
    }
}
