package boxwall.daemon;

import boxwall.netfilter.Family;
import boxwall.probe.BoxReader;
import boxwall.sys.Sys;

import java.util.List;

/** The box as last read. One exec a reading; between readings everything is answered from memory. */
final class BoxState {
    private final Sys sys;
    private final String script;
    private Box box;

    /** {@code script} is boxwall-apply's path: its probe is the one exec. */
    BoxState(Sys sys, String script) {
        this.sys = sys;
        this.script = script;
    }

    /** Reads the box anew. */
    synchronized Box read() {
        box = new Box(BoxReader.read(sys, "/", script));
        return box;
    }

    /** The box at the last reading; reads when there is none yet. */
    synchronized Box box() {
        return box == null ? read() : box;
    }

    /** Rules that were live in a family at the last reading, over all its tables. */
    synchronized int liveRules(Family family) {
        int count = 0;
        List<String> lines = box().readings().commandLines(family == Family.IPV4 ? "iptables-save" : "ip6tables-save");
        for (String line : lines) {
            // with counters a line is "[12:3456] -A INPUT …"
            if (line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ")) {
                count++;
            }
        }
        return count;
    }
}
