package boxwall.compile;

import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import java.util.HashMap;
import java.util.Map;

/** Facts of a box of which only its ports for outgoing connections and its Internet side are known. */
final class FewFacts {
    private FewFacts() {}

    /** {@code ports} as rules have them, {@code 32768:60999}; {@code wan} may be null. */
    static BoxFacts of(String ports, String wan) {
        Map<String, String> files = new HashMap<>();
        files.put("/proc/sys/net/ipv4/ip_local_port_range", ports.replace(':', '\t') + "\n");
        if (wan != null) { files.put("/proc/net/dev", "  " + wan + ": 0 0\n"); }
        return BoxFacts.of(new Readings(files, Map.of()));
    }
}
